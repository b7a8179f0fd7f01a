// A small shop with a finding for each scanner, in a real checkout, and what an observer sees of a scan of it: verdict, findings, what changed on disk
// and which traps were sprung. Equal observations of a tame and a hostile checkout mean that the hostility had no effect.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, globSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ReportJson } from "../../src/report/report-schema.ts";
import { freshDatabases } from "./fresh-databases.ts";
import { TOOL_CACHE } from "./installed-tools.ts";
import { type ActionResult, type RunnerOptions, runAction } from "./run-action.ts";
import { type CliOptions, makeProject, type Report, type ScanResult, scanDirectory } from "./run-cli.ts";
import { runnerCommands } from "./runner-commands.ts";
import { git, repositoryOf, writeTree } from "./temporary-tree.ts";

export type Files = Readonly<Record<string, string>>;

/** A made-up secret of a known shape; put together here, so that it stands in no file of ours. */
export const SECRET = `ghp_${"a1B2".repeat(9)}`;

export const RISKY = "import subprocess\n\nsubprocess.call(input(), shell=True)\n";

/** Bandit finds two things in it, one of them high; Safety and Trivy know an advisory; Trivy a secret and what is wrong with the image. */
export const SHOP: Files = {
  "shop.py": RISKY,
  "requirements.txt": "django==2.2.0\n",
  "settings.ini": `token = ${SECRET}\n`,
  Dockerfile: "FROM python:latest\nUSER root\n",
};

/** The shop and these files, committed. Files that start with `#!` are executable. */
export function checkOutShop(files: Files = {}, root = makeProject({})): string {
  mkdirSync(root, { recursive: true });
  const all = { ...SHOP, ...files };
  writeTree(root, all);
  for (const [path, content] of Object.entries(all)) if (content.startsWith("#!")) chmodSync(join(root, path), 0o755);
  return repositoryOf(root, {});
}

/** Commits these files on top. */
export function commitFiles(root: string, files: Files): void {
  writeTree(root, files);
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", "more");
}

/** Programs that do nothing but leave a mark outside of the checkout. */
export interface Traps {
  /** Text of a shell script. */
  readonly script: (name: string) => string;
  /** A shell command line. */
  readonly command: (name: string) => string;
  /** Text of a Python module. */
  readonly python: (name: string) => string;
  /** The names of those that ran, in order of their names. */
  readonly sprung: () => string[];
}

export function layTraps(): Traps {
  const marks = mkdtempSync(join(tmpdir(), "sarif-gate-marks-"));
  const command = (name: string) => `: >> ${join(marks, name)}`;
  return {
    command,
    script: (name) => `#!/bin/sh\n${command(name)}\nexit 1\n`,
    // Two slashes lead to the same place, and Bandit does not call it a temporary file of a predictable name.
    python: (name) => `open("/${join(marks, name)}", "a").close()\n`,
    sprung: () => readdirSync(marks).sort(),
  };
}

type Finding = Pick<Report["findings"][number], "id" | "kind" | "rule" | "severity" | "path" | "startLine" | "scanners" | "state">;

/** What must not depend on who wrote the checkout. */
export interface Observation {
  readonly status: number | null;
  readonly verdict: string | undefined;
  /** Those in the files of the shop, in order. */
  readonly findings: readonly Finding[];
  /** How each run ended. */
  readonly runs: readonly string[];
  /** Lines of `snapshot` that are there before or after, but not both. */
  readonly changed: readonly string[];
  readonly sprung: readonly string[];
}

interface Watch {
  readonly traps?: Traps;
}

/** Scans with the command line. */
export async function observeScan(root: string, argv: readonly string[] = [], options: CliOptions & Watch = {}): Promise<Observation> {
  const { result, changed } = await watched(root, () => scanDirectory(root, argv, options));
  return { status: result.status, ...ofReport(result.report), changed, sprung: options.traps?.sprung() ?? [] };
}

export interface ActionObservation extends Observation {
  /** Names of the commands that the runner would obey, in order. */
  readonly commands: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of variables for later steps. */
  readonly exported: readonly string[];
}

/** Scans with the Action; nothing is uploaded. */
export async function observeAction(root: string, inputs: Files = {}, options: RunnerOptions & Watch = {}): Promise<ActionObservation> {
  const { result, changed } = await watched(root, () => runAction(root, { upload: "never", ...freshDatabases(), ...inputs }, options));
  const { "sarif-file": _sarif, "upload-file": _upload, "report-file": _report, ...outputs } = Object.fromEntries(result.outputs);
  return {
    status: result.status,
    ...ofReport(reportOf(result)),
    changed,
    sprung: options.traps?.sprung() ?? [],
    commands: runnerCommands(result.log).map(({ name }) => name),
    outputs,
    exported: [...result.exported.keys()],
  };
}

/** The report that an action wrote. */
export function reportOf({ outputs }: ActionResult): ReportJson {
  return JSON.parse(readFileSync(outputs.get("report-file") ?? "", "utf8")) as ReportJson;
}

async function watched<Result extends ScanResult | ActionResult>(root: string, scan: () => Promise<Result>) {
  const before = snapshot(root);
  const result = await scan();
  const after = snapshot(root);
  return { result, changed: [...before.filter((line) => !after.includes(line)), ...after.filter((line) => !before.includes(line))] };
}

function ofReport(report: Report): Pick<Observation, "verdict" | "findings" | "runs"> {
  const findings = report.findings
    .filter(({ path }) => Object.hasOwn(SHOP, path))
    .map(({ id, kind, rule, severity, path, startLine, scanners, state }) => ({
      id,
      kind,
      rule,
      severity,
      path,
      startLine,
      scanners,
      state,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const runs = report.runs.map(({ scanner, status, coverage }) => `${scanner} ${status}, ${coverage?.missing.length} missing`);
  return { verdict: report.verdict, findings, runs };
}

/** One line for each entry below the directory, `.git` included: its name, mode and content. */
export function snapshot(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => {
    const file = join(root, path);
    const status = lstatSync(file);
    const content = status.isSymbolicLink() ? readlinkSync(file) : status.isFile() ? readFileSync(file) : "";
    return `${JSON.stringify(path)} ${status.mode.toString(8)} ${createHash("sha256").update(content).digest("hex")}`;
  });
}

const INSTALLED = {
  bandit: [installed("python/bandit-*/environment/bin/python"), "-I", "-B", "-m", "bandit"],
  safety: [installed("python/safety-*/environment/bin/python"), "-I", "-B", "-m", "safety"],
  trivy: [installed("trivy/*/trivy")],
} as const;

function installed(pattern: string): string {
  return globSync(join(TOOL_CACHE, "sarif-gate", pattern))[0] ?? devNull;
}

/** Runs an installed scanner as its manual says, in the checkout: the control that shows what the hostility is good for. Returns what it prints. */
export function runBare(scanner: keyof typeof INSTALLED, words: readonly string[], cwd: string): string {
  const [program, ...launch] = INSTALLED[scanner];
  const home = mkdtempSync(join(tmpdir(), "sarif-gate-home-"));
  const { stdout } = spawnSync(program, [...launch, ...words], {
    cwd,
    env: { PATH: `${dirname(program)}:/usr/bin:/bin`, HOME: home, LANG: "C.UTF-8", SAFETY_REQUEST_TIMEOUT: "1" },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
