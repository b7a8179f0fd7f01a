// The job summary: the verdict and, before why, changed files that decide how the gate runs; then what became of the upload, what gates with links, who looked at what, and what nobody looked at. GitHub
// drops a summary above 1 MiB whole, so every list has a limit of rows and of bytes, and says how many it leaves out.

import type { DependencyPart } from "../findings/finding.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { code, escapeMarkdown, link } from "../text/markdown.ts";
import { fixLine } from "./fix.ts";
import {
  counted,
  countSeverities,
  formatCoverage,
  formatDatabase,
  formatDuration,
  formatList,
  formatPlace,
  formatSeverities,
} from "./format.ts";
import {
  entryFix,
  formatScanners,
  type GatingEntry,
  gatingEntries,
  gatingFindings,
  noticeRemarks,
  packageNote,
  refusedComment,
} from "./gating.ts";
import { cells, type Limit, more, prose, renderWithin, table } from "./markdown-parts.ts";
import { placesLeft, renderGapSections, renderListings, renderPlaces, renderWorkflowLine } from "./markdown-policy.ts";
import { renderUploadSection, type UploadSectionOptions } from "./markdown-upload.ts";
import type { ScanReport } from "./scan-report.ts";
import { explainScope, explainVerdict, formatTotals } from "./summary-line.ts";

export interface MarkdownOptions extends UploadSectionOptions {
  /** `https://…/blob/<commit>` of the scanned commit, to link files to; without it they are named only. */
  readonly blobUrl?: string | undefined;
}

/** The limits of all lists together, with those of the upload and of the policy, stay below 960 KiB: the rest of 1 MiB is for other words of ours. */
const REASONS: Limit = { rows: 50, bytes: 50 * 1024 };
const GATING: Limit = { rows: 500, bytes: 400 * 1024 };
const NOTICES: Limit = { rows: 100, bytes: 100 * 1024 };

/** Ids named in one cell. */
const MOST_IDS = 10;

