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

/**
 * The private cache directory. In one that was filled by others, Trivy would take its checks of infrastructure from `policy/content`, where an empty one
 * hides every misconfiguration; so it sees of the given directory what it needs and nothing else.
 */
const CACHE_DIRECTORY = "cache";

/** It collects garbage at thrice what is in use, not at twice (https://pkg.go.dev/runtime, GOGC): a sixth less processor time for 30 MB more. */
const COLLECTING = { GOGC: "200" };

export interface TrivyStart {
  readonly index: number;
  readonly subcommand: "fs" | "image";
  readonly scanners: readonly ("vuln" | "secret" | "misconfig")[];
  /** What it sees of the given database directory: `db`, and `java-db` to look into JAR files, where that is there. */
  readonly databases: readonly ("db" | "java-db")[];
  /** What follows the common options: the target and options of the subcommand. */
  readonly rest: readonly string[];
  readonly inputs: Command["inputs"];
}

/** Builds one command. */
export function trivyCommand({ index, subcommand, scanners, databases, rest, inputs }: TrivyStart, context: CommandContext): Command {
  const directory = context.directory(index);
  const { launch } = context.installation;
  return {
    argv: [...launch, subcommand, ...ownFiles(directory), ...timeLimit(context), ...reporting(directory, scanners), ...OFFLINE, ...rest],
    env: { ...childEnvironment(directory, context.searchPath), ...COLLECTING },
    inputs: [
      { name: "trivy.yaml", text: "{}\n" },
      { name: "ignore", text: "" },
      { name: SECRET_RULES_FILE, text: SECRET_RULES },
      ...inputs,
    ],
    links: databases.map((name) => ({
      name: `${CACHE_DIRECTORY}/${name}`,
      to: join(databaseDirectory("Trivy", context.installation), name),
    })),
    output: "report.json",
  };
}

function ownFiles(directory: string): string[] {
  const file = (name: string) => join(directory, name);
  const suppressions = ["--ignorefile", file("ignore"), "--ignore-policy", "", "--show-suppressed"];
  const directories = ["--module-dir", file("cwd"), "--cache-dir", file(CACHE_DIRECTORY)];
  return ["--config", file("trivy.yaml"), ...suppressions, "--secret-config", file(SECRET_RULES_FILE), ...directories];
}

function timeLimit({ timeoutMs }: CommandContext): string[] {
  return ["--timeout", `${Math.max(1, Math.ceil(timeoutMs / 1000))}s`];
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
