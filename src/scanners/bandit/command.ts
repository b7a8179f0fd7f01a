// Bandit's command lines. Every file is named, so neither a `.bandit` file nor an exclusion by part of a name can leave one out.

import { join } from "node:path";
import { childEnvironment } from "../child-environment.ts";
import type { Command, CommandContext, ScanTarget } from "../scanner.ts";

/**
 * The most characters of file names on one command line. Windows allows 32,767 for the whole of it; everywhere else more, but a start costs 0.13 s
 * against about 4 s for as many files, and several commands can share the cores.
 */
export const FILE_NAMES_LIMIT = 30_000;

/**
 * The most source in one command, unless one file alone is larger. It bounds the report (the densest source makes thirty times its size), of which one
 * at a time is in memory, and keeps the 0.13 s of a start below a sixth of the work.
 */
export const SOURCE_LIMIT_BYTES = 256 * 1024;

/** Stops the search for `.bandit` files. A section must be there, or Bandit warns. */
const EMPTY_INI = "[bandit]\n";

/** Builds one command, or several where names or sources are too much for one. */
export function banditCommands(target: ScanTarget, context: CommandContext): Command[] {
  return chunks(target).map((files, index) => {
    const directory = context.directory(index);
    return {
      argv: [...context.installation.launch, ...options(directory), ...files],
      env: childEnvironment(directory, context.searchPath),
      inputs: [{ name: "bandit.ini", text: EMPTY_INI }],
      output: "report.json",
    };
  });
}

/**
 * `--ignore-nosec`: what comments hide is for the policy to decide (see nosec.ts). `-x ""` excludes nothing; without it Bandit leaves out every path with
 * `.git` or `.tox` anywhere in it. `-n 1` keeps the quoted code, which is not used, short.
 */
function options(directory: string): string[] {
  const report = ["-q", "-f", "json", "-o", join(directory, "report.json"), "-n", "1"];
  const everything = ["--ignore-nosec", "--severity-level", "all", "--confidence-level", "all", "-x", ""];
  return [...report, "--ini", join(directory, "bandit.ini"), ...everything];
}

/** Absolute paths, in order, in chunks within both limits. */
function chunks({ python, root, size }: ScanTarget): string[][] {
  const all: string[][] = [];
  let characters = 0;
  let bytes = 0;
  for (const path of python) {
    const file = join(root, path);
    characters += file.length + 1;
    bytes += size(path);
    const last = all.at(-1);
    if (last === undefined || characters > FILE_NAMES_LIMIT || bytes > SOURCE_LIMIT_BYTES) {
      all.push([file]);
      characters = file.length + 1;
      bytes = size(path);
    } else last.push(file);
  }
  return all;
}
