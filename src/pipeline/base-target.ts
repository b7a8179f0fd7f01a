// What of the base must be scanned to tell old findings from new ones: as little as possible. A file is scanned again only where it differs and the head
// has something in it that could be old.

import type { RunId } from "../findings/scanner-id.ts";
import type { CompletedRun, ScannerRun } from "../findings/scanner-run.ts";
import type { Pin } from "../manifests/pin.ts";
import { compareText } from "../text/compare-text.ts";
import { basePinsFor } from "./base-dependencies.ts";
import type { Comparison } from "./comparison.ts";

/** What one run must look at, in paths of the base, sorted; never both empty. */
export interface BaseNeed {
  readonly files: readonly string[];
  readonly pins: readonly Pin[];
}

/** Returns the runs that must look at the base at all, with what they must look at. Runs that did not complete have nothing to compare. */
export function planBase(runs: readonly ScannerRun[], comparison: Comparison): ReadonlyMap<RunId, BaseNeed> {
  const completed = runs.filter((run) => run.status === "completed" && run.run !== "trivy-image");
  const needs = completed.map((run) => [run.run, needOf(run, comparison)] as const);
  return new Map(needs.filter(([, { files, pins }]) => files.length + pins.length > 0));
}

function needOf(run: ScannerRun, comparison: Comparison): BaseNeed {
  if (run.status !== "completed") return { files: [], pins: [] };
  const files = new Set([...filesOfFindings(run, comparison), ...filesOfComments(run, comparison)]);
  return { files: [...files].sort(compareText), pins: basePinsFor(run.findings, comparison).unknown };
}

function filesOfFindings({ findings }: CompletedRun, comparison: Comparison): string[] {
  const { change, groupsOf, isPinned, isUntouched } = comparison;
  const paths = findings.flatMap((finding): readonly string[] => {
    if (isUntouched(finding) || isPinned(finding)) return [];
    const { path } = finding.location;
    const groups = finding.kind === "misconfiguration" ? groupsOf(path).filter((group) => group.isTouched()) : [];
    return [...groups.flatMap((group) => group.basePaths()), ...counterpartOf(path, change)];
  });
  return [...new Set(paths)];
}

function filesOfComments({ run, comments }: CompletedRun, { change, isSameFor }: Comparison): string[] {
  return comments.filter(({ path }) => !isSameFor(run, path)).flatMap(({ path }) => counterpartOf(path, change));
}

function counterpartOf(path: string, change: Comparison["change"]): string[] {
  const counterpart = change.counterpart(path);
  return counterpart === null ? [] : [counterpart.path];
}
