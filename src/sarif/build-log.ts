// The two logs of a scan: the local one, which holds everything, and the one for GitHub, which holds only what GitHub may act on.
// The verdict is made from neither.

import type { Notice } from "../findings/coverage.ts";
import { RUN_IDS } from "../findings/scanner-id.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { bySeverityThenPlace } from "../policy/gate.ts";
import { buildRun } from "./build-run.ts";
import { fitUpload } from "./fit-upload.ts";
import { GITHUB_LIMITS, type LogLimits } from "./limits.ts";
import type { LogSource, RunContent, StreamedLog, Truncation } from "./log.ts";
import { resultStates } from "./result-states.ts";
import { ruleNaming } from "./rule-ids.ts";
import { isAccepted, type Omission, omittedRuns } from "./upload-runs.ts";

/** The log for GitHub, or null when no run may be uploaded: then `omitted` says why for each. */
export interface UploadLog {
  readonly log: StreamedLog | null;
  readonly truncated: readonly Truncation[];
  readonly omitted: readonly Omission[];
}

/** Notices of a run, those of the tree, and accepted gaps in an upload: GitHub shows none, and they count towards its size. */
const UPLOADED_NOTICES = 100;

/**
 * Builds the log of everything: every run, also failed ones and those with gaps (`executionSuccessful: false`), and every finding, also duplicates
 * (`properties.duplicateOf`) and suppressed ones (`suppressions`). A skipped run is a successful one without results that notes why.
 */
export function buildLocalLog(source: LogSource): StreamedLog {
  return buildLog(source, contentsOf(source, source.runs));
}

/**
 * Builds the log for GitHub: runs that looked at everything but accepted gaps, each problem that is not suppressed once, within the limits. A skipped run is
 * part of it, without results, so that alerts of files that are gone are closed and a ruleset that requires the tool is satisfied. Findings that do not fit
 * are left out, least severe first, and stated in `truncated` and in the run.
 */
export async function buildUploadLog(source: LogSource, limits: LogLimits = GITHUB_LIMITS): Promise<UploadLog> {
  const omitted = omittedRuns(source.runs, source.gaps);
  const runs = source.runs.filter(({ run }) => omitted.every((omission) => omission.run !== run));
  if (runs.length === 0) return { log: null, truncated: [], omitted };
  const contents = contentsOf(source, runs.map(brief)).map(onlyOpen);
  const fitted = await fitUpload(contents, limits, (fitting) => buildLog(briefSource(source), fitting));
  return { log: fitted.log, truncated: fitted.contents.flatMap(({ truncation }) => truncation ?? []), omitted };
}

function brief<Noticed extends { readonly notices: readonly Notice[] }>(noticed: Noticed): Noticed {
  return { ...noticed, notices: noticed.notices.slice(0, UPLOADED_NOTICES) };
}

function briefSource(source: LogSource): LogSource {
  return { ...brief(source), gaps: source.gaps.filter(isAccepted).slice(0, UPLOADED_NOTICES) };
}

/** GitHub would show a suppressed result as an open alert, and reads no baseline. */
function onlyOpen(content: RunContent): RunContent {
  return { ...content, findings: content.findings.filter(({ triage }) => triage.state === "open"), stateOf: () => ({}) };
}

function buildLog(source: LogSource, contents: readonly RunContent[]): StreamedLog {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: contents.map((content) => buildRun(source, content)),
  };
}

/** The runs in the order of `RUN_IDS`, each with all its findings, most severe first. */
function contentsOf({ findings }: LogSource, runs: readonly ScannerRun[]): RunContent[] {
  const sorted = [...findings].sort(bySeverityThenPlace("high"));
  const wanted = new Set(sorted.flatMap(({ triage }) => (triage.state === "duplicate" ? [triage.of] : [])));
  const byId = new Map(sorted.filter(({ id }) => wanted.has(id)).map((finding) => [finding.id, finding]));
  const countedAs = (finding: TriagedFinding) =>
    finding.triage.state === "duplicate" ? (byId.get(finding.triage.of) ?? finding) : finding;
  return RUN_IDS.flatMap((id) => runs.filter(({ run }) => run === id)).map((run) => {
    const reported = sorted.filter((finding) => finding.run === run.run);
    return { run, findings: reported, ruleId: ruleNaming(reported), countedAs, stateOf: resultStates(reported.map(countedAs)) };
  });
}
