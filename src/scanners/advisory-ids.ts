// Ids of advisories in what scanners write. Aliases decide which findings are one, so a wrong one would hide a finding: only exact shapes count.

/** CVE, GitHub and PyPA ids (https://github.com/github/advisory-database gives the alphabet of the second). */
const SHAPES = {
  cve: /^CVE-\d{4}-\d{4,19}$/,
  ghsa: /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/,
  pysec: /^PYSEC-\d{4}-\d{1,19}$/,
} as const;

const ADDRESS = /^https:\/\/(?:github\.com\/advisories|osv\.dev\/vulnerability)\/([A-Za-z0-9-]{1,64})$/;

/** Returns the ids among `candidates`, sorted and unique, without `own`. */
export function aliasesOf(own: string, candidates: readonly string[]): string[] {
  const shapes = Object.values(SHAPES);
  return [...new Set(candidates.filter((id) => id !== own && shapes.some((shape) => shape.test(id))))].sort();
}

/**
 * Returns the GHSA and PYSEC ids that addresses of advisories end in. Of two ids of one kind one must belong to a related flaw, so then neither counts.
 */
export function idsInAddresses(addresses: readonly string[]): string[] {
  const ids = [...new Set(addresses.flatMap((address) => ADDRESS.exec(address)?.[1] ?? []))];
  return [SHAPES.ghsa, SHAPES.pysec].flatMap((shape) => {
    const ofKind = ids.filter((id) => shape.test(id));
    return ofKind.length === 1 ? ofKind : [];
  });
}
