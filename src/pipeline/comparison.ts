// What the two sides of a comparison are, and which findings and gaps the change cannot have touched: their files are the same, and so is all that
// decides whether they are looked at.

import { posix } from "node:path";
import type { Notice, RunGap } from "../findings/coverage.ts";
import type { DecodedFinding } from "../findings/finding.ts";
import { packageKey } from "../findings/package-ref.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { ManifestReading } from "../manifests/pin.ts";
import { pinsByKey } from "../manifests/pins-by-key.ts";
import type { Change } from "./change.ts";
import { findInfrastructure } from "./infrastructure.ts";
import { type InfrastructureGroup, infrastructureGroups } from "./infrastructure-groups.ts";
import { pythonSources } from "./python-sources.ts";
import type { Workspace } from "./workspace.ts";

export interface ComparisonOptions {
  readonly change: Change;
  /** The head. */
  readonly workspace: Pick<Workspace, "files" | "infrastructure" | "possibleInfrastructure" | "text">;
  readonly manifests: ManifestReading;
  /** The base's. */
  readonly baseManifests: ManifestReading;
}

export interface Comparison extends ComparisonOptions {
  /** Whether a file is the same, and the base's run looked at it as the head's does: a name decides what a file is taken for. */
  readonly isSameFor: (run: RunId, path: string) => boolean;
  /** Whether the finding is one at the base too, because nothing it depends on differs. */
  readonly isUntouched: (finding: DecodedFinding) => boolean;
  /** Whether the gap is one at the base too, in a file that is the same. A gap that names no file never is. */
  readonly isUnchangedGap: (gap: RunGap) => boolean;
  /** The same of a notice that dependencies have no version to check. */
  readonly isUnchangedUnpinned: (notice: Notice) => boolean;
  /** Whether our own reading of the manifests knows the package at its place; other lock files are Trivy's. */
  readonly isPinned: (finding: DecodedFinding) => boolean;
  /** The charts and the like that a file of the head is part of. */
  readonly groupsOf: (path: string) => readonly InfrastructureGroup[];
}

/** What gaps name instead of a file: the tree as a whole, and the databases (`tools/database.ts`). */
const NO_FILES: ReadonlySet<string> = new Set([".", "safety-db", "trivy-db"]);

/** Answers for one head and one base. */
export function compareWith(options: ComparisonOptions): Comparison {
  const { change, manifests, baseManifests } = options;
  const groups = infrastructureGroups(options.workspace, change);
  const groupsOf = (path: string) => groups.filter((group) => group.has(path));
  const inTouchedGroup = (path: string) => groupsOf(path).some((group) => group.isTouched());
  const pins = pinsByKey(manifests.pins);
  const isPinned = (finding: DecodedFinding): boolean => {
    if (finding.kind !== "dependency" || finding.run === "trivy-image" || !finding.package.purl.startsWith("pkg:pypi/")) return false;
    const group = pins.get(packageKey(finding.package.name, finding.package.version)) ?? [];
    return group.some(({ path }) => path === finding.location.path);
  };
  const basePath = (path: string) => change.counterpart(path)?.path ?? path;
  const content = (path: string) => Buffer.from(options.workspace.text(path) ?? "");
  const isRenamed = (path: string) => basePath(path) !== path;
  const wasPython = (path: string) => pythonSources([basePath(path)], () => content(path)).length > 0;
  const wasInfrastructure = (path: string) => {
    const { provable, possible } = findInfrastructure([basePath(path)], () => content(path));
    return provable.length + possible.length > 0;
  };
  const isSameFor = (run: RunId, path: string): boolean => {
    if (run === "trivy-image" || !change.isSame(path)) return false;
    return !isRenamed(path) || (run === "bandit" ? wasPython(path) : run === "safety" || wasInfrastructure(path));
  };
  const baseGaps = new Set(baseManifests.gaps.map(textOf));
  const baseUnpinned = new Set(baseManifests.unpinned.map(textOf));
  const ownGaps = new Set(manifests.gaps.map(textOf));
  const read = new Set(manifests.manifests);
  const baseRead = new Set(baseManifests.manifests);
  /** A manifest that nothing included at the base was not one there. */
  const wasRead = (path: string) => !read.has(path) || baseRead.has(basePath(path));
  return {
    ...options,
    groupsOf,
    isPinned,
    isSameFor,
    isUntouched: (finding) => {
      const { path } = finding.location;
      if (finding.run === "trivy-image" || !change.isSame(path)) return false;
      if (finding.kind === "code") return isSameFor(finding.run, path);
      if (finding.kind === "misconfiguration") return isSameFor(finding.run, path) && !inTouchedGroup(path);
      if (finding.kind === "secret") return true;
      return isPinned(finding) ? wasRead(path) : posix.basename(path) === posix.basename(basePath(path));
    },
    // Under another name nobody knows what the base would have said of the file.
    isUnchangedGap: (gap) => {
      const { path, run } = gap;
      if (run === "trivy-image" || NO_FILES.has(path) || !change.isSame(path) || isRenamed(path)) return false;
      if (run === undefined && ownGaps.has(textOf(gap))) return baseGaps.has(textOf(gap));
      return wasRead(path) && !(run === "trivy" && inTouchedGroup(path));
    },
    isUnchangedUnpinned: (notice) => {
      const { path } = notice;
      return path !== undefined && change.isSame(path) && baseUnpinned.has(textOf({ ...notice, path: basePath(path) }));
    },
  };
}

function textOf(entry: { readonly path?: string; readonly line?: number; readonly reason?: string; readonly message?: string }): string {
  return JSON.stringify([entry.path, entry.line, entry.reason, entry.message]);
}
