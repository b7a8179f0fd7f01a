// One scanner run as text: a title that says how it went, and below it what it used, found and did not look at. It knows the other runs only by their gaps.

import type { CompletedRun, ScannerRun } from "../findings/scanner-run.ts";
import { printableProse } from "../text/printable.ts";
import { counted, countSeverities, formatCoverage, formatDatabase, formatDuration, formatSeverities } from "./format.ts";
import type { ScanReport } from "./scan-report.ts";
import { type FindingState, stateOf } from "./states.ts";
import { buildPage, type Page, type PageOptions } from "./text-page.ts";
import { findingLines, gapSections, joinSections, noticeLines, paragraph } from "./text-sections.ts";

/** Entries listed below a title. */
const MOST_FINDINGS = 50;
/** Characters of a title. */
const TITLE_LENGTH = 200;

/** A finding without a state is another scanner's report of a problem that is counted there. */
const STATE_TITLES: readonly (readonly [FindingState | null, string])[] = [
  ["new", "New findings"],
  ["open", "Findings"],
  ["unchanged", "Unchanged findings"],
  ["suppressed", "Suppressed findings"],
  [null, "Reported by another scanner too and counted there"],
];

/** Renders one printable line: `bandit: completed, 80 of 80 Python files, 3 findings (high 1, low 2), 1.20 s`. */
export function renderRunTitle(run: ScannerRun): string {
  return printableProse(`${run.run}: ${outcome(run)}`, TITLE_LENGTH);
}

/** Renders what stands below the title: lines, each ending with a line break. No line holds a command for the GitHub runner. */
export function renderRunText(report: ScanReport, run: ScannerRun, options: PageOptions): string {
  const page = buildPage(options);
  const findings = report.findings.filter((finding) => finding.run === run.run);
  const gaps = report.gaps.filter((gap) => gap.run === run.run);
  return joinSections([
    factLines(run, page),
    ...STATE_TITLES.map(([state, title]) =>
      findingLines(
        title,
        findings.filter((finding) => stateOf(finding) === state),
        MOST_FINDINGS,
        page,
      ),
    ),
    ...gapSections(gaps, page),
    noticeLines({ runs: [run], notices: [] }, page),
  ]);
}

function outcome(run: ScannerRun): string {
  if (run.status === "skipped") return `skipped, ${run.reason}`;
  if (run.status === "failed")
    return `failed${run.durationMs === 0 ? "" : ` after ${formatDuration(run.durationMs)}`}, ${run.error.message}`;
  return `completed, ${formatCoverage(run.coverage)}, ${found(run)}, ${formatDuration(run.durationMs)}`;
}

function found({ findings }: CompletedRun): string {
  return findings.length === 0 ? "no findings" : `${counted(findings.length, "finding")} (${formatSeverities(countSeverities(findings))})`;
}

function factLines(run: ScannerRun, page: Page): string[] {
  if (run.status === "skipped") return paragraph(`skipped: ${run.reason}`, "", page);
  const version = run.version === null ? "version unknown" : `version ${run.version}`;
  if (run.status === "completed")
    return paragraph(`${version}${run.database === null ? "" : `, database of ${formatDatabase(run.database)}`}`, "", page);
  const { message, remedy } = run.error;
  return [version, `failed: ${message}`, remedy === "" ? "" : `${page.arrow} ${remedy}`]
    .filter((text) => text !== "")
    .flatMap((text) => paragraph(text, "", page));
}
