// The terminal's composition root: argv to exit status. stdout is the report, stderr is progress and errors.

import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { baseOfInput } from "../config/base-of-input.ts";
import type { BaseRequest } from "../config/base-request.ts";
import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/parse-config.ts";
import { ConfigError, GateError, stackOf } from "../errors.ts";
import { createHost, type Environment, userCacheDirectory } from "../host/node-host.ts";
import type { Host } from "../host/ports.ts";
import { withRunDirectory } from "../host/run-directory.ts";
import { systemClock } from "../host/system-clock.ts";
import { takeOverUncaught } from "../host/uncaught.ts";
import { type ScanResult, scan } from "../pipeline/scan.ts";
import { type WrittenResults, writeResults } from "../pipeline/write-results.ts";
import { renderJson } from "../report/json.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { renderText } from "../report/text.ts";
import { knownSecrets } from "../text/known-secrets.ts";
import { printable } from "../text/printable.ts";
import { type Clean, redactor } from "../text/redact.ts";
import { withoutSecrets } from "../text/without-secrets.ts";
import { VERSION } from "../version.ts";
import { type PolicyCheckRequest, parseArguments, type Request, type ScanRequest } from "./arguments.ts";
import { demoInputs } from "./demo.ts";
import { doctor } from "./doctor.ts";
import { adoptPolicy } from "./policy-adopt.ts";
import { checkPolicy } from "./policy-check.ts";
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
  const clean = redactor(knownSecrets(terminal.environment));
  const cleaned = withCleanStreams(terminal, clean);
  const bug = (thrown: unknown) => process.exit(reportFailure(thrown, cleaned));
  const giveBack = takeOverUncaught({ bug, warning: (message) => cleaned.writeErr(`warning: ${printable(message)}\n`) });
  try {
    const request = parseArguments(argv, VERSION, cleaned);
    return request === null ? EXIT.pass : await runRequest(request, cleaned);
  } catch (thrown) {
    return reportFailure(thrown, cleaned);
  } finally {
    giveBack();
  }
}

/** A terminal and what every text passes before it leaves. */
interface CleanTerminal extends Terminal {
  readonly clean: Clean;
  /** For JSON whose values are clean: a pass over its text could tear an escape apart. */
  readonly writeCleaned: (text: string) => void;
}

function withCleanStreams(terminal: Terminal, clean: Clean): CleanTerminal {
  return {
    ...terminal,
    clean,
    writeCleaned: terminal.writeOut,
    writeOut: (text) => terminal.writeOut(clean(text)),
    writeErr: (text) => terminal.writeErr(clean(text)),
  };
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

async function runRequest(request: Request, terminal: CleanTerminal): Promise<number> {
  const progress = terminalProgress({
    write: terminal.writeErr,
    live: terminal.errIsTerminal,
    width: terminal.width,
    quiet: "quiet" in request ? request.quiet : true,
    clock: systemClock,
  });
  return await withRunDirectory(tmpdir(), async ({ scratch, stop, interruptedBy }) => {
    const host = createHost({
      environment: terminal.environment,
      home: terminal.home,
      cacheDirectory: userCacheDirectory(terminal.environment),
      scratch,
      logger: progress,
      progress,
      stop,
      clean: terminal.clean,
      remote: null,
    });
    try {
      const status = await runCommand(request, { terminal, host, endProgress: progress.stop });
      return interruptedBy() ?? status;
    } finally {
      progress.stop();
    }
  });
}

interface Session {
  readonly terminal: CleanTerminal;
  readonly host: Host;
  /** Called before anything is printed. */
  readonly endProgress: () => void;
}

async function runCommand(request: Request, { terminal, host, endProgress }: Session): Promise<number> {
  const { clock, git } = host;
  if (request.command === "policy check")
    return (await checkPolicy({ ...terminal, file: request.file, git, clock })) ? EXIT.pass : EXIT.config;
  const config = configOf(request, terminal);
  if (request.command === "doctor") return (await doctor(config, host, terminal.writeOut)) ? EXIT.pass : EXIT.fail;
  const scanned = async () => {
    const result = await scan(config, () => requestBase(config), host);
    endProgress();
    return result;
  };
  if (request.command === "policy adopt") {
    const scanReport = async () => (await scanned()).report;
    return EXIT[await adoptPolicy({ ...terminal, config, expires: request.expires, clock, scan: scanReport })];
  }
  return await reportScan(await scanned(), request, terminal);
}

function configOf(request: Exclude<Request, PolicyCheckRequest>, { directory, home }: Terminal): Config {
  const raw = request.command === "demo" ? demoInputs(request.raw, home) : request.raw;
  const jobs = "jobs" in request ? request.jobs : "";
  return parseConfig(raw, { directory, confined: false, cores: availableParallelism(), jobs });
}

/** Printed before any file is written: a report that cannot be written is not lost. */
async function reportScan(result: ScanResult, request: ScanRequest, terminal: CleanTerminal): Promise<number> {
  const { clean } = terminal;
  const { out, format } = request;
  // JSON is cleaned as it is rendered.
  const shown = format === "json" && out === null ? result.report : withoutSecrets(result.report, clean);
  printReport(shown, request, terminal);
  const written =
    out === null
      ? null
      : await writeResults(result, { paths: resultPaths(resolve(terminal.directory, out)), clean, shown, repositoryUri: null });
  if (format === "text") terminal.writeOut(`\n${fileLines(written).join("\n")}\n`);
  return EXIT[result.report.gate.verdict];
}

/** Without a base the command line looks at everything; with one it judges as a pull request is judged. */
function requestBase({ baseRevision }: Config): BaseRequest {
  return baseRevision === null ? { kind: "none", because: "no `--base` is given" } : baseOfInput(baseRevision);
}

function resultPaths(directory: string) {
  return { sarif: join(directory, "sarif-gate.sarif"), upload: join(directory, "upload.sarif"), report: join(directory, "report.json") };
}

function printReport(report: ScanReport, { format }: ScanRequest, terminal: CleanTerminal): void {
  if (format === "json") {
    for (const chunk of renderJson(report, terminal.clean)) terminal.writeCleaned(chunk);
    return;
  }
  const color = terminal.outIsTerminal && (terminal.environment["NO_COLOR"] ?? "") === "";
  terminal.writeOut(renderText(report, { color, width: terminal.width }));
}

function fileLines(written: WrittenResults | null): string[] {
  if (written === null) return ["Add --out DIR to keep the SARIF files and report.json."];
  const upload = written.upload ?? "none: no run may be uploaded";
  const files = [`SARIF    ${written.sarif}`, `upload   ${upload}`, `report   ${written.report}`];
  return [...files, ...written.notUploaded.map((reason) => `not in the upload: ${reason}`)].map((line) => printable(line));
}