/** Renders the summary, ending with a line break. */
export function renderMarkdown(report: ScanReport, options: MarkdownOptions = {}): string {
  const sections = [
    verdictSection(report, options),
    renderUploadSection(options),
    gatingSection(report, options),
    scannerSection(report),
    ...renderGapSections(report),
    ...renderListings(report),
    noticeSection(report),
    scannedSection(report),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** A failed upload stands in the heading, because it fails the step beside a verdict that may be `pass`. */
function verdictSection(report: ScanReport, { upload }: MarkdownOptions): string {
  const reasons = renderWithin(REASONS, explainVerdict(report), ({ text, remedy }, index) => {
    const why = index === 0 ? `**${prose(text)}**` : prose(text);
    return `- ${why}${remedy === "" ? "" : ` → ${prose(remedy)}`}`;
  });
  const failed = upload?.level === "failure" ? ", and the upload failed" : "";
  const workflows = renderWorkflowLine(report);
  const opening = [`## sarif-gate: ${report.gate.verdict}${failed}`, "", ...(workflows === "" ? [] : [workflows, ""])];
  return [...opening, ...reasons, "", formatTotals(report), "", prose(explainScope(report))].join("\n");
}

function gatingSection(report: ScanReport, options: MarkdownOptions): string {
  const entries = gatingEntries(report);
  if (entries.length === 0) return "";
  const rows = renderWithin(GATING, entries, (entry) => gatingRow(entry, options));
  const listed = entries.slice(0, rows.length).reduce((sum, { findings }) => sum + findings.length, 0);
  const left = gatingFindings(report).length - listed;
  return ["### What gates", "", ...table(["severity", "where", "what", "why", "fix"], rows), ...more(left, "finding")].join("\n");
}

function gatingRow(entry: GatingEntry, { blobUrl }: MarkdownOptions): string {
  const { first } = entry;
  const where = fileLink(first, blobUrl);
  if (first.kind !== "dependency") return cells([first.severity, where, ruleLink(first), whyCell(first), prose(first.rule.help)]);
  const advisories = entry.findings.map((finding) =>
    finding.kind === "dependency" ? link(finding.advisory.id, finding.advisory.url ?? "") : "",
  );
  const title = advisories.length === 1 ? ` ${prose(first.rule.title)}` : "";
  const what = `${code(first.package.name)} ${escapeMarkdown(first.package.version)}`;
  return cells([first.severity, where, what, `${formatList(advisories, MOST_IDS)}${formatScanners(entry)}${title}`, fixCell(entry, first)]);
}

function whyCell(finding: TriagedFinding): string {
  const refused = refusedComment(finding);
  return `${prose(finding.message)}${refused === "" ? "" : ` ${refused}`}`;
}

function fixCell(entry: GatingEntry, first: TriagedFinding & DependencyPart): string {
  const fix = entryFix(entry);
  const note = packageNote(first, fix);
  const notes = note === "" ? "" : `. ${prose(note)}`;
  if (fix === null) return `${entry.findings.length === 1 ? "no fixed version is known" : "no one version is known to fix all"}${notes}`;
  const line = fixLine(first, fix.version);
  const part = fix.closes === entry.findings.length ? "" : ` (closes ${fix.closes} of ${entry.findings.length})`;
  return `${escapeMarkdown(fix.version)}${part}${line === null ? "" : `: ${code(line)}`}${notes}`;
}

function ruleLink({ rule }: TriagedFinding): string {
  return link(rule.id, rule.helpUri ?? "", code);
}

function fileLink({ location, run }: TriagedFinding, blobUrl: string | undefined): string {
  const place = formatPlace(location, run);
  if (blobUrl === undefined || run === "trivy-image") return code(place);
  const lines = location.endLine > location.startLine ? `L${location.startLine}-L${location.endLine}` : `L${location.startLine}`;
  const path = location.path
    .replace(/\p{Cs}/gu, "\uFFFD")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  return link(place, `${blobUrl}/${path}#${lines}`, code);
}

function scannerSection({ runs }: ScanReport): string {
  const rows = runs.map((run) => cells([code(run.run), ...outcomeCells(run)]));
  return ["### Scanners", "", ...table(["scanner", "covered", "findings", "time", "version", "database"], rows)].join("\n");
}

function outcomeCells(run: ScannerRun): string[] {
  if (run.status === "skipped") return [`skipped: ${prose(run.reason)}`, "", "", "", ""];
  const time = formatDuration(run.durationMs);
  if (run.status === "failed") return [`**failed**: ${prose(run.error.message)}`, "", time, prose(run.version ?? ""), ""];
  const { coverage, database } = run;
  const covered = escapeMarkdown(formatCoverage(coverage));
  const findings = formatSeverities(countSeverities(run.findings)) || "none";
  return [covered, findings, time, prose(run.version), database === null ? "" : prose(formatDatabase(database))];
}

function noticeSection(report: ScanReport): string {
  const remarks = noticeRemarks(report);
  if (remarks.length === 0) return "";
  const rows = renderWithin(NOTICES, remarks, (remark) => cells([renderPlaces(remark), prose(remark.message)]));
  const count = counted(placesLeft(remarks, []), "notice");
  const body = [...table(["where", "what"], rows), ...more(placesLeft(remarks, rows), "notice")];
  return [`<details><summary>${count}</summary>`, "", ...body, "", "</details>"].join("\n");
}

function scannedSection({ within, revision, durationMs, toolVersion, policy }: ScanReport): string {
  const what = within === "" ? "the whole tree" : code(within);
  const commit = revision === null ? "" : ` at ${code(revision)}`;
  return `Scanned ${what}${commit} in ${formatDuration(durationMs)} under ${code(policy)} with sarif-gate ${escapeMarkdown(toolVersion)}.`;
}
