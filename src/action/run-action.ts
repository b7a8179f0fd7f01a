// The Action's composition root, and the only place that fails the step. Reads the runner's environment, scans, and reports through files, outputs, summary, log
// and code scanning.

import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { setOutput } from "@actions/core";
import type { Config } from "../config/config.ts";
import { leaves, parseConfig } from "../config/parse-config.ts";
import { ConfigError, GateError, messageOf, stackOf } from "../errors.ts";
import type { RunEvent } from "../github/event.ts";
import { PERMISSION_LINES, PERMISSIONS_REMEDY } from "../github/refusal.ts";
import { levelOf } from "../github/upload-outcome.ts";
import { createHost } from "../host/node-host.ts";
import type { Host } from "../host/ports.ts";
import { withRunDirectory } from "../host/run-directory.ts";
import { takeOverUncaught } from "../host/uncaught.ts";
import { type ScanResult, scan } from "../pipeline/scan.ts";
import { type ResultPaths, type WrittenResults, writeResults } from "../pipeline/write-results.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { renderSummaryLine } from "../report/summary-line.ts";
import type { UploadNote } from "../report/upload-note.ts";
import { knownSecrets } from "../text/known-secrets.ts";
import { redactor } from "../text/redact.ts";
import { withoutSecrets } from "../text/without-secrets.ts";
import { type ActionsCache, actionsCache } from "./actions-cache.ts";
import { type ActionsLog, actionsLog } from "./actions-log.ts";
import { annotateGating } from "./annotations.ts";
import { readInputs } from "./inputs.ts";
import { logScan } from "./job-log.ts";
import { type Delivery, type SummaryOptions, writeFailure, writeSummary } from "./job-summary.ts";
import { OUTPUT_NAMES, type OutputName, outputValues } from "./outputs.ts";
import { requestBase } from "./request-base.ts";
import { readRunEvent } from "./run-event.ts";
import { type Upload, uploadResults } from "./upload-results.ts";

/** Of GitHub's words in one annotation; the summary has more. */
const MOST_DETAILS = 10;

/** Runs the action. Never rejects: whatever happens, the outputs are set and the step fails unless the verdict is `pass` and the upload went as it should. */
export async function runAction(environment: NodeJS.ProcessEnv, home: string): Promise<void> {
  const clean = redactor(knownSecrets(environment));
  const log = actionsLog(clean);
  let outputs = outputValues(null, null);
  let told = "";
  const end = (thrown: unknown): string => {
    // What a scan said before something went wrong with its results is not what the step ends with.
    outputs = { ...outputs, verdict: "error" };
    return fail(thrown, log);
  };
  const bug = (thrown: unknown) => {
    end(thrown);
    writeOutputs(outputs, log);
    return process.exit(1);
  };
  const giveBack = takeOverUncaught({ bug, warning: log.debug });
  // Whatever ends us, later steps read `error` until there is a verdict.
  writeOutputs(outputs, log);
  let carried: ActionsCache | null = null;
  try {
    carried = await scanWorkspace({ environment, home, clean, log }, async (result, job) => {
      const { report } = result;
      const shown = withoutSecrets(report, clean);
      outputs = outputValues(report, null);
      told = await writeSummary(shown, job);
      logScan(shown, log);
      const written = await writeResults(result, { ...job, shown, repositoryUri: job.url });
      outputs = outputValues(report, written);
      logFiles(written, log);
      const upload = await deliver(report, written, job);
      outputs = outputValues(report, written, upload.outcome.sarifId ?? "");
      const delivery = { written, upload, note: noteOf(upload, job) };
      tell(shown, delivery, job);
      conclude(shown, delivery.note, log);
      told = await writeSummary(shown, job, delivery);
    });
  } catch (thrown) {
    await writeFailure(end(thrown), told, { clean, log });
  } finally {
    giveBack();
    writeOutputs(outputs, log);
  }
  await carried?.save();
}

function writeOutputs(outputs: Readonly<Record<OutputName, string>>, log: ActionsLog): void {
  try {
    for (const name of OUTPUT_NAMES) setOutput(name, outputs[name]);
  } catch (cause) {
    log.fail(`The outputs cannot be written: ${messageOf(cause)}`);
  }
}

/** What a job is made of, once its inputs are read. */
interface Job extends SummaryOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly event: RunEvent;
  readonly config: Config;
  readonly host: Host;
  readonly token: string;
  /** Real path of the workspace. */
  readonly workspace: string;
  readonly paths: ResultPaths;
}

async function deliver(report: ScanReport, written: WrittenResults, { environment, event, config, host, token }: Job): Promise<Upload> {
  const results = { report, written, mode: config.upload, wait: config.waitForProcessing, token };
  return await uploadResults(results, event, host, environment);
}

function noteOf({ outcome }: Upload, { config }: Job): UploadNote {
  const level = levelOf(outcome, config.upload === "always");
  const remedy =
    level === "failure" && outcome.status === "skipped" ? "`upload` is `always`; `auto` lets the gate decide." : outcome.remedy;
  return { ...outcome, level, remedy };
}

function isDelivered({ outcome }: Upload): boolean {
  return outcome.status === "processed" || outcome.status === "accepted";
}

