// One scanner run from installation to findings. Whatever goes wrong becomes a failed run; it never stops another scanner and never looks like "nothing found".

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pLimit from "p-limit";
import { GateError, ScannerError, stackOf } from "../errors.ts";
import type { Gap, Notice } from "../findings/coverage.ts";
import type { CompletedRun, FailedRun, ScannerRun, SkippedRun } from "../findings/scanner-run.ts";
import type { Host } from "../host/ports.ts";
import { measureJson } from "../scanners/measure-json.ts";
import { MAX_REPORT_VALUES, tooMuch } from "../scanners/report-json.ts";
import type { Command, Installation, Report, Scanner, ScannerOutput, ScanTarget } from "../scanners/scanner.ts";
import type { InstalledScanner } from "../tools/install-toolchain.ts";
import { identify, readLines } from "./identify.ts";
import { type EndedCommand, readReport } from "./read-report.ts";
import { runCommand } from "./run-command.ts";

/** Three times what a tree of a million lines gave; the whole process needs about 300 MB for as many. */
export const MAX_FINDINGS = 250_000;

/** Of all reports of a run together: what findings are made of stays in memory until the last one was read, 25 values for one of Bandit's. */
const MAX_RUN_VALUES = 2 * MAX_REPORT_VALUES;

/** Which of the two sides of a comparison a run looks at. */
export type Side = "head" | "base";

export interface ScannerJob {
  readonly scanner: Scanner;
  readonly side: Side;
  /** Rejects with a GateError when there is nothing that could be scanned, e.g. an image archive that cannot be read. */
  readonly target: Promise<ScanTarget>;
  /** Resolves when the scanner is installed and verified; rejects with a GateError. */
  readonly installation: Promise<InstalledScanner>;
  /** On the host's monotonic clock. */
  readonly deadline: number;
  /** How many of its processes may run at once. */
  readonly jobs: number;
}

export interface RunOutcome {
  readonly run: ScannerRun;
  /** The pins it looked up, as `packageKey`s. */
  readonly pinsTakenUp: readonly string[];
  /** Why a clean result of it would prove nothing. */
  readonly databaseGap: Gap | null;
}

/** Never rejects: see the head of this file. */
export async function runScanner(job: ScannerJob, host: Host): Promise<RunOutcome> {
  const { scanner, side } = job;
  const label = side === "head" ? scanner.run : `${scanner.run} (${side})`;
  const started = host.clock.monotonic();
  const [opened, installed] = await Promise.allSettled([job.target, job.installation]);
  const version = installed.status === "fulfilled" ? installed.value.installation.version : null;
  try {
    const target = settledValue(opened);
    const applicability = scanner.appliesTo(target);
    if (!applicability.applies) return skipped(scanner, applicability.because);
    const { installation, notices, databaseGap } = settledValue(installed);
    host.progress.started(label, `${scanner.name} ${installation.version}`);
    const { output, durationMs } = await runAll({ ...job, target, installation }, host);
    host.progress.finished(label, `${output.findings.length} findings`);
    const run = completed({ scanner, target, installation, output, notices, durationMs });
    return { run, pinsTakenUp: output.pinsTakenUp, databaseGap };
  } catch (thrown) {
    host.progress.finished(label, "failed");
    const durationMs = Math.round(host.clock.monotonic() - started);
    const run: FailedRun = { ...named(scanner), status: "failed", error: asGateError(scanner, thrown), version, durationMs, notices: [] };
    return { run, pinsTakenUp: [], databaseGap: null };
  }
}

function settledValue<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

function named({ run, scanner }: Scanner): Pick<ScannerRun, "run" | "scanner"> {
  return { run, scanner };
}

function skipped(scanner: Scanner, reason: string): RunOutcome {
  const run: SkippedRun = { ...named(scanner), status: "skipped", reason, durationMs: 0, notices: [] };
  return { run, pinsTakenUp: [], databaseGap: null };
}

interface ReadyJob extends Omit<ScannerJob, "target" | "installation"> {
  readonly target: ScanTarget;
  readonly installation: Installation;
}

/** Runs every command of the scanner, a few at a time, and decodes their reports. The duration is wall time from the first start to the last end. */
async function runAll(job: ReadyJob, host: Host): Promise<{ output: ScannerOutput; durationMs: number }> {
  const { scanner, side, target, installation } = job;
  const suffix = randomBytes(8).toString("hex"); // so that no other scanner can put something there beforehand
  const directory = (index: number) => join(host.surroundings.scratch, `${scanner.run}-${side}-${suffix}-${index}`);
  const timeLeft = () => Math.max(1, Math.round(job.deadline - host.clock.monotonic()));
  const commands = scanner.commands(target, {
    directory,
    installation,
    timeoutMs: timeLeft(),
    searchPath: host.surroundings.childSearchPath,
  });
  const limit = pLimit(job.jobs);
  const started = host.clock.monotonic();
  const start = (command: Command, index: number): Promise<EndedCommand> =>
    runCommand(
      scanner,
      { command: withNetwork(command, job, host), directory: directory(index), root: target.root, timeoutMs: timeLeft() },
      host,
    );
  const ends = await Promise.allSettled(commands.map((command, index) => limit(start, command, index)));
  const ended = ends.map(settledValue);
  const durationMs = Math.round(host.clock.monotonic() - started);
  const output = scanner.decode(reportsOf(scanner, ended), target, installation);
  if (output.findings.length > MAX_FINDINGS) throw tooMuch(scanner.name, `has more than ${MAX_FINDINGS} findings`);
  return { output, durationMs };
}

function* reportsOf(scanner: Scanner, ended: readonly EndedCommand[]): Generator<Report> {
  let values = 0;
  for (const command of ended) {
    const report = readReport(scanner, command);
    values += measureJson(report.text).values;
    if (values > MAX_RUN_VALUES) throw tooMuch(scanner.name, `wrote reports of more than ${MAX_RUN_VALUES} values in all`);
    yield report;
  }
}

/** Only the process that pulls an image from a registry reaches the network, and only it sees the registry's credentials. */
function withNetwork(command: Command, { scanner, target }: ReadyJob, { surroundings }: Host): Command {
  if (scanner.run !== "trivy-image" || target.image?.kind !== "reference") return command;
  const credentials = surroundings.dockerConfig === null ? {} : { DOCKER_CONFIG: surroundings.dockerConfig };
  return { ...command, env: { ...command.env, ...surroundings.network, ...credentials } };
}

interface Ended {
  readonly scanner: Scanner;
  readonly target: ScanTarget;
  readonly installation: Installation;
  readonly output: ScannerOutput;
  readonly notices: readonly Notice[];
  readonly durationMs: number;
}

function completed({ scanner, target, installation, output, notices, durationMs }: Ended): CompletedRun {
  return {
    ...named(scanner),
    status: "completed",
    version: installation.version,
    durationMs,
    coverage: output.coverage,
    database: installation.database,
    notices: [...notices, ...output.notices],
    findings: identify(output.findings, readLines(scanner.run, target.text)),
    comments: output.comments,
  };
}

/** An error we did not foresee fails the run; its message holds the stack, because it is a bug to be reported. */
function asGateError(scanner: Scanner, thrown: unknown): GateError {
  if (thrown instanceof GateError) return thrown;
  return new ScannerError("scanner-crashed", `${scanner.name}: ${stackOf(thrown)}`, {
    cause: thrown,
    remedy: "This is a bug in sarif-gate: please report it with this text.",
  });
}
