// The gate of one policy: a pure function of findings, runs and gaps. It never prints, and nothing that happens later (truncation, redaction, upload) changes it.

import type { GateError } from "../errors.ts";
import type { RunGap } from "../findings/coverage.ts";
import type { ComparedComment } from "../findings/inline-comment.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import { type KnownSeverity, SEVERITIES, type Severity, severityRank } from "../findings/severity.ts";
import { beforeMove, type TriagedFinding } from "../findings/triaged-finding.ts";
import { compareText } from "../text/compare-text.ts";
import { ruleMatcher, shortRuleName } from "./gate-rule.ts";
import type { JudgedGap } from "./judged-gap.ts";
import type { GateRule, Policy, Scope } from "./policy.ts";

export type Verdict = "pass" | "fail" | "error";

export const GATE_THRESHOLDS = ["critical", "high", "medium", "low", "never"] as const;

/** Findings at or above it gate; `never` reports and gates nothing. */
export type GateThreshold = (typeof GATE_THRESHOLDS)[number];

/** Why the verdict is not `pass`: one reason per violated rule or limit, failed scanner, scanner (or tree) with gaps, and for a base that cannot be had. */
export type GateReason =
  | { readonly code: "base-unavailable"; readonly message: string; readonly remedy: string }
  | {
      readonly code: "limit-exceeded";
      /** The key of the policy: `limits.nosec`. */
      readonly rule: string;
      readonly count: number;
      readonly message: string;
      /** What counts towards it, new ones first. */
      readonly comments: readonly ComparedComment[];
    }
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

/** What is judged: findings, gaps and runs as the policy has annotated them. */
export interface Evidence {
  readonly findings: readonly TriagedFinding[];
  readonly runs: readonly ScannerRun[];
  readonly gaps: readonly JudgedGap[];
  readonly comments: readonly ComparedComment[];
  readonly scope: Scope;
  readonly baseError: GateError | null;
}

/** Findings named in the message of a reason; all of them stand in the reason itself. */
const NAMED_FINDINGS = 3;

/**
 * Evaluates the gate of one policy. `error` outranks `fail`, because counts of a partial scan are not final; every violated rule is listed beside it all the
 * same. A base that cannot be had, a failed run and every gap that counts make `error`. Order of the elements does not change the result.
 */
export function evaluateGate(evidence: Evidence, policy: Policy): GateResult {
  const open = evidence.findings.filter((finding) => finding.triage.state === "open");
  const gaps = evidence.gaps.filter(({ standing }) => standing === "counts");
  const incomplete = [...baseReason(evidence.baseError), ...failures(evidence.runs, policy), ...uncovered(gaps)];
  const violations = [...policy.gate.rules.flatMap((rule) => violation(rule, open, evidence.scope, policy)), ...exceeded(evidence, policy)];
  const verdict = incomplete.length > 0 ? "error" : violations.length > 0 ? "fail" : "pass";
  return { verdict, reasons: [...incomplete, ...violations], counts: countInScope(evidence.findings, evidence.scope) };
}

/** Whether a scope looks at a finding. One that was compared with nothing counts as new. */
function isInScope({ triage }: TriagedFinding, scope: Scope): boolean {
  return scope === "all" || triage.state === "duplicate" || triage.novelty !== "unchanged";
}

function baseReason(error: GateError | null): GateReason[] {
  return error === null ? [] : [{ code: "base-unavailable", message: error.message, remedy: error.remedy }];
}

function failures(runs: readonly ScannerRun[], { gate: { incomplete } }: Policy): GateReason[] {
  return runs.flatMap((run) =>
    run.status === "failed" && incomplete[run.scanner] === "fail"
      ? [{ code: "scanner-failed" as const, run: run.run, message: `${run.run} failed: ${run.error.message}`, remedy: run.error.remedy }]
      : [],
  );
}

function uncovered(gaps: readonly RunGap[]): GateReason[] {
  const byRun = new Map<string | null, RunGap[]>();
  for (const gap of gaps) {
    const run = gap.run ?? null;
    const list = byRun.get(run);
    if (list === undefined) byRun.set(run, [gap]);
    else list.push(gap);
  }
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
  const example = first === undefined ? "" : `: ${first.path}${first.line === undefined ? "" : `:${first.line}`}: ${first.reason}`;
  return `${what} not looked at${run === null ? "" : ` by ${run}`}${example}`;
}

function violation(rule: GateRule, open: readonly TriagedFinding[], runScope: Scope, { gate: { unknownAs } }: Policy): GateReason[] {
  const scope = rule.scope ?? runScope;
  const matches = ruleMatcher(rule, unknownAs);
  const gates = (finding: TriagedFinding) => isInScope(finding, scope) || !matches(asAtBase(finding));
  const matching = open.filter((finding) => matches(finding) && gates(finding)).sort(bySeverityThenPlace(unknownAs));
  if (matching.length <= rule.max) return [];
  const areNew = scope === "new" && matching.some(({ triage }) => triage.state === "open" && triage.novelty === "new");
  const message = `${violationMessage(rule, matching.length, areNew)}: ${firstOf(matching)}`;
  return [{ code: "rule-violated", rule: rule.name, count: matching.length, message, findings: matching }];
}

/** What was moved to where a rule counts it is new to the rule. */
function asAtBase(finding: TriagedFinding): TriagedFinding {
  const { triage } = finding;
  return triage.state === "duplicate" || triage.movedFrom === undefined ? finding : beforeMove(finding, triage.movedFrom);
}

function violationMessage({ name, severity, max }: GateRule, count: number, areNew: boolean): string {
  const findings = `${count} ${areNew ? "new " : ""}${count === 1 ? "finding" : "findings"}`;
  if (name === shortRuleName(severity)) return `${findings} of severity ${severity} or above`;
  return `${findings} of the rule \`${name}\`${max === 0 ? "" : `, which tolerates ${max}`}`;
}

function firstOf(findings: readonly TriagedFinding[]): string {
  const named = findings.slice(0, NAMED_FINDINGS).map(({ rule, location }) => `${rule.id} in ${location.path}:${location.startLine}`);
  return [...named, ...(findings.length > named.length ? [`and ${findings.length - named.length} more`] : [])].join(", ");
}

/** New comments gate, or with the scope `all` the number of all of them: a change that adds none is not stopped by old ones. */
function exceeded({ comments, scope }: Evidence, { inline, limits: { nosec } }: Policy): GateReason[] {
  if (nosec === null || inline === "ignore" || comments.length <= nosec) return [];
  const added = comments.filter(({ novelty }) => novelty !== "unchanged");
  if (scope === "new" && added.length === 0) return [];
  const newOnes = scope === "new" ? `, ${added.length} of them new` : "";
  return [
    {
      code: "limit-exceeded",
      rule: "limits.nosec",
      count: comments.length,
      message: `${comments.length} comments suppress findings in the source${newOnes}; the policy tolerates ${nosec}`,
      comments: [...added, ...comments.filter(({ novelty }) => novelty === "unchanged")],
    },
  ];
}

/** Counts the open findings of a scope by severity. */
export function countInScope(findings: readonly TriagedFinding[], scope: Scope): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const finding of findings) if (finding.triage.state === "open" && isInScope(finding, scope)) counts[finding.severity] += 1;
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
