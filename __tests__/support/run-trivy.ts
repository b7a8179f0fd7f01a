// Runs the real Trivy on a target as the product does, part by part, without the rest of the pipeline.

import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findInfrastructure } from "../../src/pipeline/infrastructure.ts";
import { preparePrivateDirectory } from "../../src/pipeline/private-directory.ts";
import { decodeIdentified, type IdentifiedOutput, mergeOutputs } from "../../src/pipeline/run-result.ts";
import { treeAt } from "../../src/pipeline/tree.ts";
import type { Command, Part, Report, Scanner, ScanTarget } from "../../src/scanners/scanner.ts";
import { installation, report, scannerOf, target } from "../scanners/fixture.ts";
import { TOOL_CACHE } from "./installed-tools.ts";
import { TRIVY_DATABASE } from "./run-cli.ts";

/** Everything below a directory as what is scanned, without pins. */
export function describeTree(root: string): ScanTarget {
  const tree = treeAt(root);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => tree.kind(path) === "file")
    .sort();
  const { provable, possible } = findInfrastructure(files, tree.read);
  const text = (path: string) => tree.read(path, 1e6)?.toString("utf8");
  return target({ root, files, infrastructure: provable, possibleInfrastructure: possible, text });
}

export interface TrivyRun {
  /** Absolute; the private directories are made below it. */
  readonly directory: string;
  readonly scanner?: Scanner;
  readonly database?: string;
  /** Applied to every command. */
  readonly change?: (command: Command) => Command;
}

/** Runs a part and returns its reports. */
export async function runTrivyPart(
  part: Part,
  scanned: ScanTarget,
  { directory, database, change = (command) => command }: TrivyRun,
): Promise<Report[]> {
  const place = (index: number) => join(directory, String(index));
  const commands = part.commands(scanned, {
    directory: place,
    installation: installedTrivy(database),
    timeoutMs: 100_000,
    searchPath: "/usr/bin:/bin",
  });
  mkdirSync(directory, { recursive: true });
  const reports: Report[] = [];
  for (const [index, built] of commands.entries()) {
    const command = change(built);
    await preparePrivateDirectory(place(index), command, scanned.root);
    const [file = "", ...argv] = command.argv;
    execFileSync(file, argv, { cwd: join(place(index), "cwd"), env: { ...command.env } });
    reports.push(report(readFileSync(join(place(index), command.output), "utf8")));
  }
  return reports;
}

/** Runs all parts and returns what they say together. */
export async function runTrivy(scanned: ScanTarget, run: TrivyRun): Promise<IdentifiedOutput> {
  const { scanner = scannerOf("trivy") } = run;
  const outputs: IdentifiedOutput[] = [];
  for (const [index, part] of scanner.parts.entries()) {
    const reports = await runTrivyPart(part, scanned, { ...run, directory: join(run.directory, `part-${index}`) });
    outputs.push(decodeIdentified(reports, { scanner, part, target: scanned, installation: installedTrivy(run.database) }));
  }
  return mergeOutputs(outputs);
}

function installedTrivy(database = TRIVY_DATABASE) {
  const [binary = ""] = globSync(join(TOOL_CACHE, "sarif-gate", "trivy", "*", "trivy"));
  return { ...installation(database), launch: [binary] };
}
