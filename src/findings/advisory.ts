// A published record of a flaw in a package.

export interface Advisory {
  /** The id it is reported under: CVE, else GHSA, else the scanner's own (`PYUP-…`, `SFTY-…`). */
  readonly id: string;
  /** Every other id it is known by (CVE, GHSA, PYSEC, Safety id), sorted, without `id`. */
  readonly aliases: readonly string[];
  readonly url?: string;
  /** CVSS base score, 0 to 10; v3 or v4, whichever the scanner rates by. */
  readonly cvss?: number;
  /** Versions the advisory calls fixed, as published, in no particular order. */
  readonly fixedVersions: readonly string[];
}

/** Returns all ids of an advisory, its own first. */
export function advisoryIds(advisory: Advisory): string[] {
  return [advisory.id, ...advisory.aliases];
}
