// Bandit's command lines. Every file is named, so neither a `.bandit` file nor an exclusion by part of a name can leave one out.

import { join } from "node:path";
import { childEnvironment } from "../child-environment.ts";
import type { Command, CommandContext, ScanTarget } from "../scanner.ts";

/**
 * The most characters of file names on one command line. Windows allows 32,767 for the whole of it; everywhere else more, but a start costs 0.13 s
 * against about 4 s for as many files, and several commands can share the cores.
 */
export const FILE_NAMES_LIMIT = 30_000;

/** Stops the search for `.bandit` files. A section must be there, or Bandit warns. */
const EMPTY_INI = "[bandit]\n";

/** Builds one command, or several where the names do not fit on one line. */
export function banditCommands(target: ScanTarget, context: CommandContext): Command[] {
  return chunks(target.python.map((path) => join(target.root, path))).map((files, index) => {
    const directory = context.directory(index);
    return {
      argv: [...context.installation.launch, ...options(directory), ...files],
      env: childEnvironment(directory, context.searchPath),
      inputs: [{ name: "bandit.ini", text: EMPTY_INI }],
      output: "report.json",
    };
  });
}

/** `-x ""` excludes nothing; without it Bandit leaves out every path with `.git` or `.tox` anywhere in it. `-n 1` keeps the quoted code, which is not used, short. */
function options(directory: string): string[] {
  const report = ["-q", "-f", "json", "-o", join(directory, "report.json"), "-n", "1"];
  return [...report, "--ini", join(directory, "bandit.ini"), "--severity-level", "all", "--confidence-level", "all", "-x", ""];
}

function chunks(files: readonly string[]): string[][] {
  const all: string[][] = [];
  let room = 0;
  for (const file of files) {
    const last = all.at(-1);
    if (last === undefined || file.length + 1 > room) {
      all.push([file]);
      room = FILE_NAMES_LIMIT;
    } else last.push(file);
    room -= file.length + 1;
  }
  return all;
}
