// What every start of Trivy has in common. No configuration is looked for anywhere: each kind of file is named, and the named ones are ours.

import { join } from "node:path";
import { childEnvironment } from "../child-environment.ts";
import { databaseDirectory } from "../database-directory.ts";
import type { Command, CommandContext } from "../scanner.ts";

/**
 * Secret rules without Trivy's exemptions: it would pass over tests, examples, documentation, vendored code and lock files. Trivy skips a file of the
 * same name, hence the name.
 */
const SECRET_RULES_FILE = "sarif-gate-secret-rules.yaml";
const SECRET_RULES = `disable-allow-rules:
  - anaconda-log
  - dist-info
  - examples
  - golang
  - locale-dir
  - markdown
  - node.js
  - python
  - rubygems
  - tests
  - usr-dirs
  - vendor
  - wordpress
skip-patterns: []
`;

export interface TrivyStart {
  readonly index: number;
  readonly subcommand: "fs" | "image";
  readonly scanners: readonly ("vuln" | "secret" | "misconfig")[];
  /** What follows the common options: the target and options of the subcommand. */
  readonly rest: readonly string[];
  readonly inputs: Command["inputs"];
}

/** Builds one command. */
export function trivyCommand({ index, subcommand, scanners, rest, inputs }: TrivyStart, context: CommandContext): Command {
  const directory = context.directory(index);
  const { launch } = context.installation;
  return {
    argv: [...launch, subcommand, ...ownFiles(directory), ...database(context), ...reporting(directory, scanners), ...OFFLINE, ...rest],
    env: childEnvironment(directory, context.searchPath),
    inputs: [
      { name: "trivy.yaml", text: "{}\n" },
      { name: "ignore", text: "" },
      { name: SECRET_RULES_FILE, text: SECRET_RULES },
      ...inputs,
    ],
    output: "report.json",
  };
}

function ownFiles(directory: string): string[] {
  const file = (name: string) => join(directory, name);
  const suppressions = ["--ignorefile", file("ignore"), "--ignore-policy", "", "--show-suppressed"];
  return ["--config", file("trivy.yaml"), ...suppressions, "--secret-config", file(SECRET_RULES_FILE), "--module-dir", file("cwd")];
}

function database(context: CommandContext): string[] {
  const seconds = Math.max(1, Math.ceil(context.timeoutMs / 1000));
  return ["--cache-dir", databaseDirectory("Trivy", context.installation), "--timeout", `${seconds}s`];
}

/** Findings leave the exit status at 0, so any other means an error. */
function reporting(directory: string, scanners: readonly string[]): string[] {
  const report = ["--quiet", "--no-progress", "--format", "json", "--output", join(directory, "report.json"), "--exit-code", "0"];
  return [...report, "--scanners", scanners.join(","), "--severity", "UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL"];
}

const OFFLINE = [
  "--offline-scan",
  "--skip-db-update",
  "--skip-java-db-update",
  "--skip-check-update",
  "--skip-version-check",
  "--disable-telemetry",
];
