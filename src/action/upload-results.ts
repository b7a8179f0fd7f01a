// From written results to code scanning: everything that must be true before the token is used, one sentence for each thing that is not.

import { createHash } from "node:crypto";
import { exportVariable } from "@actions/core";
import type { UploadMode } from "../config/config.ts";
import { GateError, messageOf } from "../errors.ts";
import { parseApiUrl } from "../github/addresses.ts";
import { connect } from "../github/client.ts";
import { decideUpload, type RunEvent, readOnlyReason, type UploadTarget } from "../github/event.ts";
import { uploadSarif } from "../github/upload.ts";
import type { UploadOutcome } from "../github/upload-outcome.ts";
import type { Host } from "../host/ports.ts";
import type { WrittenResults } from "../pipeline/write-results.ts";
import type { ScanReport } from "../report/scan-report.ts";

export interface ResultsToUpload {
  readonly report: ScanReport;
  readonly written: WrittenResults;
  readonly mode: UploadMode;
  readonly wait: boolean;
  readonly token: string;
}

/** An outcome, and the ref it is about where one was decided. */
export interface Upload {
  readonly outcome: UploadOutcome;
  readonly ref: string | null;
}

/** Uploads what was written, or says why not. Never rejects. */
export async function uploadResults(
  results: ResultsToUpload,
  event: RunEvent,
  host: Host,
  environment: NodeJS.ProcessEnv,
): Promise<Upload> {
  try {
    const early = notNow(results);
    if (early !== null) return { outcome: early, ref: null };
    const { root, revision } = results.report;
    const target = decideUpload(event, { commit: revision, branch: revision === null ? null : await host.git.branch(root) });
    if (target.mode !== "upload") return { outcome: turnedDown(target), ref: null };
    return { outcome: await send(results, target, { event, host, environment }), ref: target.ref };
  } catch (thrown) {
    const remedy = thrown instanceof GateError ? thrown.remedy : "Please report this; the SARIF file is kept.";
    return { outcome: outcome("failed", `The upload could not be made: ${messageOf(thrown)}`, remedy), ref: null };
  }
}

function notNow({ mode, written }: ResultsToUpload): UploadOutcome | null {
  if (mode === "never") return outcome("skipped", "Nothing was uploaded, because `upload` is `never`.");
  if (written.upload === null)
    return outcome(
      "skipped",
      "Nothing was uploaded, because no scanner looked at everything: GitHub would close the alerts it did not see.",
    );
  if (written.complaints.length === 0) return null;
  const message = "The upload file is not what GitHub takes, so it was not sent.";
  return { ...outcome("failed", message, "This is a bug in sarif-gate, please report it."), details: written.complaints };
}

function turnedDown(target: Exclude<UploadTarget, { mode: "upload" }>): UploadOutcome {
  if (target.mode === "skip") return outcome("skipped", `Nothing was uploaded: ${target.because}`);
  return outcome("failed", `The upload was refused: ${target.because}`, target.remedy);
}

interface Run {
  readonly event: RunEvent;
  readonly host: Host;
  readonly environment: NodeJS.ProcessEnv;
}

async function send(
  { report, written, wait, token }: ResultsToUpload,
  { ref, commit }: Extract<UploadTarget, { mode: "upload" }>,
  { event, host, environment }: Run,
): Promise<UploadOutcome> {
  const apiUrl = parseApiUrl(environment["GITHUB_API_URL"] ?? "");
  const problem = unsafe(apiUrl, environment) ?? missing(token, event);
  if (problem !== null) return problem;
  const marks = written.categories.map((category) => markOf(category, ref, commit));
  const taken = written.categories.filter((_, index) => environment[marks[index] ?? ""] !== undefined);
  if (taken.length > 0) return alreadyUploaded(taken);
  const github = connect({ apiUrl: apiUrl ?? "", token, repository: event.repository, clock: host.clock, logger: host.logger });
  const request = { file: written.upload ?? "", ref, commit, root: report.root, startedAt: report.startedAt, wait };
  const uploaded = await uploadSarif({ ...request, readOnlyReason: readOnlyReason(event) }, github, host.clock);
  if (uploaded.sarifId !== null) for (const mark of marks) leave(mark, host);
  return uploaded;
}

/** What GitHub has taken stays taken when the runner's file cannot be written. */
function leave(mark: string, { logger }: Host): void {
  try {
    exportVariable(mark, "true");
  } catch (cause) {
    logger.warn(`Later steps of this job cannot be told of the upload: ${messageOf(cause)}`);
  }
}

function unsafe(apiUrl: string | null, environment: NodeJS.ProcessEnv): UploadOutcome | null {
  if (apiUrl === null)
    return outcome(
      "failed",
      "GITHUB_API_URL is not an https address, so the token was not sent there.",
      "Run this on a GitHub Actions runner.",
    );
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return null;
  const message = "NODE_TLS_REJECT_UNAUTHORIZED=0 switches the check of certificates off, so the token was not sent.";
  return outcome("failed", message, "Remove it, and give the certificate authority of your server with NODE_EXTRA_CA_CERTS.");
}

function missing(token: string, { repository }: RunEvent): UploadOutcome | null {
  if (token === "")
    return outcome("failed", "`token` is empty, so nothing could be uploaded.", "Leave the input out, or set `upload: never`.");
  if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return null;
  return outcome("failed", "GITHUB_REPOSITORY names no repository.", "Run this on a GitHub Actions runner.");
}

/** An upload replaces the one with the same commit, tool and category, so a second step of a job would silently close the alerts of the first. */
function markOf(category: string, ref: string, commit: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([category.toLowerCase(), ref, commit]))
    .digest("hex");
  return `SARIF_GATE_UPLOADED_${digest.slice(0, 16).toUpperCase()}`;
}

function alreadyUploaded(categories: readonly string[]): UploadOutcome {
  const message = `An earlier step of this job has uploaded ${categories.join(", ")} for this commit; uploading again would replace its alerts.`;
  return outcome("failed", message, "Give each step a `category` of its own.");
}

function outcome(status: UploadOutcome["status"], message: string, remedy = ""): UploadOutcome {
  return { status, sarifId: null, message, remedy, details: [] };
}
