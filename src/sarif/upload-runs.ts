// Which runs GitHub may not get: it closes every alert that an upload does not repeat, so a run that did not look at everything would close what it did not see.

import type { RunId } from "../findings/scanner-id.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { JudgedGap } from "../policy/judged-gap.ts";

/** A run that is left out of the upload, and why, as a clause without subject. Untrusted text may stand in it. */
export interface Omission {
  readonly run: RunId;
  readonly because: string;
}

/** Returns the gaps of a run: its own and those of the tree, which every run looks at except that on an image. Order is kept. */
export function gapsOf(run: RunId, gaps: readonly JudgedGap[]): JudgedGap[] {
  return gaps.filter((gap) => gap.run === run || (gap.run === undefined && run !== "trivy-image"));
}

/** Whether the policy accepts the gap, so that the run counts as complete. What it only warns of does not. */
export function isAccepted({ standing }: JudgedGap): boolean {
  return standing === "accepted";
}

/**
 * Returns the runs that are left out: those that failed, those with a gap that is not accepted, and Safety's when Trivy's is left out, because the problems that both report
 * are in Trivy's run and would move to Safety's as new alerts.
 */
export function omittedRuns(runs: readonly ScannerRun[], gaps: readonly JudgedGap[]): Omission[] {
  const open = gaps.filter((gap) => !isAccepted(gap));
  const incomplete = runs.flatMap((run) => {
    const because = failure(run) ?? incompleteness(gapsOf(run.run, open));
    return because === undefined ? [] : [{ run: run.run, because }];
  });
  const leftOut = new Set(incomplete.map(({ run }) => run));
  if (!leftOut.has("trivy") || leftOut.has("safety") || runs.every(({ run }) => run !== "safety")) return incomplete;
  return [
    ...incomplete,
    { run: "safety", because: "Trivy is left out, and alerts of problems that both report would move from one to the other" },
  ];
}

function failure(run: ScannerRun): string | undefined {
  return run.status === "failed" ? `it failed: ${run.error.message}` : undefined;
}

function incompleteness([first, ...others]: readonly JudgedGap[]): string | undefined {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `it did not look at everything: ${first.path}${first.line === undefined ? "" : `:${first.line}`} ${first.reason}${more}`;
}
