// The Action's composition root, and the only place that fails the step. Reads the runner's environment, scans, and reports through files, outputs, summary and log.

import { realpath } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { error as annotateError, endGroup, info, setFailed, setOutput, startGroup, summary } from "@actions/core";
import { leaves, parseConfig } from "../config/parse-config.ts";
import { ConfigError, GateError, stackOf } from "../errors.ts";
import { createHost } from "../host/node-host.ts";
import { withRunDirectory } from "../host/run-directory.ts";
import { type ScanResult, scan } from "../pipeline/scan.ts";
import { type Clean, type ResultPaths, type WrittenResults, writeResults } from "../pipeline/write-results.ts";
import { type MarkdownOptions, renderMarkdown } from "../report/markdown.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { renderSummaryLine } from "../report/summary-line.ts";
import { renderText } from "../report/text.ts";
import { escapeMarkdown } from "../text/markdown.ts";
import { printable } from "../text/printable.ts";
import { redact } from "../text/redact.ts";
import { actionsLogger } from "./actions-logger.ts";
import { readInputs } from "./inputs.ts";
import { OUTPUT_NAMES, outputValues } from "./outputs.ts";

/** Width of the report in the job log, in columns. */
const LOG_WIDTH = 120;

/** Runs the action. Never rejects: whatever happens, the outputs are set and the step fails unless the verdict is `pass`. */
export async function runAction(environment: NodeJS.ProcessEnv, home: string): Promise<void> {
  let outputs = outputValues(null, null);
  try {
    await scanWorkspace({ environment, home }, async (result, { paths, clean }) => {
      const { report } = result;
      outputs = outputValues(report, null);
      await summary.addRaw(clean(renderMarkdown(report, linkTarget(environment, report)))).write();
      logReport(report, clean);
      const written = await writeResults(result, paths, clean);
      outputs = outputValues(report, written);
      logFiles(written);
      if (report.gate.verdict === "pass") info(renderSummaryLine(report));
      else setFailed(renderSummaryLine(report));
    });
  } catch (thrown) {
    const message = fail(thrown);
    if (outputs.findings === "") await summary.addRaw(`## sarif-gate: error\n\n${escapeMarkdown(message)}\n`).write();
  } finally {
    for (const name of OUTPUT_NAMES) setOutput(name, outputs[name]);
  }
}

interface Entry {
  readonly environment: NodeJS.ProcessEnv;
  readonly home: string;
}

/** Where results go, and what they pass before. */
interface Output {
  readonly paths: ResultPaths;
  readonly clean: Clean;
}

/** Scans, and hands the result to `finish` while the private directory still exists. */
async function scanWorkspace({ environment, home }: Entry, finish: (result: ScanResult, output: Output) => Promise<void>): Promise<void> {
  const raw = readInputs(environment);
  const directories = runnerDirectories(environment);
  const config = parseConfig(raw, { directory: directories.workspace, confined: true, cores: availableParallelism() });
  await requireInside(directories.workspace, config.path);
  await withRunDirectory(directories.temp, async ({ scratch, stop }) => {
    const cacheDirectory = join(directories.toolCache, "sarif-gate");
    const host = createHost({ environment, home, cacheDirectory, scratch, logger: actionsLogger, progress: actionsLogger, stop });
    const sarif = resolve(directories.workspace, raw["sarif-file"].trim() || join(directories.temp, "sarif-gate", "sarif-gate.sarif"));
    const paths = { sarif, upload: join(dirname(sarif), "upload.sarif"), report: join(dirname(sarif), "report.json") };
    const clean = (text: string) => redact(text, [raw.token]);
    await finish(await scan(config, host), { paths, clean });
  });
}

/** Its spelling was checked before; this sees where links lead. A path that does not exist is reported by the scan. */
async function requireInside(workspace: string, path: string): Promise<void> {
  const [realWorkspace, realPath] = await Promise.all([realpath(workspace), realpath(path).catch(() => path)]);
  if (leaves(realWorkspace, realPath) && leaves(workspace, realPath)) {
    throw new ConfigError([`\`path\` leads outside the workspace: ${path} is ${realPath}. Give a directory inside it.`]);
  }
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

/** Address under which GitHub shows the scanned commit's files, where there is one. */
function linkTarget(environment: NodeJS.ProcessEnv, { revision }: ScanReport): MarkdownOptions {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment;
  return server !== undefined && repository !== undefined && revision !== null
    ? { blobUrl: `${server}/${repository}/blob/${revision}` }
    : {};
}

/** In a group, so that the log is no more than a screen when all is well. */
function logReport(report: ScanReport, clean: Clean): void {
  startGroup("Report");
  for (const line of clean(renderText(report, { color: false, width: LOG_WIDTH })).split("\n")) info(printable(line));
  endGroup();
}

function logFiles({ sarif, upload, notUploaded }: WrittenResults): void {
  for (const reason of notUploaded) info(printable(`Not in the upload file: ${reason}`));
  const hint = upload === null ? "There is nothing that may be uploaded." : `Give ${upload} to an upload action.`;
  info(printable(`SARIF written to ${sarif}. This version does not upload. ${hint}`));
}

/** Fails the step and returns the message. */
function fail(thrown: unknown): string {
  const message = failureMessage(thrown);
  if (thrown instanceof ConfigError) for (const problem of thrown.problems) annotateError(printable(problem));
  setFailed(printable(thrown instanceof ConfigError ? "The configuration cannot be used; every problem is listed above." : message));
  return message;
}

function failureMessage(thrown: unknown): string {
  if (thrown instanceof ConfigError) return thrown.problems.join(" ");
  if (thrown instanceof GateError) return `${thrown.message} ${thrown.remedy}`.trim();
  return `This is a bug in sarif-gate, please report it: ${stackOf(thrown)}`;
}
