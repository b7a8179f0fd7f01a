// The sections of a terminal report that other reports share: verdict and why, what gates, what nobody looked at. Each lists the worst and counts the rest.

import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { Verdict } from "../policy/gate.ts";
import type { JudgedGap } from "../policy/judged-gap.ts";
import { disarmCommands, printable, printableProse } from "../text/printable.ts";
import { formatDuration, formatList } from "./format.ts";
import { entriesOf, GAP_TITLES, gapRemarks, gatingFindings, noticeRemarks, type Remark } from "./gating.ts";
import { buildListings } from "./listings.ts";
import type { ScanReport } from "./scan-report.ts";
import { explainScope, explainVerdict, explainWorkflows, formatTotals } from "./summary-line.ts";
import { renderGatingEntries } from "./text-gating.ts";
import { type Page, type Style, wrap } from "./text-page.ts";
import { type Row, type RowText, renderRows } from "./text-rows.ts";

/** Entries listed in a section, and places named beside one remark. */
const MOST_GATING = 20;
const MOST_GAPS = 20;
const MOST_NOTICES = 10;
const MOST_LISTED = 10;
const MOST_PLACES = 3;
/** Lines and characters of one message. */
const MAX_LINES = 4;
const MESSAGE_LENGTH = 600;

const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = { pass: "green", fail: "red", error: "yellow" };

/** Joins sections by blank lines, empty ones aside, ending with a line break. No line holds a command for the GitHub runner. */
export function joinSections(sections: readonly (readonly string[])[]): string {
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, ""]);
  return lines
    .slice(0, -1)
    .map((line) => `${disarmCommands(line.trimEnd())}\n`)
    .join("");
}

/** Names changed files that decide how the gate runs; empty when there is none. */
export function workflowLines(report: ScanReport, page: Page): string[] {
  const words = explainWorkflows(report);
  return words === null ? [] : paragraph(words, " ", page, "bold", "yellow");
}

/** The verdict, why, the totals and what they are compared with; never empty. */
export function verdictLines(report: ScanReport, page: Page): string[] {
  const { verdict } = report.gate;
  const indent = " ".repeat(verdict.length + 4);
  const [first = "", ...rest] = explainVerdict(report).flatMap(({ text, remedy }) => [
    ...paragraph(text, indent, page),
    ...(remedy === "" ? [] : paragraph(`${page.arrow} ${remedy}`, indent, page, "cyan")),
  ]);
  const badge = page.paint(` ${verdict.toUpperCase()} `, "bold", "inverse", VERDICT_STYLES[verdict]);
  const totals = [formatTotals(report), explainScope(report)].flatMap((text) => paragraph(text, indent, page, "dim"));
  return [`${badge}  ${page.paint(first.trimStart(), "bold")}`, ...rest, ...totals];
}

/** Wraps untrusted prose under an indent. */
export function paragraph(text: string, indent: string, page: Page, ...styles: Style[]): string[] {
  const lines = wrap(printableProse(text, MESSAGE_LENGTH), page.width - indent.length, { maxLines: MAX_LINES, ellipsis: page.ellipsis });
  return lines.map((line) => indent + page.paint(line, ...styles));
}

/** What violates the policy; empty when nothing does. */
export function gatingLines(report: ScanReport, page: Page): string[] {
  return findingLines("What gates", gatingFindings(report), MOST_GATING, page);
}

/** Lists findings, which must be most severe first, as at most `most` entries, and counts the rest; empty when there are none. */
export function findingLines(title: string, findings: readonly TriagedFinding[], most: number, page: Page): string[] {
  if (findings.length === 0) return [];
  const shown = entriesOf(findings).slice(0, most);
  const left = findings.length - shown.reduce((sum, entry) => sum + entry.findings.length, 0);
  return [page.paint(title, "bold"), ...renderGatingEntries(shown, page), ...moreLines(left, "finding", page)];
}

function moreLines(left: number, noun: string, page: Page): string[] {
  return left === 0
    ? []
    : [page.paint(`    ${page.ellipsis} and ${left} more ${left === 1 ? noun : `${noun}s`} (report.json has all)`, "dim")];
}

/** What had to be looked at and was not, as one section for each standing that a gap has. */
export function gapSections(gaps: readonly JudgedGap[], page: Page): string[][] {
  return GAP_TITLES.map(([standing, title]) => {
    const these = gaps.filter((gap) => gap.standing === standing);
    return remarkLines(`${title} (${these.length})`, gapRemarks(these), { most: MOST_GAPS, noun: "gap" }, page);
  });
}

/** What the policy and comments in the source made of the scan, one section for each list that has items. */
export function listingSections(report: ScanReport, page: Page): string[][] {
  return buildListings(report).map(({ title, noun, count, first }) => {
    const remarks = first(MOST_LISTED).map(({ place, remark }) => ({ message: remark, remedy: "", places: [place] }));
    return [...titledRows(title, remarks, page), ...moreLines(count - remarks.length, noun, page)];
  });
}

/** Notices of the tree and of runs; empty when there are none. */
export function noticeLines(noticed: Pick<ScanReport, "runs" | "notices">, page: Page): string[] {
  const remarks = noticeRemarks(noticed);
  const count = remarks.reduce((sum, { places }) => sum + places.length, 0);
  return remarkLines(`Notices (${count})`, remarks, { most: MOST_NOTICES, noun: "notice" }, page);
}

function remarkLines(title: string, remarks: readonly Remark[], { most, noun }: { most: number; noun: string }, page: Page): string[] {
  if (remarks.length === 0) return [];
  const left = remarks.slice(most).reduce((sum, { places }) => sum + places.length, 0);
  return [...titledRows(title, remarks.slice(0, most), page), ...moreLines(left, noun, page)];
}

function titledRows(title: string, remarks: readonly Remark[], page: Page): string[] {
  const rows = remarks.map((remark) => remarkRow(remark, page));
  return [...paragraph(title, "", page, "bold"), ...renderRows(rows, page).flat()];
}

function remarkRow({ message, remedy, places }: Remark, page: Page): Row {
  const [first = "", ...others] = places;
  const also = others.length === 0 ? "" : ` (also ${formatList(others, MOST_PLACES, (place) => printable(place))})`;
  const text: RowText = { text: `${printableProse(message, MESSAGE_LENGTH)}${also}` };
  const advice: RowText = { text: `${page.arrow} ${printableProse(remedy, MESSAGE_LENGTH)}`, styles: ["cyan"] };
  return { place: printable(first), label: "", body: remedy === "" ? [text] : [text, advice] };
}

/** What was scanned, at which commit, how long and by which version, in one line. */
export function scannedLine(report: ScanReport, page: Page): string {
  const where = report.within === "" ? report.root : `${report.within} in ${report.root}`;
  const commit = report.revision === null ? "" : ` at ${report.revision.slice(0, 12)}`;
  return page.paint(
    printable(`Scanned ${where}${commit} in ${formatDuration(report.durationMs)} with sarif-gate ${report.toolVersion}.`),
    "dim",
  );
}
