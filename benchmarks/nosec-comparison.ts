// Compares Bandit's own decision about `# nosec` comments with ours: what it reports must be what it finds with `--ignore-nosec` less what we say is hidden.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { banditCommands } from "../src/scanners/bandit/command.ts";
import { hidingLine, nosecComments } from "../src/scanners/bandit/nosec.ts";
import type { BanditResult } from "../src/scanners/bandit/report.ts";
import type { Command, Installation } from "../src/scanners/scanner.ts";
import { pythonTarget } from "./python-target.ts";

export interface NosecComparison {
  /** Findings in all, and those of them that a comment hides by our rules. */
  readonly found: number;
  readonly hidden: number;
  readonly comments: number;
  /** How many files Bandit could not read or parse. */
  readonly unread: number;
  /** Results that Bandit reports though we say they are hidden, as JSON. */
  readonly hiddenTooMuch: readonly string[];
  /** Results that Bandit hides though we say they are not. */
  readonly hiddenTooLittle: readonly string[];
}

/** Runs both, with the Bandit of the interpreter `python`, on the files of `root` whose relative paths are `files`. Both paths are absolute. */
export function compareNosec(python: string, root: string, files: readonly string[]): NosecComparison {
  const work = mkdtempSync(join(tmpdir(), "compare-nosec-"));
  try {
    const parts = commandsFor(python, { root, files, work }).map((command) => compareOne(command));
    return {
      found: parts.reduce((sum, { found }) => sum + found, 0),
      unread: parts.reduce((sum, { unread }) => sum + unread, 0),
      hidden: parts.reduce((sum, { hidden }) => sum + hidden, 0),
      comments: files.reduce((sum, file) => sum + commentsOf(join(root, file)).size, 0),
      hiddenTooMuch: parts.flatMap(({ hiddenTooMuch }) => hiddenTooMuch),
      hiddenTooLittle: parts.flatMap(({ hiddenTooLittle }) => hiddenTooLittle),
    };
  } finally {
    rmSync(work, { recursive: true });
  }
}

function commandsFor(python: string, { root, files, work }: { root: string; files: readonly string[]; work: string }): Command[] {
  const launch = [python, "-I", "-W", "ignore", "-m", "bandit"];
  const installation: Installation = { launch, version: "1.9.4", databaseDirectory: null, database: null, python: null };
  return banditCommands(pythonTarget(root, files), {
    directory: (index) => join(work, String(index)),
    installation,
    timeoutMs: 0,
    searchPath: "/usr/bin:/bin",
  });
}

function compareOne(command: Command): Omit<NosecComparison, "comments"> {
  const { results: found, errors } = run(command);
  const comments = new Map<string, ReturnType<typeof nosecComments>>();
  const ofFile = (file: string) => {
    const known = comments.get(file) ?? commentsOf(file);
    comments.set(file, known);
    return known;
  };
  const visible = found.filter((result) => hidingLine(result, ofFile(result.filename)) === undefined);
  const { results: reported } = run({ ...command, argv: command.argv.filter((word) => word !== "--ignore-nosec") });
  return {
    found: found.length,
    unread: errors.length,
    hidden: found.length - visible.length,
    hiddenTooMuch: without(reported.map(textOf), visible.map(textOf)),
    hiddenTooLittle: without(visible.map(textOf), reported.map(textOf)),
  };
}

function commentsOf(file: string): ReturnType<typeof nosecComments> {
  return nosecComments(readFileSync(file, "utf8"));
}

function run({ argv, env, inputs, output }: Command): { results: BanditResult[]; errors: unknown[] } {
  const [file = "", ...words] = argv;
  const directory = env["HOME"] === undefined ? "" : join(env["HOME"], "..");
  mkdirSync(join(directory, "home"), { recursive: true });
  mkdirSync(join(directory, "tmp"), { recursive: true });
  for (const { name, text } of inputs) writeFileSync(join(directory, name), text);
  const { status, stderr } = spawnSync(file, words, { env, cwd: directory, encoding: "utf8", maxBuffer: 1 << 29 });
  if (status !== 0 && status !== 1) throw new Error(`Bandit ended with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(join(directory, output), "utf8"));
}

/** B202 prints objects with their address, which differs from run to run. */
function textOf(result: BanditResult): string {
  return JSON.stringify(result).replace(/ at 0x[0-9a-f]+/gu, "");
}

/** The elements of `all` that are not, or not as often, in `others`. */
function without(all: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of others) left.set(one, (left.get(one) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}

/** Paths of the Python files below `root`, sorted. */
export function pythonFiles(root: string): string[] {
  const found = execFileSync("find", ["-P", root, "-name", "*.py", "-type", "f", "-printf", "%P\\0"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return found
    .split("\0")
    .filter((path) => path !== "")
    .sort();
}
