// The verdict: a pure function of findings, runs and gaps. It never prints, and nothing that happens later (truncation, redaction, upload) changes it.

import type { RunGap } from "../findings/coverage.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import { type KnownSeverity, SEVERITIES, type Severity, severityRank } from "../findings/severity.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { compareText } from "../text/compare-text.ts";

export type Verdict = "pass" | "fail" | "error";

export const GATE_THRESHOLDS = ["critical", "high", "medium", "low", "never"] as const;

/** Findings at or above it gate; `never` reports and gates nothing. */
export type GateThreshold = (typeof GATE_THRESHOLDS)[number];

export interface GatePolicy {
  readonly failOn: GateThreshold;
  /** What an unknown severity counts as. */
  readonly unknownAs: KnownSeverity;
}

/** Why the verdict is not `pass`: one reason per violated rule, failed scanner, and scanner (or tree) with gaps. */
export type GateReason =
  | { readonly code: "scanner-failed"; readonly run: string; readonly message: string; readonly remedy: string }
  | {
      readonly code: "not-covered";
      readonly run: string | null;
      readonly count: number;
      readonly message: string;
      readonly gaps: readonly RunGap[];
    }
  | {
      readonly code: "rule-violated";
      /** The rule's name; the short form of a policy has the one rule `fail-on: high`. */
      readonly rule: string;
      readonly count: number;
      readonly message: string;
      /** The findings that violate it, most severe first. */
      readonly findings: readonly TriagedFinding[];
    };

export interface GateResult {
  readonly verdict: Verdict;
  /** What makes the scan incomplete first, then violated rules. Empty exactly when the verdict is `pass`. */
  readonly reasons: readonly GateReason[];
  /** Open findings by severity; a problem that two scanners report counts once. */
  readonly counts: Readonly<Record<Severity, number>>;
}

/**
 * Evaluates the gate. `error` outranks `fail`, because counts of a partial scan are not final; every violated rule is listed beside it all the same.
 * A failed run and every gap make `error`. Order of the arguments' elements does not change the result.
 */
export function evaluateGate(
  findings: readonly TriagedFinding[],
  runs: readonly ScannerRun[],
  gaps: readonly RunGap[],
  policy: GatePolicy,
): GateResult {
  const open = findings.filter((finding) => finding.triage.state === "open");
  const incomplete = [...failures(runs), ...uncovered(gaps)];
  const violations = violated(open, policy);
  const verdict = incomplete.length > 0 ? "error" : violations.length > 0 ? "fail" : "pass";
  return { verdict, reasons: [...incomplete, ...violations], counts: countBySeverity(open) };
}

function failures(runs: readonly ScannerRun[]): GateReason[] {
  return runs.flatMap((run) =>
    run.status === "failed"
      ? [{ code: "scanner-failed" as const, run: run.run, message: `${run.run} failed: ${run.error.message}`, remedy: run.error.remedy }]
      : [],
  );
}

function uncovered(gaps: readonly RunGap[]): GateReason[] {
  const byRun = new Map<string | null, RunGap[]>();
  for (const gap of gaps) byRun.set(gap.run ?? null, [...(byRun.get(gap.run ?? null) ?? []), gap]);
  return [...byRun].map(([run, list]) => ({
    code: "not-covered",
    run,
    count: list.length,
    gaps: list,
    message: uncoveredMessage(run, list),
  }));
}

function uncoveredMessage(run: string | null, gaps: readonly RunGap[]): string {
  const first = gaps[0];
  const what = gaps.length === 1 ? "1 thing was" : `${gaps.length} things were`;
  const example = first === undefined ? "" : `: ${first.path}${first.line === undefined ? "" : `:${first.line}`} ${first.reason}`;
  return `${what} not looked at${run === null ? "" : ` by ${run}`}${example}`;
}

function violated(open: readonly TriagedFinding[], { failOn, unknownAs }: GatePolicy): GateReason[] {
  if (failOn === "never") return [];
  const threshold = severityRank(failOn);
  const gating = open.filter((finding) => severityRank(finding.severity, unknownAs) >= threshold).sort(bySeverityThenPlace(unknownAs));
  if (gating.length === 0) return [];
  const noun = gating.length === 1 ? "finding is" : "findings are";
  return [
    {
      code: "rule-violated",
      rule: `fail-on: ${failOn}`,
      count: gating.length,
      message: `${gating.length} ${noun} of severity ${failOn} or above`,
      findings: gating,
    },
  ];
}

function countBySeverity(open: readonly TriagedFinding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const finding of open) counts[finding.severity] += 1;
  return counts;
}

/** Orders findings most severe first, then by path, line and id, so that every report shows the same order. */
export function bySeverityThenPlace(unknownAs: KnownSeverity): (a: TriagedFinding, b: TriagedFinding) => number {
  const place = (finding: TriagedFinding) => finding.location.path;
  return (a, b) =>
    severityRank(b.severity, unknownAs) - severityRank(a.severity, unknownAs) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(place(a), place(b)) ||
    a.location.startLine - b.location.startLine ||
    compareText(a.id, b.id);
}
