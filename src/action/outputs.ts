// The outputs by name: one table for action.yml, the README and the code. Every value is an enum, a number or a path of ours, never untrusted text.

import { SEVERITIES } from "../findings/severity.ts";
import type { WrittenResults } from "../pipeline/write-results.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { countStates } from "../report/states.ts";

export const OUTPUTS = {
  verdict: "pass, fail or error.",
  "sarif-file": "The merged SARIF with everything in it.",
  "upload-file": "The SARIF that GitHub gets; upload it with another action where this one does not. Empty when nothing may be uploaded.",
  "sarif-id": "GitHub's id of the upload; empty when nothing was uploaded.",
  "report-file": "The report as JSON.",
  findings: "Number of findings.",
  "new-findings": "Number of new findings; empty without a base.",
  critical: "Number of critical findings.",
  high: "Number of high findings.",
  medium: "Number of medium findings.",
  low: "Number of low findings.",
  unknown: "Number of findings of unknown severity.",
  suppressed: "Number of suppressed findings.",
} as const;

export type OutputName = keyof typeof OUTPUTS;

export const OUTPUT_NAMES = Object.keys(OUTPUTS) as readonly OutputName[];

/** Returns the value of every output. Without a report the scan never came to one: the verdict is `error` and the rest is empty. `sarifId` is
 * checked where it is read (letters, digits, `_` and `-`). */
export function outputValues(report: ScanReport | null, files: WrittenResults | null, sarifId = ""): Record<OutputName, string> {
  const values = Object.fromEntries(OUTPUT_NAMES.map((name) => [name, ""])) as Record<OutputName, string>;
  values["sarif-id"] = sarifId;
  values.verdict = report?.gate.verdict ?? "error";
  if (files !== null) {
    values["sarif-file"] = files.sarif;
    values["upload-file"] = files.upload ?? "";
    values["report-file"] = files.report;
  }
  if (report !== null) {
    for (const severity of SEVERITIES) values[severity] = String(report.gate.counts[severity]);
    values.findings = String(SEVERITIES.reduce((sum, severity) => sum + report.gate.counts[severity], 0));
    const states = countStates(report.findings);
    values["new-findings"] = report.base === null ? "" : String(states.new);
    values.suppressed = String(states.suppressed);
  }
  return values;
}
