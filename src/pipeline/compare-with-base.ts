// Compares the head with the base: finds out what the change touched, looks at that part of the base, and says of every finding, comment and gap whether the
// base has it too.

import type { BaseRequest } from "../config/base-request.ts";
import { GateError } from "../errors.ts";
import type { Notice, RunGap } from "../findings/coverage.ts";
import type { Finding } from "../findings/finding.ts";
import type { ComparedComment } from "../findings/inline-comment.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { History } from "../host/ports.ts";
import type { ManifestReading } from "../manifests/pin.ts";
import type { ScanTarget } from "../scanners/scanner.ts";
import { type Base, withoutBase } from "./base.ts";
import { readBaseManifests } from "./base-manifests.ts";
import { planBase } from "./base-target.ts";
import type { Change } from "./change.ts";
import { compareWith } from "./comparison.ts";
import { materialiseBase } from "./materialise-base.ts";
import { type BaseScan, baseNotices, type ComparedFinding, compareComments, compareFindings } from "./novelty.ts";
import type { RunOutcome } from "./run-scanner.ts";
import type { Workspace } from "./workspace.ts";

/** Where a repository keeps what decides how the gate runs. */
const WORKFLOW_FOLDERS = [".github/workflows/", ".github/actions/"];

/** What the comparison says. */
export interface Compared {
  /** The head's, with the ids that their findings have after the comparison. */
  readonly runs: readonly ScannerRun[];
  /** What the base knows of a finding of these runs; null: nothing was compared. */
  readonly comparedOf: (finding: Finding) => ComparedFinding | null;
  /** In the order of runs. */
  readonly comments: readonly ComparedComment[];
  readonly isUnchangedGap: (gap: RunGap) => boolean;
  readonly isUnchangedUnpinned: (notice: Notice) => boolean;
  readonly notices: readonly Notice[];
  /** Workflows and actions of the repository, which may decide how the gate runs, that differ from the base. */
  readonly changedWorkflows: readonly string[];
}

/** Looks at the base: one outcome for each target. */
export type ScanBase = (targets: ReadonlyMap<RunId, ScanTarget>) => Promise<readonly RunOutcome[]>;

/** What of the head is compared, and how the base is looked at. */
export interface SidesToCompare {
  /** What differs from the base; null where none was found. */
  readonly change: Promise<Change> | null;
  readonly history: History;
  readonly workspace: Workspace;
  readonly manifests: ManifestReading;
  /** The head's. */
  readonly runs: readonly ScannerRun[];
  /** Whether a file of the base would have been scanned there. */
  readonly wasInScan: (path: string) => boolean;
  /** Absolute; its parent exists, it does not. */
  readonly directory: string;
  readonly scanBase: ScanBase;
}

/** What was compared in the end, and what it says. */
export interface ComparisonOutcome {
  readonly base: Base;
  readonly compared: Compared;
}

/** Compares when there is something to compare with. A base that turns out not to be had is what the request says of such a one. */
export async function compareSides(request: BaseRequest, base: Base, sides: SidesToCompare): Promise<ComparisonOutcome> {
  const novelty = request.kind === "compare" ? "unknown" : null;
  const without = (other: Base): ComparisonOutcome => ({ base: other, compared: comparedWithNothing(sides.runs, novelty) });
  if (base.kind !== "found" || sides.change === null) return without(base);
  try {
    return { base, compared: await compareWithBase(await sides.change, sides) };
  } catch (thrown) {
    return without(withoutBase(request, thrown));
  }
}

/** `novelty` is that of every comment. */
function comparedWithNothing(runs: readonly ScannerRun[], novelty: ComparedComment["novelty"]): Compared {
  const comments = runs.flatMap((run) => (run.status === "completed" ? run.comments : []));
  return {
    runs,
    comparedOf: () => null,
    comments: comments.map((comment) => ({ ...comment, novelty })),
    isUnchangedGap: () => false,
    isUnchangedUnpinned: () => false,
    notices: [],
    changedWorkflows: [],
  };
}

/** Rejects with a GateError `base-unavailable` when the base cannot be read or a scanner failed on it. */
async function compareWithBase(change: Change, sides: SidesToCompare): Promise<Compared> {
  const { history, workspace, manifests, wasInScan, directory, scanBase } = sides;
  const baseManifests = await readBaseManifests({ change, history, head: workspace, reading: manifests, wasInScan });
  const comparison = compareWith({ change, workspace, manifests, baseManifests });
  const needs = planBase(sides.runs, comparison);
  const targets = await materialiseBase({ needs, change, history, tree: workspace.tree, directory });
  const scans = (await scanBase(targets)).flatMap((outcome) => scanOf(outcome, targets));
  const { runs, compared } = compareFindings(sides.runs, scans, comparison);
  return {
    runs,
    // A finding that nothing was said of is a new one.
    comparedOf: ({ id }) => compared.get(id) ?? { novelty: "new" },
    comments: compareComments(runs, scans, comparison),
    isUnchangedGap: comparison.isUnchangedGap,
    isUnchangedUnpinned: comparison.isUnchangedUnpinned,
    notices: baseNotices(scans, comparison),
    changedWorkflows: WORKFLOW_FOLDERS.flatMap((folder) => change.changedBelow(folder)),
  };
}

function scanOf({ run, pinsTakenUp }: RunOutcome, targets: ReadonlyMap<RunId, ScanTarget>): BaseScan[] {
  if (run.status === "failed") {
    throw new GateError("base-unavailable", `${run.run} could not look at the base: ${run.error.message}`, {
      remedy: run.error.remedy,
      cause: run.error,
    });
  }
  const target = targets.get(run.run);
  return run.status === "skipped" || target === undefined ? [] : [{ run, target, pinsTakenUp }];
}
