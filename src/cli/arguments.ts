// The command line: argv to one typed request. Prints nothing but help and usage errors, which commander words.

import { Command, CommanderError, Option } from "commander";
import { INPUT_NAMES, INPUTS, type InputName, type InputSpec, type RawInputs } from "../config/inputs.ts";
import { ConfigError } from "../errors.ts";
import { withoutTrailing } from "../text/without-trailing.ts";

export interface ScanRequest {
  readonly command: "scan" | "demo";
  readonly raw: RawInputs;
  /** Directory for the SARIF files and report.json; null: write none. */
  readonly out: string | null;
  readonly format: "text" | "json";
  readonly quiet: boolean;
  /** Raw text of `--jobs`; empty when it is not given. */
  readonly jobs: string;
}

export interface DoctorRequest {
  readonly command: "doctor";
  readonly raw: RawInputs;
}

export interface PolicyCheckRequest {
  readonly command: "policy check";
  /** As it was given; null: the policy of the working directory's repository. */
  readonly file: string | null;
}

export interface PolicyAdoptRequest {
  readonly command: "policy adopt";
  readonly raw: RawInputs;
  /** Raw text of `--expires`. */
  readonly expires: string;
  readonly quiet: boolean;
  /** Raw text of `--jobs`; empty when it is not given. */
  readonly jobs: string;
}

export type Request = ScanRequest | DoctorRequest | PolicyCheckRequest | PolicyAdoptRequest;

/** What `policy adopt` decides itself: it accepts everything that gates, not only what is new. */
const NOT_ADOPTED: readonly InputName[] = ["scope", "base"];

/** Where commander writes help (stdout) and usage errors (stderr). */
export interface Streams {
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/** Returns the request, or null when help or the version was printed. Throws a ConfigError for a wrong command line. */
export function parseArguments(argv: readonly string[], version: string, streams: Streams): Request | null {
  let request: Request | null = null;
  const program = new Command("sarif-gate")
    .description("Bandit, Safety and Trivy on a Python repository: one SARIF, one verdict, green only on positive proof.")
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ ...streams, outputError: () => {} });
  addCommands(program, (asked) => {
    request = asked;
  });
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    if (error instanceof CommanderError) throw new ConfigError([usageProblem(error)], { cause: error });
    throw error;
  }
  return request;
}

function addCommands(program: Command, ask: (request: Request) => void): void {
  const demo = program
    .command("demo")
    .description("Scan the bundled sample shop with the bundled small databases; installs the real scanners.");
  const scan = program.command("scan").description("Scan a directory.").argument("[PATH]", "directory to scan", ".");
  const doctor = program.command("doctor").description("Show what is installed and whether a scan could run.");
  for (const name of ["python", "python-index-url", "offline", "fail-on", "category"] as const) demo.addOption(inputOption(name));
  addScanOptions(scan, []);
  for (const name of ["python", "offline", "safety-db", "trivy-db", "max-database-age"] as const) doctor.addOption(inputOption(name));
  for (const command of [demo, scan]) addOutputOptions(command);
  for (const command of [demo, scan]) addRunOptions(command);
  demo.action((values) => ask(toScanRequest("demo", values, undefined)));
  scan.action((path, values) => ask(toScanRequest("scan", values, path)));
  doctor.action((values) => ask({ command: "doctor", raw: toRawInputs(values, undefined) }));
  addPolicyCommands(program.command("policy").description("Check a policy file, or start one.").helpCommand(false), ask);
}

function addPolicyCommands(policy: Command, ask: (request: Request) => void): void {
  policy
    .command("check")
    .description("Check a policy file: every problem with its line and column, or what the policy says.")
    .argument("[FILE]", "policy file; by default .github/sarif-gate.yml of the repository that holds the working directory")
    .action((file?: string) => ask({ command: "policy check", file: file ?? null }));
  const adopt = policy
    .command("adopt")
    .description("Scan a directory and accept, in its policy file, every finding that gates today.")
    .argument("[PATH]", "directory to scan", ".")
    .requiredOption("--expires <DATE>", "Last day on which they are accepted: YYYY-MM-DD, at most 366 days ahead, or `never`.");
  addScanOptions(adopt, NOT_ADOPTED);
  addRunOptions(adopt);
  adopt.action((path: string, values: Record<string, unknown>) =>
    ask({ command: "policy adopt", raw: toRawInputs(values, path), expires: text(values["expires"]), ...runOptions(values) }),
  );
}

function usageProblem(error: CommanderError): string {
  if (error.code === "commander.help")
    return "No command given. Commands: demo, scan, policy check, policy adopt, doctor; `--help` explains them.";
  const said = error.message.replace(/^error: /u, "").replace(/\n/gu, " ");
  return `${withoutTrailing(said, ".")}. See \`--help\`.`;
}

function inputOption(name: InputName): Option {
  const spec: InputSpec = INPUTS[name];
  return new Option(spec.value === undefined ? `--${name}` : `--${name} <${spec.value}>`, spec.description);
}

function addScanOptions(command: Command, without: readonly InputName[]): void {
  const offered = INPUT_NAMES.filter((name) => INPUTS[name].offered !== "action" && !without.includes(name));
  for (const name of offered) command.addOption(inputOption(name));
  command.option("--no-cache", "Scan everything and download the databases afresh; use nothing of earlier runs and keep nothing.");
}

function addOutputOptions(command: Command): void {
  command
    .addOption(new Option("--out <DIR>", "Write sarif-gate.sarif, upload.sarif and report.json there."))
    .addOption(new Option("--format <FORMAT>", "Report on stdout.").choices(["text", "json"]).default("text"));
}

function addRunOptions(command: Command): void {
  command
    .addOption(new Option("--quiet", "No progress; only the report and errors."))
    .addOption(new Option("--jobs <N>", "Processes of one scanner at once; by default one per core."))
    .addOption(new Option("--timeout <MIN>", INPUTS["timeout-minutes"].description));
}

function toScanRequest(command: ScanRequest["command"], values: Record<string, unknown>, path: string | undefined): ScanRequest {
  return {
    command,
    raw: toRawInputs(values, path),
    out: typeof values["out"] === "string" ? values["out"] : null,
    format: values["format"] === "json" ? "json" : "text",
    ...runOptions(values),
  };
}

function runOptions(values: Record<string, unknown>): { quiet: boolean; jobs: string } {
  return { quiet: values["quiet"] === true, jobs: text(values["jobs"]) };
}

/** Empty when it is not given. */
function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function toRawInputs(values: Record<string, unknown>, path: string | undefined): RawInputs {
  const given = new Map<InputName, string>();
  for (const name of INPUT_NAMES) {
    const value = values[camelCase(name)];
    if (typeof value === "string") given.set(name, value);
    else if (typeof value === "boolean") given.set(name, String(value));
  }
  if (path !== undefined) given.set("path", path);
  if (typeof values["timeout"] === "string") given.set("timeout-minutes", values["timeout"]);
  return Object.fromEntries(INPUT_NAMES.map((name) => [name, given.get(name) ?? INPUTS[name].default])) as RawInputs;
}

/** As commander names the value of a long flag. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}
