// Runs one command of a scanner in its private directory and reads its report, or says why there is none that can be believed.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GateError, type GateErrorCode, messageOf, ScannerError } from "../errors.ts";
import type { Host, ProcessEnd, ProcessExit } from "../host/ports.ts";
import type { Command, Report, Scanner } from "../scanners/scanner.ts";
import { preparePrivateDirectory } from "./private-directory.ts";

/** More than any real report: one run of Bandit over 800,000 lines wrote 63 MB, and we split such runs. */
const REPORT_LIMIT_BYTES = 128 * 1024 * 1024;
/** Scanners run quietly; what they print is only for the error message. */
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

export interface CommandRun {
  readonly command: Command;
  readonly directory: string;
  readonly root: string;
  readonly timeoutMs: number;
}

/** A command that ended as its scanner allows; its report is still unread. */
export interface EndedCommand {
  readonly reportPath: string;
  readonly exit: ProcessExit;
}

/** Throws a ScannerError when the process did not end as its scanner allows. */
export async function runCommand(scanner: Scanner, run: CommandRun, host: Host): Promise<EndedCommand> {
  await prepare(scanner, run);
  const reportPath = join(run.directory, run.command.output);
  const exit = await host.processes.run({
    argv: run.command.argv,
    env: { ...host.surroundings.system, ...run.command.env },
    cwd: join(run.directory, "cwd"),
    timeoutMs: run.timeoutMs,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    watch: { path: reportPath, limitBytes: REPORT_LIMIT_BYTES },
  });
  requireOrderlyEnd(scanner, exit);
  return { reportPath, exit };
}

async function prepare(scanner: Scanner, { directory, command, root }: CommandRun): Promise<void> {
  try {
    await preparePrivateDirectory(directory, command, root);
  } catch (cause) {
    throw new ScannerError("scanner-not-started", `${scanner.name} could not be prepared: ${messageOf(cause)}`, {
      cause,
      remedy: "Make room in the temporary directory and see that it can be written.",
    });
  }
}

function requireOrderlyEnd(scanner: Scanner, exit: ProcessExit): void {
  const { end } = exit;
  if (end.kind === "exited") {
    if (scanner.classifyExit(end.code) !== "error") return;
    throw failure("scanner-crashed", `${scanner.name} ended with exit status ${end.code}, which means an error.${lastWords(exit)}`);
  }
  const [code, message] = disorderlyEnd(end);
  if (end.kind === "interrupted") throw new ScannerError(code, `${scanner.name} ${message}.`);
  throw failure(code, `${scanner.name} ${message}.${lastWords(exit)}`);
}

type Disorderly = Exclude<ProcessEnd, { kind: "exited" }>;

function disorderlyEnd(end: Disorderly): [GateErrorCode, string] {
  switch (end.kind) {
    case "timed-out":
      return [
        "scanner-timed-out",
        `did not end within ${(end.timeoutMs / 1000).toFixed(end.timeoutMs < 10_000 ? 1 : 0)} s and was stopped`,
      ];
    case "flooded":
      return ["scanner-flooded", `wrote more than ${Math.round(end.limitBytes / 1024 / 1024)} MiB to ${end.where} and was stopped`];
    case "signalled":
      return ["scanner-killed", `was killed by ${end.signal}`];
    case "interrupted":
      return ["scanner-killed", "was stopped because the scan was interrupted"];
    case "not-started":
      return ["scanner-not-started", `could not be started: ${end.message}`];
  }
}

const REMEDIES: Partial<Record<GateErrorCode, string>> = {
  "scanner-timed-out": "Raise `timeout-minutes` (`--timeout`), or look at what makes this tree slow to scan.",
  "scanner-killed": "If nobody stopped it, the machine may have run out of memory: give the job more.",
  "scanner-crashed": "Run again; if it happens again, report it to the scanner's project with the output above.",
};

function failure(code: GateErrorCode, message: string): ScannerError {
  const remedy = REMEDIES[code];
  return new ScannerError(code, message, remedy === undefined ? {} : { remedy });
}

/** The end of what the process printed, for the reader of the error; whoever shows it neutralises it. */
function lastWords({ stderrTail, stdoutTail }: ProcessExit): string {
  const words = (stderrTail.trim() || stdoutTail.trim()).split(/\r?\n/u).slice(-5).join(" | ").slice(-600);
  return words === "" ? "" : ` It said: ${words}`;
}

/** Reads the report of an ended command. Throws a ScannerError `report-missing` when there is none or an empty one, `scanner-flooded` when it is too large. */
export function readReport(scanner: Scanner, { reportPath, exit }: EndedCommand): Report {
  const text = readText(scanner, reportPath, exit);
  if (text !== "") return { text, exit };
  throw new ScannerError("report-missing", `${scanner.name} left an empty report, which means it crashed.${lastWords(exit)}`);
}

function readText(scanner: Scanner, path: string, exit: ProcessExit): string {
  try {
    const { size } = statSync(path);
    if (size > REPORT_LIMIT_BYTES)
      throw failure("scanner-flooded", `${scanner.name} wrote a report of ${size} bytes, more than can be read.`);
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof GateError) throw cause;
    throw new ScannerError("report-missing", `${scanner.name} wrote no report.${lastWords(exit)}`, { cause });
  }
}
