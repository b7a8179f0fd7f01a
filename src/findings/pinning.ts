// How a manifest comes to pin a package, as far as the manifest says so: what a fix has to know beside name and version. It guesses nothing.

/** A tool that writes a manifest whose file name does not tell it. */
export type LockTool = "pip-compile" | "uv pip compile" | "uv export" | "pdm";

/** What a line of a requirements file holds beside name and version, and a line in its place has to keep. */
export interface RequirementParts {
  /** As written, without brackets. */
  readonly extras: readonly string[];
  /** The text after the `;` with single blanks, untrusted and not evaluated; null where there is none. */
  readonly marker: string | null;
  /** Whether the line has a `--hash`. */
  readonly hashed: boolean;
}

/** How a package comes to be pinned, as far as the manifest tells. */
export interface Pinning {
  /**
   * Direct dependencies that bring the package, PEP 503 normalised, sorted, at most five. A path through another direct dependency counts for that one.
   * Absent for a package that is a direct dependency itself, and where nothing is known.
   */
  readonly introducedBy?: readonly string[];
  /** Absent where the line is name and version alone, and outside of requirements files. */
  readonly requirement?: RequirementParts;
  readonly tool?: LockTool;
}

/** Returns these parts of a pin or finding and no others; what is absent stays absent. */
export function pinningOf({ introducedBy, requirement, tool }: Pinning): Pinning {
  return {
    ...(introducedBy === undefined ? {} : { introducedBy }),
    ...(requirement === undefined ? {} : { requirement }),
    ...(tool === undefined ? {} : { tool }),
  };
}
