// The report for a terminal: verdict and why first, then what gates, who looked at what, and what nobody looked at. Plain text unless colour is asked for.
// It lists the worst and counts the rest; report.json has everything.

import type { CompletedRun, ScannerRun } from "../findings/scanner-run.ts";
import { SEVERITIES, type Severity } from "../findings/severity.ts";
import type { Verdict } from "../policy/gate.ts";
import { disarmCommands, printable, printableProse } from "../text/printable.ts";
import { countSeverities, formatDatabase, formatDuration, formatList } from "./format.ts";
import { gapRemarks, gatingEntries, gatingFindings, noticeRemarks, type Remark } from "./gating.ts";
import type { ScanReport } from "./scan-report.ts";
import { explainVerdict, formatTotals } from "./summary-line.ts";
import { renderGatingEntries } from "./text-gating.ts";
import { alignRows, buildPage, type Cell, type Page, type PageOptions, pad, type Style, wrap } from "./text-page.ts";
import { type Row, type RowText, renderRows } from "./text-rows.ts";

/** Entries listed in a section, and places named beside one remark. */
const MOST_GATING = 20;
const MOST_GAPS = 20;
const MOST_NOTICES = 10;
const MOST_PLACES = 3;
/** Lines and characters of one message. */
const MAX_LINES = 4;
const MESSAGE_LENGTH = 600;

const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = { pass: "green", fail: "red", error: "yellow" };

/** Renders the whole report, ending with a line break. No line holds a command for the GitHub runner. */
export function renderText(report: ScanReport, options: PageOptions): string {
  const page = buildPage(options);
  const sections = [
    verdictLines(report, page),
    gatingLines(report, page),
    runLines(report, page),
    gapLines(report, page),
    noticeLines(report, page),
  ];
  const lines = [...sections, [scannedLine(report, page)]].filter((section) => section.length > 0).flatMap((section) => [...section, ""]);
  return lines
    .slice(0, -1)
    .map((line) => `${disarmCommands(line.trimEnd())}\n`)
    .join("");
}

function verdictLines(report: ScanReport, page: Page): string[] {
  const { verdict } = report.gate;
  const indent = " ".repeat(verdict.length + 4);
  const [first = "", ...rest] = explainVerdict(report).flatMap(({ text, remedy }) => [
    ...paragraph(text, indent, page),
    ...(remedy === "" ? [] : paragraph(`${page.arrow} ${remedy}`, indent, page, "cyan")),
  ]);
  const badge = page.paint(` ${verdict.toUpperCase()} `, "bold", "inverse", VERDICT_STYLES[verdict]);
  return [`${badge}  ${page.paint(first.trimStart(), "bold")}`, ...rest, ...paragraph(formatTotals(report), indent, page, "dim")];
}

/** Wraps untrusted prose under an indent. */
function paragraph(text: string, indent: string, page: Page, ...styles: Style[]): string[] {
  const lines = wrap(printableProse(text, MESSAGE_LENGTH), page.width - indent.length, { maxLines: MAX_LINES, ellipsis: page.ellipsis });
  return lines.map((line) => indent + page.paint(line, ...styles));
}

function gatingLines(report: ScanReport, page: Page): string[] {
  const entries = gatingEntries(report);
  if (entries.length === 0) return [];
  const shown = entries.slice(0, MOST_GATING);
  const left = gatingFindings(report).length - shown.reduce((sum, entry) => sum + entry.findings.length, 0);
  return [page.paint("What gates", "bold"), ...renderGatingEntries(shown, page), ...moreLines(left, "finding", page)];
}

function moreLines(left: number, noun: string, page: Page): string[] {
  return left === 0
    ? []
    : [page.paint(`    ${page.ellipsis} and ${left} more ${left === 1 ? noun : `${noun}s`} (report.json has all)`, "dim")];
}

/** A table of the completed runs; a run that was skipped or failed says so in its row. */
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
      text: `${coverage.covered} of ${coverage.expected} ${printable(coverage.unit)}`,
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

function gapLines(report: ScanReport, page: Page): string[] {
  return remarkLines(`Not covered (${report.gaps.length})`, gapRemarks(report), { most: MOST_GAPS, noun: "gap" }, page);
}

function noticeLines(report: ScanReport, page: Page): string[] {
  const remarks = noticeRemarks(report);
  const count = remarks.reduce((sum, { places }) => sum + places.length, 0);
  return remarkLines(`Notices (${count})`, remarks, { most: MOST_NOTICES, noun: "notice" }, page);
}

function remarkLines(title: string, remarks: readonly Remark[], { most, noun }: { most: number; noun: string }, page: Page): string[] {
  if (remarks.length === 0) return [];
  const rows = remarks.slice(0, most).map((remark) => remarkRow(remark, page));
  const left = remarks.slice(most).reduce((sum, { places }) => sum + places.length, 0);
  return [page.paint(title, "bold"), ...renderRows(rows, page).flat(), ...moreLines(left, noun, page)];
}

function remarkRow({ message, remedy, places }: Remark, page: Page): Row {
  const [first = "", ...others] = places.map((place) => printable(place));
  const also = others.length === 0 ? "" : ` (also ${formatList(others, MOST_PLACES)})`;
  const text: RowText = { text: `${printableProse(message, MESSAGE_LENGTH)}${also}` };
  const advice: RowText = { text: `${page.arrow} ${printableProse(remedy, MESSAGE_LENGTH)}`, styles: ["cyan"] };
  return { place: first, label: "", body: remedy === "" ? [text] : [text, advice] };
}

function scannedLine(report: ScanReport, page: Page): string {
  const where = report.within === "" ? report.root : `${report.within} in ${report.root}`;
  const commit = report.revision === null ? "" : ` at ${report.revision.slice(0, 12)}`;
  return page.paint(
    printable(`Scanned ${where}${commit} in ${formatDuration(report.durationMs)} with sarif-gate ${report.toolVersion}.`),
    "dim",
  );
}
