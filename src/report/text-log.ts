// What a job log says beside the runs: the notices of the tree, and the verdict at the end, for which a few lines do when the scan passes.

import type { ScanReport } from "./scan-report.ts";
import { buildPage, type PageOptions } from "./text-page.ts";
import {
  gapSections,
  gatingLines,
  joinSections,
  listingSections,
  noticeLines,
  scannedLine,
  verdictLines,
  workflowLines,
} from "./text-sections.ts";

/** Renders verdict and why, what gates, all gaps and what the policy made of the scan as lines that end with line breaks. No line holds a command for the GitHub runner. */
export function renderVerdictText(report: ScanReport, options: PageOptions): string {
  const page = buildPage(options);
  return joinSections([
    workflowLines(report, page),
    verdictLines(report, page),
    gatingLines(report, page),
    ...gapSections(report.gaps, page),
    ...listingSections(report, page),
    [scannedLine(report, page)],
  ]);
}

/** Renders the notices that belong to no run in the same way; empty when there are none. */
export function renderTreeNotices({ notices }: ScanReport, options: PageOptions): string {
  return joinSections([noticeLines({ runs: [], notices }, buildPage(options))]);
}
