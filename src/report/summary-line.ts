// The verdict and why, in one line for a log or a commit status, and as the opening words of the reports.

import type { GateReason } from "../policy/gate.ts";
import { printableProse } from "../text/printable.ts";
import { counted, countSeverities, formatSeverities, totalOf } from "./format.ts";
import type { ScanReport } from "./scan-report.ts";

/** Characters of one reason; a scanner's error can be long, and is whole in report.json. */
const REASON_LENGTH = 200;

/** One sentence of why the verdict is what it is, and what to do about it where that is known (else empty). Untrusted text. */
export interface Explanation {
  readonly text: string;
  readonly remedy: string;
}

/** Renders one printable line: `fail: 3 findings are of severity high or above (critical 1, high 2); no gaps`. */
export function renderSummaryLine(report: ScanReport): string {
  const { verdict, reasons, counts } = report.gate;
  const why =
    reasons.length > 0
      ? reasons.map(describeReason).join("; ")
      : `nothing violates ${report.policy} (${formatSeverities(counts) || "no findings"})`;
  return printableProse(`${verdict}: ${why}; ${formatCoverage(report)}`);
}

/** Explains the verdict, what matters most first; never empty. */
export function explainVerdict(report: ScanReport): Explanation[] {
  const reasons = report.gate.reasons.map((reason) => ({
    text: reason.message,
    remedy: reason.code === "scanner-failed" ? reason.remedy : "",
  }));
  if (report.gate.verdict === "fail") return reasons;
  const opening =
    report.gate.verdict === "pass"
      ? `Everything was looked at, and nothing violates ${report.policy}.`
      : "The scan is not complete, so it proves nothing.";
  return [{ text: opening, remedy: "" }, ...reasons];
}

/** `9 findings: critical 3, high 6. No gaps.` */
export function formatTotals(report: ScanReport): string {
  const total = totalOf(report.gate.counts);
  const found = total === 0 ? "No findings" : `${counted(total, "finding")}: ${formatSeverities(report.gate.counts)}`;
  const coverage = formatCoverage(report);
  return `${found}. ${coverage.charAt(0).toUpperCase()}${coverage.slice(1)}.`;
}

/** How much was not looked at. What was is counted per scanner, in units of its own. */
function formatCoverage({ gaps }: ScanReport): string {
  return gaps.length === 0 ? "no gaps" : counted(gaps.length, "gap");
}

/** The message of a reason, with the counts of what violates a rule. Printable. */
function describeReason(reason: GateReason): string {
  const message = printableProse(reason.message, REASON_LENGTH);
  return reason.code === "rule-violated" ? `${message} (${formatSeverities(countSeverities(reason.findings))})` : message;
}
