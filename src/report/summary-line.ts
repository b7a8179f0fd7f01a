// The verdict and why, in one line for a log or a commit status, and as the opening words of the reports.

import type { GateReason } from "../policy/gate.ts";
import type { GapStanding } from "../policy/judged-gap.ts";
import { printableProse } from "../text/printable.ts";
import { counted, countSeverities, formatList, formatSeverities, totalOf } from "./format.ts";
import type { ScanReport } from "./scan-report.ts";
import { countStates, formatStates, gatingUnchanged } from "./states.ts";

/** Characters of one reason; a scanner's error can be long, and is whole in report.json. */
const REASON_LENGTH = 200;
/** Workflow files named in a sentence. */
const MOST_WORKFLOWS = 5;

/** One sentence of why the verdict is what it is, and what to do about it where that is known (else empty). Untrusted text. */
export interface Explanation {
  readonly text: string;
  readonly remedy: string;
}

/** Renders one printable line: `fail: 3 new findings are of severity high or above (critical 1, high 2); 12 unchanged, not gating; no gaps`. */
export function renderSummaryLine(report: ScanReport): string {
  const { verdict, reasons, counts } = report.gate;
  const why =
    reasons.length > 0 ? reasons.map(describeReason) : [`${nothingViolates(report)} (${formatSeverities(counts) || "no findings"})`];
  const states = formatStates(report);
  return printableProse([`${verdict}: ${why.join("; ")}`, ...(states === "" ? [] : [states]), formatGaps(report)].join("; "));
}

/** Explains the verdict, what matters most first; never empty. */
export function explainVerdict(report: ScanReport): Explanation[] {
  const { verdict, reasons } = report.gate;
  const because = reasons.map((reason) => ({ text: reason.message, remedy: "remedy" in reason ? reason.remedy : "" }));
  const opening = verdict === "fail" ? [] : [{ text: verdict === "pass" ? passWords(report) : errorWords(reasons), remedy: "" }];
  return [...opening, ...because, ...toleratedFailures(report), ...endedSuppressions(report)];
}

/** Says which files that may decide how the gate runs are changed, or null. Untrusted text; `name` renders a path. */
export function explainWorkflows({ changedWorkflows }: ScanReport, name: (path: string) => string = (path) => path): string | null {
  if (changedWorkflows.length === 0) return null;
  const what = changedWorkflows.length > 1 ? "workflows and actions" : isAction(changedWorkflows[0] ?? "") ? "an action" : "a workflow";
  return `This change edits ${formatList(changedWorkflows.map(name), MOST_WORKFLOWS)}: ${what} may decide how this gate runs.`;
}

function isAction(path: string): boolean {
  return path.startsWith(".github/actions/");
}

/** Says what gates, and what it is compared with: `Scope: new findings, compared with pull request 12 (3f786850e387).` Untrusted text. */
export function explainScope({ scope, base, noBase }: ScanReport): string {
  if (base !== null) return `Scope: ${scope} findings, compared with ${base.name} (${base.commit.slice(0, 12)}).`;
  return `Scope: ${scope} findings; nothing is compared${noBase === null ? "" : `: ${noBase}`}.`;
}

/** `9 findings: critical 3, high 6. No gaps.`; with a base `3 new findings: high 3; 12 unchanged, not gating; 4 suppressed. No gaps.` */
export function formatTotals(report: ScanReport): string {
  const total = totalOf(report.gate.counts);
  const noun = isNewOnly(report) ? "new finding" : "finding";
  const found = total === 0 ? `No ${noun}s` : `${counted(total, noun)}: ${formatSeverities(report.gate.counts)}`;
  const states = formatStates(report);
  const coverage = formatGaps(report);
  return `${found}${states === "" ? "" : `; ${states}`}. ${coverage.charAt(0).toUpperCase()}${coverage.slice(1)}.`;
}

function isNewOnly({ scope, base }: ScanReport): boolean {
  return scope === "new" && base !== null;
}

/** A scan can pass although something was not looked at, where the policy says so; then it does not claim otherwise. */
function passWords(report: ScanReport): string {
  const isWhole = report.gaps.length === 0 && report.runs.every(({ status }) => status !== "failed");
  const opening = isWhole
    ? `Everything was looked at, and ${nothingViolates(report)}`
    : `Of what was looked at, ${nothingViolates(report)}`;
  const spared = countStates(report.findings).unchanged - gatingUnchanged(report);
  if (!isNewOnly(report) || spared === 0) return `${opening}.`;
  return `${opening}; ${spared === 1 ? "1 unchanged finding does" : `${spared} unchanged findings do`} not gate.`;
}

function nothingViolates(report: ScanReport): string {
  return `${isNewOnly(report) ? "no new finding" : "nothing"} violates ${report.policy}`;
}

function errorWords(reasons: readonly GateReason[]): string {
  const isIncomplete = reasons.some(({ code }) => code === "scanner-failed" || code === "not-covered");
  return isIncomplete ? "The scan is not complete, so it proves nothing." : "What is new cannot be told, so the scan proves nothing.";
}

/** Failed runs that the policy only warns of: no reason of the gate names them. */
function toleratedFailures({ runs, gate }: ScanReport): Explanation[] {
  const named = new Set(gate.reasons.map((reason) => (reason.code === "scanner-failed" ? reason.run : "")));
  return runs.flatMap((run) =>
    run.status === "failed" && !named.has(run.run)
      ? [{ text: `${run.run} failed, of which the policy only warns: ${run.error.message}`, remedy: run.error.remedy }]
      : [],
  );
}

/** What an ended suppression was for may be what fails. */
function endedSuppressions({ gate, expired }: ScanReport): Explanation[] {
  if (gate.verdict === "pass" || expired.length === 0) return [];
  return [{ text: `${counted(expired.length, "suppression has", "suppressions have")} expired; see below.`, remedy: "" }];
}

const STANDING_WORDS = [
  ["counts", "counting"],
  ["warned", "warned of"],
  ["unchanged", "unchanged"],
  ["accepted", "accepted"],
] as const satisfies readonly (readonly [GapStanding, string])[];

/** `3 gaps`, or where some do not count `3 gaps (1 counting, 2 accepted)`. What was looked at is counted per scanner, in units of its own. */
function formatGaps({ gaps }: ScanReport): string {
  if (gaps.length === 0) return "no gaps";
  const all = counted(gaps.length, "gap");
  if (gaps.every(({ standing }) => standing === "counts")) return all;
  const parts = STANDING_WORDS.map(([standing, words]) => [gaps.filter((gap) => gap.standing === standing).length, words] as const);
  return `${all} (${parts.flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`])).join(", ")})`;
}

/** The message of a reason, with the counts of what violates a rule. Printable. */
function describeReason(reason: GateReason): string {
  const message = printableProse(reason.message, REASON_LENGTH);
  return reason.code === "rule-violated" ? `${message} (${formatSeverities(countSeverities(reason.findings))})` : message;
}
