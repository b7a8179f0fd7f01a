// Runs the built command line as a user does: a child process, with the shared cache of installed scanners.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freshCache } from "./installed-tools.ts";

export const ROOT = join(import.meta.dirname, "..", "..");
export const SAFETY_DATABASE = join(ROOT, "examples", "databases", "safety");
export const TRIVY_DATABASE = join(ROOT, "examples", "databases", "trivy");

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Interpreter to run dist/cli.js with; that of the tests by default. */
  readonly node?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with the running child. */
  readonly during?: (child: ChildProcess) => void;
}

export function runCli(
  argv: readonly string[],
  { node = process.execPath, cwd = ROOT, env = {}, during }: CliOptions = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(ROOT, "dist", "cli.js"), ...argv], {
      cwd,
      env: { ...process.env, XDG_CACHE_HOME: freshCache(), NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
    during?.(child);
  });
}

/** The part of report.json that tests look at. */
export interface Report {
  readonly verdict: string;
  readonly reasons: readonly { code: string; message: string; count?: number }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly runs: readonly {
    scanner: string;
    category: string;
    status: string;
    coverage: { expected: number; covered: number; missing: readonly { path: string; reason: string }[] } | null;
    notices: readonly { message: string }[];
    error: { message: string } | null;
  }[];
  readonly findings: readonly {
    id: string;
    kind: string;
    scanners: readonly string[];
    rule: string;
    severity: string;
    state: string | null;
    path: string;
    startLine: number;
    package: { name: string; version: string } | null;
  }[];
}

export interface ScanResult extends CliResult {
  readonly report: Report;
  readonly out: string;
}

/** Scans `directory` with the small databases and returns the report; `out` holds the files. */
export async function scanDirectory(directory: string, argv: readonly string[] = [], options: CliOptions = {}): Promise<ScanResult> {
  const out = mkdtempSync(join(tmpdir(), "sarif-gate-out-"));
  const databases = ["--safety-db", SAFETY_DATABASE, "--trivy-db", TRIVY_DATABASE, "--max-database-age", "any"];
  const result = await runCli(["scan", directory, "--offline", ...databases, "--out", out, ...argv], options);
  const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as Report;
  return { ...result, report, out };
}

/** Makes a directory with these files. */
export function makeProject(files: Readonly<Record<string, string | Buffer>>): string {
  const directory = mkdtempSync(join(tmpdir(), "sarif-gate-project-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}
