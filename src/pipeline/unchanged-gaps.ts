// Which gaps of the head the change cannot have made: the base has them too, in files that are the same. Who is in doubt calls a gap a new one.

import type { Notice, RunGap } from "../findings/coverage.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { ManifestReading } from "../manifests/pin.ts";
import { type Change, nameAtBase } from "./change.ts";

/** Both sides, and what a comparison knows of the files of the head. */
export interface UnchangedGapsOptions {
  readonly change: Change;
  readonly manifests: ManifestReading;
  readonly baseManifests: ManifestReading;
  /** Whether anything differs of what Trivy checks together with a file. */
  readonly inTouchedGroup: (path: string) => boolean;
  /** As in `Comparison`. */
  readonly isSameFor: (run: RunId, path: string) => boolean;
  /** Whether a file that is read as a manifest was read as one at the base. */
  readonly wasRead: (path: string) => boolean;
}

/** Questions about the head. */
export interface UnchangedGaps {
  /** Whether the gap is one at the base too, in a file that is the same. A gap that names no file never is. */
  readonly isUnchangedGap: (gap: RunGap) => boolean;
  /** The same of a notice that dependencies have no version to check. */
  readonly isUnchangedUnpinned: (notice: Notice) => boolean;
}

/** What gaps name instead of a file: the tree as a whole, and the databases (`tools/database.ts`). */
const NO_FILES: ReadonlySet<string> = new Set([".", "safety-db", "trivy-db"]);

/** Answers for one head and one base. */
export function unchangedGaps({
  change,
  manifests,
  baseManifests,
  inTouchedGroup,
  isSameFor,
  wasRead,
}: UnchangedGapsOptions): UnchangedGaps {
  const ownGaps = new Set(manifests.gaps.map(textOf));
  const baseGaps = new Set(baseManifests.gaps.map(textOf));
  const baseUnpinned = new Set(baseManifests.unpinned.map(textOf));
  return {
    isUnchangedGap: (gap) => {
      const { path, run } = gap;
      if (run === "trivy-image" || NO_FILES.has(path) || !change.isSame(path)) return false;
      // Under another name nobody knows what the base would have said of the file, but for Bandit, which goes by its content alone.
      if (nameAtBase(change, path) !== path) return run === "bandit" && isSameFor(run, path);
      if (run === undefined && ownGaps.has(textOf(gap))) return baseGaps.has(textOf(gap));
      return wasRead(path) && !(run === "trivy" && inTouchedGroup(path));
    },
    isUnchangedUnpinned: (notice) => {
      const { path } = notice;
      return path !== undefined && change.isSame(path) && baseUnpinned.has(textOf({ ...notice, path: nameAtBase(change, path) }));
    },
  };
}

function textOf(entry: { readonly path?: string; readonly line?: number; readonly reason?: string; readonly message?: string }): string {
  return JSON.stringify([entry.path, entry.line, entry.reason, entry.message]);
}
