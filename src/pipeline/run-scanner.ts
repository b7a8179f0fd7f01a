// One scanner run from installation to findings. Whatever goes wrong becomes a failed run; it never stops another scanner and never looks like "nothing found".

import { GateError, ScannerError, stackOf } from "../errors.ts";
import type { Gap } from "../findings/coverage.ts";
import type { CompletedRun, FailedRun, ScannerRun, SkippedRun } from "../findings/scanner-run.ts";
import type { Host } from "../host/ports.ts";
import type { ByFile, Installation, Part, Scanner, ScanTarget } from "../scanners/scanner.ts";
import type { InstalledScanner, ScannerIdentity } from "../tools/install-toolchain.ts";
import { NO_FILE_CACHE, openFileCache } from "./file-cache.ts";
import type { KeptResults } from "./kept-results.ts";
import { NO_REPORT_CACHE, openReportCache } from "./report-cache.ts";
import { runByFile } from "./run-by-file.ts";
import { commandRunner, type RunCommands, type Side, settledValue } from "./run-commands.ts";
import { mergeOutputs, type RunResult, requireFew } from "./run-result.ts";
import { runWhole } from "./run-whole.ts";

export interface ScannerJob {
  readonly scanner: Scanner;
  readonly side: Side;
  /** Rejects with a GateError when there is nothing that could be scanned, e.g. an image archive that cannot be read. */
  readonly target: Promise<ScanTarget>;
  /** Tells which scanner it is, without installing it; rejects with a GateError. */
  readonly identify: () => Promise<ScannerIdentity>;
  /** Resolves when the scanner is installed and verified; rejects with a GateError. Asked for only when it is needed. */
  readonly install: () => Promise<InstalledScanner>;
  /** Results of earlier runs; null: none may be used, and none are kept. */
  readonly kept: KeptResults | null;
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
  const asked: { installed: InstalledScanner | null } = { installed: null };
  const install = async (): Promise<Installation> => {
    const installed = await job.install();
    if (asked.installed === null) host.progress.started(label, `${scanner.name} ${installed.installation.version}`);
    asked.installed = installed;
    return installed.installation;
  };
  try {
    const target = await job.target;
    const applicability = scanner.appliesTo(target);
    if (!applicability.applies) return skipped(scanner, applicability.because);
    const result = await runOn(target, { ...job, install }, host);
    host.progress.finished(label, `${result.output.findings.length} findings`);
    const { installed } = asked;
    const version = installed?.installation.version ?? (await job.identify()).version;
    const run = completed({ scanner, result, installed, version });
    return { run, pinsTakenUp: result.output.pinsTakenUp, databaseGap: installed?.databaseGap ?? null };
  } catch (thrown) {
    host.progress.finished(label, "failed");
    const version = await job.identify().then(
      (identity) => identity.version,
      () => null,
    );
    const durationMs = Math.round(host.clock.monotonic() - started);
    const run: FailedRun = { ...named(scanner), status: "failed", error: asGateError(scanner, thrown), version, durationMs, notices: [] };
    return { run, pinsTakenUp: [], databaseGap: null };
  }
}

interface InstallingJob extends Omit<ScannerJob, "target" | "install"> {
  readonly install: () => Promise<Installation>;
}

async function runOn(target: ScanTarget, job: InstallingJob, host: Host): Promise<RunResult> {
  const { scanner } = job;
  const runCommands = commandRunner(job, host);
  const run = (part: Part): Promise<RunResult> => {
    const { byFile } = part;
    const partJob = { ...job, target, part, runCommands };
    return byFile === undefined ? runPartWhole(partJob, host) : runPartByFile({ ...partJob, byFile }, host);
  };
  const results = (await Promise.allSettled(scanner.parts.map(run))).map(settledValue);
  const output = mergeOutputs(results.map((result) => result.output));
  requireFew(scanner, output.findings.length);
  return { output, durationMs: Math.max(...results.map(({ durationMs }) => durationMs)) };
}

interface PartJob extends InstallingJob {
  readonly target: ScanTarget;
  readonly part: Part;
  readonly runCommands: RunCommands;
}

async function runPartWhole(job: PartJob, host: Host): Promise<RunResult> {
  const { kept } = job;
  const installation = await job.install();
  const identity = kept === null ? "" : (await job.identify()).digest;
  const keyed = { ...job, installation, identity };
  const cache = kept === null ? NO_REPORT_CACHE : await openReportCache({ ...keyed, program: kept.program }, kept, host);
  return await runWhole({ ...keyed, cache }, host);
}

async function runPartByFile(job: PartJob & { readonly byFile: ByFile }, host: Host): Promise<RunResult> {
  const { kept } = job;
  const files = job.byFile.files(job.target);
  const cache = kept === null ? NO_FILE_CACHE : await openFileCache({ ...job, identity: await job.identify(), files, kept });
  return await runByFile({ ...job, cache }, host);
}

function named({ run, scanner }: Scanner): Pick<ScannerRun, "run" | "scanner"> {
  return { run, scanner };
}

function skipped(scanner: Scanner, reason: string): RunOutcome {
  const run: SkippedRun = { ...named(scanner), status: "skipped", reason, durationMs: 0, notices: [] };
  return { run, pinsTakenUp: [], databaseGap: null };
}

interface Ended {
  readonly scanner: Scanner;
  readonly result: RunResult;
  /** Null when nothing had to be scanned. */
  readonly installed: InstalledScanner | null;
  readonly version: string;
}

function completed({ scanner, result, installed, version }: Ended): CompletedRun {
  const { output, durationMs } = result;
  return {
    ...named(scanner),
    status: "completed",
    version,
    durationMs,
    coverage: output.coverage,
    database: installed?.installation.database ?? null,
    notices: [...(installed?.notices ?? []), ...output.notices],
    findings: output.findings,
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
