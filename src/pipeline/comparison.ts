// What the two sides of a comparison are, and which findings and gaps the change cannot have touched: their files are the same, and so is all that
// decides whether they are looked at.

import { posix } from "node:path";
import type { DecodedFinding } from "../findings/finding.ts";
import { packageKey } from "../findings/package-ref.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { ManifestReading } from "../manifests/pin.ts";
import { pinsByKey } from "../manifests/pins-by-key.ts";
import { isLockFile } from "../scanners/trivy/lock-files.ts";
import { type Change, nameAtBase } from "./change.ts";
import { findInfrastructure } from "./infrastructure.ts";
import { type InfrastructureGroup, infrastructureGroups } from "./infrastructure-groups.ts";
import { pythonSources } from "./python-sources.ts";
import { type UnchangedGaps, unchangedGaps } from "./unchanged-gaps.ts";
import type { Workspace } from "./workspace.ts";

/** Both sides as they were read. */
export interface ComparisonOptions {
  readonly change: Change;
  /** The head. */
  readonly workspace: Pick<Workspace, "files" | "infrastructure" | "possibleInfrastructure" | "text">;
  readonly manifests: ManifestReading;
  /** The base's. */
  readonly baseManifests: ManifestReading;
}

/** Both sides, and questions about the head. */
export interface Comparison extends ComparisonOptions, UnchangedGaps {
  /** Whether a file is the same, and the base's run looked at it as the head's does: a name decides what a file is taken for. */
  readonly isSameFor: (run: RunId, path: string) => boolean;
  /** Whether the finding is one at the base too, because nothing it depends on differs. */
  readonly isUntouched: (finding: DecodedFinding) => boolean;
  /** Whether our own reading of the manifests knows the package at its place; other lock files are Trivy's. */
  readonly isPinned: (finding: DecodedFinding) => boolean;
  /** The charts and the like that a file of the head is part of. */
  readonly groupsOf: (path: string) => readonly InfrastructureGroup[];
}

/** Answers for one head and one base. */
export function compareWith(options: ComparisonOptions): Comparison {
  const { change, workspace } = options;
  const groups = infrastructureGroups(workspace, change);
  const groupsOf = (path: string) => groups.filter((group) => group.has(path));
  const inTouchedGroup = (path: string) => groupsOf(path).some((group) => group.isTouched());
  const isSameFor = sameForRun(change, workspace.text);
  const isPinned = pinnedIn(options.manifests);
  const wasRead = readAtBase(options);
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
      return isPinned(finding) ? wasRead(path) : isSameLock(path, nameAtBase(change, path));
    },
    ...unchangedGaps({ ...options, inTouchedGroup, isSameFor, wasRead }),
  };
}

/** Under another name it may be another format, or none that Trivy reads. */
function isSameLock(path: string, basePath: string): boolean {
  return path === basePath || (isLockFile(basePath) && posix.basename(path) === posix.basename(basePath));
}

function sameForRun(change: Change, text: Workspace["text"]): Comparison["isSameFor"] {
  const content = (path: string) => Buffer.from(text(path) ?? "");
  const wasPython = (path: string, basePath: string) => pythonSources([basePath], () => content(path)).length > 0;
  const wasInfrastructure = (path: string, basePath: string) => {
    const { provable, possible } = findInfrastructure([basePath], () => content(path));
    return provable.length + possible.length > 0;
  };
  return (run, path) => {
    if (run === "trivy-image" || !change.isSame(path)) return false;
    const basePath = nameAtBase(change, path);
    if (basePath === path || run === "safety") return true;
    return run === "bandit" ? wasPython(path, basePath) : wasInfrastructure(path, basePath);
  };
}

function pinnedIn(manifests: ManifestReading): Comparison["isPinned"] {
  const pins = pinsByKey(manifests.pins);
  return (finding) => {
    if (finding.kind !== "dependency" || finding.run === "trivy-image" || !finding.package.purl.startsWith("pkg:pypi/")) return false;
    const group = pins.get(packageKey(finding.package.name, finding.package.version)) ?? [];
    return group.some(({ path }) => path === finding.location.path);
  };
}

/** A manifest that nothing included at the base was not one there. */
function readAtBase({ change, manifests, baseManifests }: ComparisonOptions): (path: string) => boolean {
  const read = new Set(manifests.manifests);
  const baseRead = new Set(baseManifests.manifests);
  return (path) => !read.has(path) || baseRead.has(nameAtBase(change, path));
}
