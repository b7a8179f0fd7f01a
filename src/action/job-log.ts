// The job log of a scan: a group for each scanner run, closed until someone opens it, and after them the verdict in the open. It decides nothing, and
// no text of a repository or a scanner is obeyed by the runner.

import { endGroup, info, startGroup } from "@actions/core";
import { counted } from "../report/format.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { renderTreeNotices, renderVerdictText } from "../report/text-log.ts";
import { renderRunText, renderRunTitle } from "../report/text-run.ts";
import { printable } from "../text/printable.ts";

/** A log has no colours and no terminal to fit. */
const PAGE = { color: false, width: 120 };

/** Writes the report to the log. Everything passes `clean`, e.g. to redact secrets. */
export function logScan(report: ScanReport, clean: (text: string) => string): void {
  for (const run of report.runs) logGroup(renderRunTitle(run), renderRunText(report, run, PAGE), clean);
  if (report.notices.length > 0) logGroup(`tree: ${counted(report.notices.length, "notice")}`, renderTreeNotices(report, PAGE), clean);
  logLines(renderVerdictText(report, PAGE), clean);
}

function logGroup(title: string, text: string, clean: (text: string) => string): void {
  startGroup(printable(clean(title)));
  logLines(text, clean);
  endGroup();
}

function logLines(text: string, clean: (text: string) => string): void {
  for (const line of clean(text.trimEnd()).split("\n")) info(printable(line));
}
