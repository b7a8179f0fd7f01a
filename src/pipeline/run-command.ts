// Runs one command of a scanner in its private directory to an end that its scanner allows, or says how else it ended. See read-report.ts for what it left.

import { join } from "node:path";
import { type GateErrorCode, messageOf, ScannerError } from "../errors.ts";
import type { Host, ProcessEnd, ProcessExit } from "../host/ports.ts";
import type { Command, Scanner } from "../scanners/scanner.ts";
import { preparePrivateDirectory } from "./private-directory.ts";
import { type EndedCommand, REPORT_LIMIT_BYTES, saidBy } from "./read-report.ts";
import { placeOf } from "./tree.ts";

/** Scanners run quietly; what they print is only for the error message. */
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

export interface CommandRun {
  readonly command: Command;
  readonly directory: string;
  readonly root: string;
  readonly timeoutMs: number;
}

/** Throws a ScannerError when the process did not end as its scanner allows. */
export async function runCommand(scanner: Scanner, run: CommandRun, host: Host): Promise<EndedCommand> {
  await prepare(scanner, run);
  const { directory, command } = run;
  const place = placeOf(directory);
  const exit = await host.processes.run({
    argv: command.argv,
    env: { ...host.surroundings.system, ...command.env },
    cwd: join(directory, "cwd"),
    timeoutMs: run.timeoutMs,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    watch: { path: join(directory, command.output), limitBytes: REPORT_LIMIT_BYTES },
  });
  requireOrderlyEnd(scanner, exit);
  return { directory, place, output: command.output, exit };
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
    throw failure("scanner-crashed", `${scanner.name} ended with exit status ${end.code}, which means an error.${saidBy(exit)}`);
  }
  const [code, message] = disorderlyEnd(end);
  if (end.kind === "interrupted") throw new ScannerError(code, `${scanner.name} ${message}.`);
  throw failure(code, `${scanner.name} ${message}.${saidBy(exit)}`);
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
