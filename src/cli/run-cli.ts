// The terminal's composition root: argv to exit status. stdout is the report, stderr is progress and errors.

import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseConfig } from "../config/parse-config.ts";
import { ConfigError, GateError, stackOf } from "../errors.ts";
import { createHost, type Environment, userCacheDirectory } from "../host/node-host.ts";
import { withRunDirectory } from "../host/run-directory.ts";
import { systemClock } from "../host/system-clock.ts";
import { scan } from "../pipeline/scan.ts";
import { type WrittenResults, writeResults } from "../pipeline/write-results.ts";
import { renderJson } from "../report/json.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { renderText } from "../report/text.ts";
import { printable } from "../text/printable.ts";
import { redact } from "../text/redact.ts";
import { VERSION } from "../version.ts";
import { parseArguments, type Request, type ScanRequest } from "./arguments.ts";
import { demoInputs } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { terminalProgress } from "./progress.ts";

/** Exit statuses (product.md, "The command line"). */
export const EXIT = { pass: 0, fail: 1, config: 2, error: 3, bug: 70 } as const;

/** What the entry hands over: nothing here reads the process by itself. */
export interface Terminal {
  readonly environment: Environment;
  readonly directory: string;
  /** Directory of the running file: dist/, or src/ in development. */
  readonly home: string;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly width: number;
}

/** Runs one command and returns its exit status; never rejects. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const request = parseArguments(argv, VERSION, terminal);
    return request === null ? EXIT.pass : await runRequest(request, terminal);
  } catch (thrown) {
    return reportFailure(thrown, terminal);
  }
}

function reportFailure(thrown: unknown, { writeErr }: Terminal): number {
  if (thrown instanceof ConfigError) {
    for (const problem of thrown.problems) writeErr(`error: ${printable(problem)}\n`);
    return EXIT.config;
  }
  if (thrown instanceof GateError) {
    writeErr(`error: ${printable(thrown.message)}\n`);
    if (thrown.remedy !== "") writeErr(`       ${printable(thrown.remedy)}\n`);
    return EXIT.error;
  }
  writeErr("This is a bug in sarif-gate. Please report it with these lines and what you ran:\n");
  for (const line of [`sarif-gate ${VERSION}, node ${process.version}`, ...stackOf(thrown).split("\n")]) writeErr(`  ${printable(line)}\n`);
  return EXIT.bug;
}

async function runRequest(request: Request, terminal: Terminal): Promise<number> {
  const raw = request.command === "demo" ? demoInputs(request.raw, terminal.home) : request.raw;
  const jobs = request.command === "doctor" ? "" : request.jobs;
  const config = parseConfig(raw, { directory: terminal.directory, confined: false, cores: availableParallelism(), jobs });
  const quiet = request.command === "doctor" || request.quiet;
  const progress = terminalProgress({
    write: terminal.writeErr,
    live: terminal.errIsTerminal,
    width: terminal.width,
    quiet,
    clock: systemClock,
  });
  return await withRunDirectory(tmpdir(), async ({ scratch, stop, interruptedBy }) => {
    const cacheDirectory = userCacheDirectory(terminal.environment);
    const host = createHost({
      environment: terminal.environment,
      home: terminal.home,
      cacheDirectory,
      scratch,
      logger: progress,
      progress,
      stop,
    });
    try {
      if (request.command === "doctor") return (await doctor(config, host, terminal.writeOut)) ? EXIT.pass : EXIT.fail;
      const result = await scan(config, host);
      progress.stop();
      printReport(result.report, request, terminal);
      const written =
        request.out === null
          ? null
          : await writeResults(result, { paths: resultPaths(resolve(terminal.directory, request.out)), clean, repositoryUri: null });
      if (request.format === "text") terminal.writeOut(`\n${fileLines(written).join("\n")}\n`);
      return interruptedBy() ?? EXIT[result.report.gate.verdict];
    } finally {
      progress.stop();
    }
  });
}

/** The terminal knows no secrets of its own; what has the shape of one is still not printed. */
function clean(text: string): string {
  return redact(text, []);
}

function resultPaths(directory: string) {
  return { sarif: join(directory, "sarif-gate.sarif"), upload: join(directory, "upload.sarif"), report: join(directory, "report.json") };
}

/** Printed before any file is written: a report that cannot be written is not lost. */
function printReport(report: ScanReport, { format }: ScanRequest, terminal: Terminal): void {
  if (format === "json") {
    for (const chunk of renderJson(report, clean)) terminal.writeOut(chunk);
    return;
  }
  const color = terminal.outIsTerminal && (terminal.environment["NO_COLOR"] ?? "") === "";
  terminal.writeOut(clean(renderText(report, { color, width: terminal.width })));
}

function fileLines(written: WrittenResults | null): string[] {
  if (written === null) return ["Add --out DIR to keep the SARIF files and report.json."];
  const upload = written.upload ?? "none: no run may be uploaded";
  const files = [`SARIF    ${written.sarif}`, `upload   ${upload}`, `report   ${written.report}`];
  return [...files, ...written.notUploaded.map((reason) => `not in the upload: ${reason}`)].map((line) => printable(line));
}
