// One order of findings, whatever order a report has, so that the same scan always reads the same.

import type { DecodedFinding } from "../findings/finding.ts";
import { compareText } from "../text/compare-text.ts";

/** Returns the findings by path, line, column, rule and message, in code-unit order. */
export function inOrder(findings: readonly DecodedFinding[]): DecodedFinding[] {
  return [...findings].sort(
    (a, b) =>
      compareText(a.location.path, b.location.path) ||
      a.location.startLine - b.location.startLine ||
      (a.location.startColumn ?? 0) - (b.location.startColumn ?? 0) ||
      a.location.endLine - b.location.endLine ||
      compareText(a.rule.id, b.rule.id) ||
      compareText(a.message, b.message) ||
      compareText(a.severity, b.severity),
  );
}
