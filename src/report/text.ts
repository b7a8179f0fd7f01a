// The report for a terminal: verdict and why first, then what gates, who looked at what, what nobody looked at, and what the policy made of it. Plain text
// unless colour is asked for. It lists the worst and counts the rest; report.json has everything.

import type { CompletedRun, ScannerRun } from "../findings/scanner-run.ts";
import { SEVERITIES, type Severity } from "../findings/severity.ts";
import { printable } from "../text/printable.ts";
import { countSeverities, formatCoverage, formatDatabase, formatDuration } from "./format.ts";
import type { ScanReport } from "./scan-report.ts";
import { alignRows, buildPage, type Cell, type Page, type PageOptions, pad } from "./text-page.ts";
import {
  gapSections,
  gatingLines,
  joinSections,
  listingSections,
  noticeLines,
  paragraph,
  scannedLine,
  verdictLines,
  workflowLines,
} from "./text-sections.ts";

/** Renders the whole report, ending with a line break. No line holds a command for the GitHub runner. */
export function renderText(report: ScanReport, options: PageOptions): string {
  const page = buildPage(options);
  return joinSections([
    workflowLines(report, page),
    verdictLines(report, page),
    gatingLines(report, page),
    runLines(report, page),
    ...gapSections(report.gaps, page),
    ...listingSections(report, page),
    noticeLines(report, page),
    [scannedLine(report, page)],
  ]);
}

/** A table of what the completed runs reported, whatever the policy makes of it; a run that was skipped or failed says so in its row. */
function runLines(report: ScanReport, page: Page): string[] {
  const indent = " ".repeat(Math.max(...report.runs.map(({ run }) => run.length), "Scanners".length - 2) + 4);
  const completed = report.runs.filter((run) => run.status === "completed");
  const severities = SEVERITIES.filter(
    (severity) => severity !== "unknown" || completed.some((run) => countSeverities(run.findings).unknown > 0),
  );
  const [header = "", ...rows] = alignRows([headerCells(severities), ...completed.map((run) => runCells(run, severities, page))], page);
  const rowOf = new Map(completed.map((run, index) => [run.run, rows[index] ?? ""]));
  const lines = report.runs.flatMap((run) => {
    const [first = "", ...rest] =
      run.status === "completed" ? [indent + rowOf.get(run.run), ...factLines(run, indent, page)] : outcomeLines(run, indent, page);
    return [page.paint(pad(`  ${run.run}`, indent.length), "bold") + first.slice(indent.length), ...rest];
  });
  const twice = report.findings.filter(({ triage }) => triage.state === "duplicate").length;
  const merged = `${twice === 1 ? "1 finding was" : `${twice} findings were`} reported by two scanners and counted once in the total.`;
  return [
    page.paint(pad("Scanners", indent.length), "bold") + (completed.length > 0 ? header : ""),
    ...lines,
    ...(twice === 0 ? [] : paragraph(merged, "  ", page, "dim")),
  ];
}

function headerCells(severities: readonly Severity[]): Cell[] {
  return ["covered", ...severities, "time"].map((text, column) => ({ text, right: column > 0, styles: ["dim"] }));
}

function runCells({ coverage, findings, durationMs }: CompletedRun, severities: readonly Severity[], page: Page): Cell[] {
  const counts = countSeverities(findings);
  const numbers = severities.map(
    (severity): Cell =>
      counts[severity] === 0 ? { text: page.dash, styles: ["dim"], right: true } : { text: `${counts[severity]}`, right: true },
  );
  return [
    {
      text: printable(formatCoverage(coverage)),
      styles: coverage.covered < coverage.expected ? ["yellow"] : [],
    },
    ...numbers,
    { text: formatDuration(durationMs), right: true },
  ];
}

function factLines({ version, database }: CompletedRun, indent: string, page: Page): string[] {
  return paragraph(`version ${version}${database === null ? "" : `, database of ${formatDatabase(database)}`}`, indent, page, "dim");
}

function outcomeLines(run: Exclude<ScannerRun, CompletedRun>, indent: string, page: Page): string[] {
  if (run.status === "skipped") return paragraph(`skipped: ${run.reason}`, indent, page, "dim");
  const after = run.durationMs === 0 ? "" : ` after ${formatDuration(run.durationMs)}`;
  return paragraph(`failed${after}${run.version === null ? "" : `, version ${run.version}`}`, indent, page, "red");
}