/** Says in the log what became of the upload, and shows what gates as annotations where GitHub cannot show it as alerts. */
function tell(report: ScanReport, { upload, written, note }: Delivery, job: Job): void {
  const { log } = job;
  const delivered = report.runs.map(({ run }) => run).filter((run) => written.categories.includes(`${report.category}/${run}/`));
  const left = note.details.length - MOST_DETAILS;
  const details = [...note.details.slice(0, MOST_DETAILS), ...(left > 0 ? [`… and ${left} more`] : [])];
  const text = [`${note.message} ${note.remedy}`.trim(), ...details].join(" ");
  if (note.level === "done" || job.config.upload === "never") log.say(text);
  else if (note.level === "notice") log.notice(text);
  else if (note.level === "warning") log.warn(text);
  else log.error(text);
  if (note.remedy === PERMISSIONS_REMEDY) for (const line of PERMISSION_LINES) log.say(line);
  annotateGating(report, { ...job, shown: new Set(isDelivered(upload) ? delivered : []) });
}

/** The verdict and the upload stand beside each other; either can fail the step. */
function conclude(report: ScanReport, note: UploadNote, log: ActionsLog): void {
  const verdict = renderSummaryLine(report);
  if (report.gate.verdict !== "pass") log.fail(verdict);
  else if (note.level === "failure") log.fail(`${verdict}; but the upload failed, see above`);
  else log.say(verdict);
}

interface Entry extends Pick<Job, "environment" | "clean" | "log"> {
  readonly home: string;
}

/** Scans, and hands the result to `finish` while the private directory still exists. Returns the caches of the job, of which nothing was saved yet. */
async function scanWorkspace(
  { environment, home, clean, log }: Entry,
  finish: (result: ScanResult, job: Job) => Promise<void>,
): Promise<ActionsCache> {
  const raw = readInputs(environment);
  const directories = runnerDirectories(environment);
  const config = parseConfig(raw, { directory: directories.workspace, confined: true, cores: availableParallelism() });
  const workspace = await requireInside(directories.workspace, config.path);
  return await withRunDirectory(directories.temp, async ({ scratch, stop, interruptedBy }) => {
    const cacheDirectory = join(directories.toolCache, "sarif-gate");
    const url = repositoryUrl(environment);
    const remote = config.offline || url === null ? null : { url, token: raw.token };
    const event = await readRunEvent(environment);
    const carried = actionsCache({ environment, event, config, cacheDirectory, temp: directories.temp, log, stop });
    const host = createHost({ environment, home, cacheDirectory, scratch, logger: log, progress: log, stop, clean, remote, carried });
    const paths = resultPaths(directories, raw["sarif-file"].trim());
    const result = await scan(config, (checkout) => requestBase({ event, config, token: raw.token }, checkout), host);
    await finish(result, { environment, url, event, config, host, token: raw.token, workspace, paths, clean, log });
    if (interruptedBy() !== null) throw new GateError("interrupted", "The run was interrupted before it was over.");
    return carried;
  });
}

/** Its spelling was checked before; this sees where links lead. A path that does not exist is reported by the scan. Returns the real workspace. */
async function requireInside(workspace: string, path: string): Promise<string> {
  const [realWorkspace, realPath] = await Promise.all([realpath(workspace), realpath(path).catch(() => path)]);
  if (leaves(realWorkspace, realPath) && leaves(workspace, realPath)) {
    throw new ConfigError([`\`path\` leads outside the workspace: ${path} is ${realPath}. Give a directory inside it.`]);
  }
  return realWorkspace;
}

/** Only the file that is named is written elsewhere; each name has a directory of its own for the other two. */
function resultPaths({ workspace, temp }: RunnerDirectories, named: string): ResultPaths {
  const sarif = resolve(workspace, named);
  const suffix = named === "" ? "" : `-${createHash("sha256").update(sarif).digest("hex").slice(0, 8)}`;
  const own = join(temp, `sarif-gate${suffix}`);
  return {
    sarif: named === "" ? join(own, "sarif-gate.sarif") : sarif,
    upload: join(own, "upload.sarif"),
    report: join(own, "report.json"),
  };
}

interface RunnerDirectories {
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
}

function runnerDirectories(environment: NodeJS.ProcessEnv): RunnerDirectories {
  const required = (name: string): string => {
    const value = environment[name] ?? "";
    if (value === "") throw new ConfigError([`${name} is not set. Run this on a GitHub Actions runner, or use the command line instead.`]);
    return value;
  };
  return { workspace: required("GITHUB_WORKSPACE"), temp: required("RUNNER_TEMP"), toolCache: required("RUNNER_TOOL_CACHE") };
}

/** Address of the repository on the GitHub instance that runs the job. */
function repositoryUrl({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository }: NodeJS.ProcessEnv): string | null {
  return server === undefined || repository === undefined ? null : `${server}/${repository}`;
}

function logFiles({ sarif, upload, notUploaded }: WrittenResults, log: ActionsLog): void {
  for (const reason of notUploaded) log.say(`Not in the upload file: ${reason}`);
  log.say(
    `SARIF written to ${sarif}${upload === null ? "; there is nothing that may be uploaded" : `, and what GitHub gets to ${upload}`}.`,
  );
}

/** Fails the step and returns the message. */
function fail(thrown: unknown, log: ActionsLog): string {
  const message = failureMessage(thrown);
  if (thrown instanceof ConfigError) for (const problem of thrown.problems) log.error(problem);
  log.fail(thrown instanceof ConfigError ? "The configuration cannot be used; every problem is listed above." : message);
  return message;
}

function failureMessage(thrown: unknown): string {
  if (thrown instanceof ConfigError) return thrown.problems.join(" ");
  if (thrown instanceof GateError) return `${thrown.message} ${thrown.remedy}`.trim();
  return `This is a bug in sarif-gate, please report it: ${stackOf(thrown)}`;
}
