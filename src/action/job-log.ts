// The job log of a scan: a group for each scanner run, closed until someone opens it, and after them the verdict in the open. It decides nothing.

import { counted } from "../report/format.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { renderTreeNotices, renderVerdictText } from "../report/text-log.ts";
import { renderRunText, renderRunTitle } from "../report/text-run.ts";
import type { ActionsLog } from "./actions-log.ts";

/** A log has no colours and no terminal to fit. */
const PAGE = { color: false, width: 120 };

/** Writes the report to the log. */
export function logScan(report: ScanReport, log: ActionsLog): void {
  for (const run of report.runs) log.group(renderRunTitle(run), linesOf(renderRunText(report, run, PAGE)));
  if (report.notices.length > 0) log.group(`tree: ${counted(report.notices.length, "notice")}`, linesOf(renderTreeNotices(report, PAGE)));
  for (const line of linesOf(renderVerdictText(report, PAGE))) log.say(line);
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}
