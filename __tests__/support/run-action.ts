// Runs dist/main.js as the runner does: its variables, its command files, its working directory. Names and files as in actions/runner's NodeScriptActionHandler.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { freshCache } from "./installed-tools.ts";
import { ROOT } from "./run-cli.ts";

/** The token that the runner gives. */
export const TOKEN = "ghs_made-up-token-of-the-test";

export interface ActionResult {
  readonly status: number | null;
  /** stdout and stderr: the runner reads commands from both. */
  readonly log: string;
  readonly outputs: ReadonlyMap<string, string>;
  /** Variables for later steps. */
  readonly exported: ReadonlyMap<string, string>;
  /** What later steps would find on PATH, and what a later phase of the action would be told: the text of the runner's files. */
  readonly path: string;
  readonly state: string;
  readonly summary: string;
  readonly temp: string;
}

export interface RunnerOptions {
  /** Variables over those of a push to main of octo/shop on github.com. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text of the event file. */
  readonly payload?: string;
  /** Lets time pass fast once the action waits for GitHub (fast-clock.mjs). */
  readonly fastClock?: boolean;
  /** Called with the running child and the directory that becomes `temp`. */
  readonly during?: (child: ChildProcess, temp: string) => void;
}

export async function runAction(
  workspace: string,
  inputs: Readonly<Record<string, string>>,
  { env: variables = {}, payload = "{}", fastClock = false, during }: RunnerOptions = {},
): Promise<ActionResult> {
  const temp = mkdtempSync(join(tmpdir(), "sarif-gate-runner-"));
  const files = Object.fromEntries(["OUTPUT", "STATE", "ENV", "PATH", "STEP_SUMMARY"].map((name) => [`GITHUB_${name}`, join(temp, name)]));
  for (const file of Object.values(files)) writeFileSync(file, "");
  mkdirSync(join(temp, "runner"));
  writeFileSync(join(temp, "event.json"), payload);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? temp,
    ...files,
    ...inputVariables(inputs),
    GITHUB_ACTIONS: "true",
    CI: "true",
    GITHUB_WORKSPACE: workspace,
    GITHUB_EVENT_NAME: "push",
    GITHUB_EVENT_PATH: join(temp, "event.json"),
    GITHUB_REPOSITORY: "octo/shop",
    GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
    GITHUB_REF: "refs/heads/main",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_API_URL: "http://127.0.0.1:9",
    RUNNER_OS: "Linux",
    RUNNER_ARCH: "X64",
    RUNNER_TEMP: join(temp, "runner"),
    RUNNER_TOOL_CACHE: freshCache(),
    ...variables,
  };
  const flags = fastClock ? ["--import", join(import.meta.dirname, "fast-clock.mjs")] : [];
  const { status, log } = await runMain({ env, cwd: workspace, flags, during: (child) => during?.(child, temp) });
  return {
    status,
    log,
    temp,
    outputs: parseFileCommands(readFileSync(join(temp, "OUTPUT"), "utf8")),
    exported: parseFileCommands(readFileSync(join(temp, "ENV"), "utf8")),
    path: readFileSync(join(temp, "PATH"), "utf8"),
    state: readFileSync(join(temp, "STATE"), "utf8"),
    summary: readFileSync(join(temp, "STEP_SUMMARY"), "utf8"),
  };
}

/** The runner passes every declared input, with its default where the workflow gives none. */
function inputVariables(given: Readonly<Record<string, string>>): Record<string, string> {
  const { inputs } = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as { inputs: Record<string, { default: string }> };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: value }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ?? value.replace("${{ github.token }}", TOKEN),
    ]),
  );
}

interface MainRun {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly flags: readonly string[];
  readonly during: (child: ChildProcess) => void;
}

function runMain({ env, cwd, flags, during }: MainRun): Promise<{ status: number | null; log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, join(ROOT, "dist", "main.js")], { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    }
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, log }));
    during(child);
  });
}

/** The runner's file-command format: `name<<DELIMITER`, value lines, `DELIMITER`. */
function parseFileCommands(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^([^<\n]+)<<(\S+)\n([\s\S]*?)\n?\2$/gmu)].map((match) => [match[1] ?? "", match[3] ?? ""]));
}
