// Bandit's command line. Every file is named, so neither a `.bandit` file nor an exclusion by part of a name can leave one out.

import { join } from "node:path";
import { childEnvironment } from "../child-environment.ts";
import type { Command, CommandContext, ScanTarget } from "../scanner.ts";

/** Stops the search for `.bandit` files. A section must be there, or Bandit warns. */
const EMPTY_INI = "[bandit]\n";

/** Builds the command for all Python files of the target. */
export function banditCommands({ python, root }: ScanTarget, context: CommandContext): Command[] {
  const directory = context.directory(0);
  return [
    {
      argv: [...context.installation.launch, ...options(directory), ...python.map((path) => join(root, path))],
      env: childEnvironment(directory, context.searchPath),
      inputs: [{ name: "bandit.ini", text: EMPTY_INI }],
      output: "report.json",
    },
  ];
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
