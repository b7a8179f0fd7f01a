// report.json: everything, for programs. Written as a stream, one finding a line, so that its size does not matter. Strings parse to what they were; the
// text of the document itself is harmless in a log.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { GateReason } from "../policy/gate.ts";
import { inPieces } from "../text/in-pieces.ts";
import { printableJson } from "../text/printable.ts";
import type { Clean } from "../text/redact.ts";
import { withoutSecrets } from "../text/without-secrets.ts";
import { fixLine, fixNote, smallestFix } from "./fix.ts";
import { buildPolicy } from "./json-policy.ts";
import { REPORT_SCHEMA_VERSION, type ReportJson } from "./report-schema.ts";
import type { ScanReport } from "./scan-report.ts";
import { countStates, stateOf } from "./states.ts";

type FindingJson = ReportJson["findings"][number];
type RunJson = ReportJson["runs"][number];
type TruncationJson = ReportJson["truncated"][number];
type GapJson = Omit<ReportJson["gaps"][number], "run" | "standing">;

/**
 * Renders the report as one JSON text, piece by piece. Every string passes `clean` first, e.g. to redact secrets. `truncated` says what was cut from the
 * upload file; the report itself always has every finding.
 */
export function* renderJson(
  report: ScanReport,
  clean: Clean = (text) => text,
  truncated: readonly TruncationJson[] = [],
): Generator<string, void, undefined> {
  // A piece at a time: tens of thousands of short texts would take twice as long.
  for (const piece of inPieces(parts(report, clean, truncated))) yield printableJson(piece);
}

function* parts(report: ScanReport, clean: Clean, truncated: readonly TruncationJson[]): Generator<string, void, undefined> {
  const stringify = (value: unknown) => JSON.stringify(withoutSecrets(value, clean));
  yield "{\n";
  let separator = "";
  for (const [name, value] of Object.entries(buildFrame(report, truncated))) {
    yield `${separator}${JSON.stringify(name)}: ${stringify(value)}`;
    separator = ",\n";
  }
  yield `${separator}"findings": [`;
  separator = "\n";
  for (const finding of report.findings) {
    if (finding.triage.state === "duplicate") continue;
    yield separator + stringify(buildFinding(finding, finding.triage.scanners));
    separator = ",\n";
  }
  yield "\n]\n}\n";
}

/** Everything but the findings. */
function buildFrame(report: ScanReport, truncated: readonly TruncationJson[]): Omit<ReportJson, "findings"> {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: { name: "sarif-gate", version: report.toolVersion },
    revision: report.revision,
    startedAt: report.startedAt.toISOString(),
    durationMs: report.durationMs,
    verdict: report.gate.verdict,
    reasons: report.gate.reasons.map(buildReason),
    scope: report.scope,
    base: report.base?.commit ?? null,
    baseName: report.base?.name ?? null,
    noBase: report.noBase,
    counts: { ...report.gate.counts },
    states: countStates(report.findings),
    changedWorkflows: [...report.changedWorkflows],
    runs: report.runs.map((run) => buildRun(run, report.category)),
    gaps: report.gaps.map((gap) => ({ ...buildGap(gap), run: gap.run ?? null, standing: gap.standing })),
    notices: report.notices.map(buildNotice),
    policy: buildPolicy(report),
    inlineSuppressions: report.commentCount,
    newInlineSuppressions: report.newComments.map(({ scanner, path, line, honoured }) => ({ scanner, path, line, honoured })),
    truncated: [...truncated],
  };
}

function buildReason(reason: GateReason): ReportJson["reasons"][number] {
  return {
    code: reason.code,
    rule: "rule" in reason ? reason.rule : null,
    run: "run" in reason ? reason.run : null,
    count: "count" in reason ? reason.count : 1,
    message: reason.message,
  };
}

function buildRun(run: ScannerRun, category: string): RunJson {
  const completed = run.status === "completed" ? run : null;
  return {
    scanner: run.scanner,
    category: `${category}/${run.run}/`,
    status: run.status,
    version: run.status === "skipped" ? null : run.version,
    durationMs: Math.round(run.durationMs),
    coverage:
      completed === null
        ? null
        : { ...completed.coverage, cached: completed.coverage.cached ?? 0, missing: completed.coverage.missing.map(buildGap) },
    database: completed?.database ?? null,
    notices: run.notices.map(buildNotice),
    skipped: run.status === "skipped" ? run.reason : null,
    error: run.status === "failed" ? { code: run.error.code, message: run.error.message, remedy: run.error.remedy } : null,
  };
}

function buildGap({ path, line, reason, remedy }: Gap): GapJson {
  return { path, line: line ?? null, reason, remedy: remedy ?? null };
}

function buildNotice({ path, line, message }: Notice): ReportJson["notices"][number] {
  return { path: path ?? null, line: line ?? null, message };
}

function buildFinding(finding: TriagedFinding, scanners: readonly FindingJson["scanners"][number][]): FindingJson {
  const { startLine, endLine, path } = finding.location;
  const state = stateOf(finding);
  return {
    id: finding.id,
    kind: finding.kind,
    scanners: [finding.scanner, ...scanners.filter((scanner) => scanner !== finding.scanner)],
    rule: finding.rule.id,
    severity: finding.severity,
    confidence: finding.confidence ?? null,
    state: state === "open" ? null : state,
    message: finding.message,
    path,
    startLine,
    endLine,
    ...buildPackageParts(finding),
    suppression: finding.triage.state === "suppressed" ? { ...finding.triage.by } : null,
  };
}

function buildPackageParts(finding: TriagedFinding): Pick<FindingJson, "package" | "advisory" | "fix" | "introducedBy"> {
  if (finding.kind !== "dependency") return { package: null, advisory: null, fix: null, introducedBy: null };
  const { id, aliases, url = null, cvss = null, fixedVersions } = finding.advisory;
  const version = smallestFix(fixedVersions, finding.package);
  const { name, version: installed, purl } = finding.package;
  return {
    package: { name, version: installed, purl },
    advisory: { id, aliases: [...aliases], url, cvss },
    fix: version === null ? null : { version, line: fixLine(finding, version), note: fixNote(finding, version) },
    introducedBy: finding.introducedBy === undefined ? null : [...finding.introducedBy],
  };
}
