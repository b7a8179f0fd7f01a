// The one order of findings, so that the same scan always reads the same, whatever order a report has.

import { compareText } from "../text/compare-text.ts";
import type { DecodedFinding } from "./finding.ts";

/** Compares by path, line, column, rule, message and severity; texts in code-unit order. */
export function byPlace(a: DecodedFinding, b: DecodedFinding): number {
  return (
    compareText(a.location.path, b.location.path) ||
    a.location.startLine - b.location.startLine ||
    (a.location.startColumn ?? 0) - (b.location.startColumn ?? 0) ||
    a.location.endLine - b.location.endLine ||
    compareText(a.rule.id, b.rule.id) ||
    compareText(a.message, b.message) ||
    compareText(a.severity, b.severity)
  );
}
