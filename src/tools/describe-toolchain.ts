// What is installed, where, and whether it is whole: the facts of `doctor`. It installs, downloads and repairs nothing.

import { existsSync } from "node:fs";
import { GateError } from "../errors.ts";
import type { Host } from "../host/ports.ts";
import { dayOf } from "../text/day-of.ts";
import { type DatabaseKind, databaseGap } from "./database.ts";
import { newestCached } from "./database-cache.ts";
import type { Installable } from "./ensure-installed.ts";
import { fileDigest, textDigest } from "./file-digest.ts";
import type { PythonTool } from "./locks.ts";
import { choosePython, type PythonInterpreter } from "./python-interpreter.ts";
import { describePythonTool } from "./python-tools.ts";
import { safetyDatabase } from "./safety-database.ts";
import {
  databaseRequest,
  pythonToolRequest,
  safetyDatabaseRequest,
  type ToolchainOptions,
  trivyDatabaseRequest,
  trivyRequest,
} from "./toolchain-options.ts";
import { describeTrivy } from "./trivy-binary.ts";
import { trivyDatabase } from "./trivy-database.ts";

/** One part of the toolchain. */
export interface ToolDescription {
  /** "Python", "Bandit 1.9.4 for Python 3.11", "Trivy 0.74.0", "Safety's database". */
  readonly what: string;
  /** `absent`: a scan would download it. `stale`: a scan would have a gap. `unusable`: a scan would fail. */
  readonly state: "ready" | "absent" | "damaged" | "stale" | "unusable";
  /** Absolute path, where there is one. */
  readonly where: string | null;
  /** sha256: of the executable (Trivy), the lock (Bandit, Safety) or the contents (databases). */
  readonly digest: string | null;
  /** One sentence for people: a version, an age, or what is wrong and what to do. */
  readonly remark: string;
}

/** Describes Python, Bandit, Safety, Trivy and the two databases, in this order. Never rejects for what a user could repair. */
export async function describeToolchain(options: ToolchainOptions, host: Host): Promise<readonly ToolDescription[]> {
  const python = choosePython(options, host);
  python.catch(() => undefined);
  return Promise.all([
    describing("Python", () => describePython(python)),
    describing("Bandit", async () => describeProgram("bandit", await python, options, host)),
    describing("Safety", async () => describeProgram("safety", await python, options, host)),
    describing("Trivy", () => describeTrivyProgram(options, host)),
    describing("Safety's database", () => describeDatabase(safetyDatabase(safetyDatabaseRequest(options), host), options, host)),
    describing("Trivy's database", () => describeDatabase(trivyDatabase(trivyDatabaseRequest(noExecutable, options), host), options, host)),
  ]);
}

/** The databases are only read here. */
async function noExecutable(): Promise<never> {
  throw new Error("nothing is downloaded to describe it");
}

async function describing(what: string, describe: () => Promise<ToolDescription>): Promise<ToolDescription> {
  try {
    return await describe();
  } catch (thrown) {
    if (!(thrown instanceof GateError)) throw thrown;
    return { what, state: "unusable", where: null, digest: null, remark: `${thrown.message} ${thrown.remedy}`.trim() };
  }
}

async function describePython(python: Promise<PythonInterpreter>): Promise<ToolDescription> {
  const { executable, version, hasPip, hasEnsurepip } = await python;
  const canInstall = hasPip || hasEnsurepip;
  const remark = canInstall ? `Python ${version}` : `Python ${version} has neither pip nor ensurepip: nothing can be installed with it.`;
  return { what: "Python", state: canInstall ? "ready" : "unusable", where: executable, digest: null, remark };
}

async function describeProgram(
  tool: PythonTool,
  interpreter: PythonInterpreter,
  options: ToolchainOptions,
  host: Host,
): Promise<ToolDescription> {
  const { lock, item } = await describePythonTool(pythonToolRequest(tool, interpreter, options), host);
  return describeInstallable(item, textDigest(lock.text));
}

async function describeTrivyProgram(options: ToolchainOptions, host: Host): Promise<ToolDescription> {
  const { item, path } = describeTrivy(
    trivyRequest(() => choosePython(options, host), options),
    host,
  );
  return describeInstallable(item, existsSync(path) ? await fileDigest(path) : null);
}

async function describeInstallable({ what, directory, verify }: Installable, digest: string | null): Promise<ToolDescription> {
  if (!existsSync(directory)) return { what, state: "absent", where: directory, digest: null, remark: "not installed yet" };
  const damage = await verify();
  return { what, state: damage === null ? "ready" : "damaged", where: directory, digest, remark: damage ?? "installed and verified" };
}

async function describeDatabase(kind: DatabaseKind, options: ToolchainOptions, host: Host): Promise<ToolDescription> {
  const what = kind.title;
  const now = host.clock.now();
  const { given, cacheDirectory, maxAgeDays } = databaseRequest(kind.scanner, options, host);
  const cached =
    given === null ? await newestCached({ kind, directory: cacheDirectory }, now) : { directory: given, reading: await kind.read(given) };
  if (cached === null) return { what, state: "absent", where: cacheDirectory, digest: null, remark: "not downloaded yet" };
  const { directory, reading } = cached;
  const gap = databaseGap(kind, reading, { now, maxAgeDays });
  const date = reading.updatedAt === null ? "without a date" : `of ${dayOf(reading.updatedAt)}`;
  return {
    what,
    state: gap === null ? "ready" : given === null ? "stale" : "unusable",
    where: directory,
    digest: reading.digest,
    remark: gap === null ? date : `${gap.reason}. ${gap.remedy}`,
  };
}
