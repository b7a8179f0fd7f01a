// What every finding counts for: the one place that tells new, unchanged and suppressed ones apart, so that all reports give the same numbers. A duplicate
// counts for nothing, because what it duplicates is counted.

import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { gatingFindings } from "./gating.ts";
import type { ScanReport } from "./scan-report.ts";

/** `open`: neither suppressed nor compared with a base. */
export type FindingState = "open" | "new" | "unchanged" | "suppressed";

/** Adds up to the number of problems. */
export type StateCounts = Readonly<Record<FindingState, number>>;

/** Returns the state of a finding; null for a duplicate. */
export function stateOf({ triage }: TriagedFinding): FindingState | null {
  if (triage.state === "duplicate") return null;
  return triage.state === "suppressed" ? "suppressed" : (triage.novelty ?? "open");
}

/** Counts problems by state. */
export function countStates(findings: Iterable<TriagedFinding>): StateCounts {
  const counts = { open: 0, new: 0, unchanged: 0, suppressed: 0 };
  for (const finding of findings) {
    const state = stateOf(finding);
    if (state !== null) counts[state] += 1;
  }
  return counts;
}

/**
 * Renders what stands beside the findings that gate: `12 unchanged, not gating; 4 suppressed`. Without a base only suppressed ones are named, and none when
 * there are none.
 */
export function formatStates(report: ScanReport): string {
  const { new: fresh, unchanged, suppressed } = countStates(report.findings);
  const silenced = suppressed === 0 && report.base === null ? [] : [`${suppressed} suppressed`];
  if (report.base === null) return silenced.join("");
  const compared =
    report.scope === "new" ? [`${unchanged} unchanged${unchangedNote(report, unchanged)}`] : [`${fresh} new`, `${unchanged} unchanged`];
  return [...compared, ...silenced].join("; ");
}

/** A rule of the policy can have scope `all`, so unchanged findings may gate although new ones are what the run is about. */
export function gatingUnchanged(report: ScanReport): number {
  return gatingFindings(report).filter((finding) => stateOf(finding) === "unchanged").length;
}

function unchangedNote(report: ScanReport, unchanged: number): string {
  const gating = gatingUnchanged(report);
  if (unchanged === 0) return "";
  return gating === 0 ? ", not gating" : `, ${gating} of them gating`;
}
