// Tells which scanners would run, and installs what they need, all of it side by side: Python environments, Trivy, databases. What fails for one scanner
// fails for that one.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { ScannerId } from "../findings/scanner-id.ts";
import type { Host } from "../host/ports.ts";
import type { Installation } from "../scanners/scanner.ts";
import { obtainDatabase } from "./obtain-database.ts";
import { choosePython, type PythonInterpreter } from "./python-interpreter.ts";
import { type InstalledPythonTool, identifyPythonTool, installPythonTool } from "./python-tools.ts";
import { safetyDatabase } from "./safety-database.ts";
import { together } from "./together.ts";
import {
  databaseRequest,
  pythonToolRequest,
  safetyDatabaseRequest,
  type ToolchainOptions,
  trivyDatabaseRequest,
  trivyRequest,
} from "./toolchain-options.ts";
import { identifyTrivy, installTrivy } from "./trivy-binary.ts";
import { trivyDatabase } from "./trivy-database.ts";

/** A scanner that can be started, and what is to be said about it. */
export interface InstalledScanner {
  readonly installation: Installation;
  /** Why a clean result of it would prove nothing. */
  readonly databaseGap: Gap | null;
  readonly notices: readonly Notice[];
}

/** What a scanner is, without looking at what is installed: equal for equal scanners on equal interpreters and platforms. */
export interface ScannerIdentity {
  readonly version: string;
  /** sha256 of everything that decides what runs: the lock and the interpreter (path and version) or the pinned release, and the platform. */
  readonly digest: string;
}

/** The scanners, each answered for by itself. Both answers reject with a GateError when there can be none. */
export interface Toolchain {
  /** Installs nothing, and starts no process where the interpreter is remembered. */
  identify(scanner: ScannerId): Promise<ScannerIdentity>;
  /** Resolves as soon as the scanner is installed and verified. */
  install(scanner: ScannerId): Promise<InstalledScanner>;
}

/**
 * Starts at once what a requested scanner may have to wait for from the network, all of it side by side. Bandit is installed when it is asked for: where
 * nothing changed nobody asks. Progress: `started` for what takes long, never `finished`, because the run goes on.
 */
export function installToolchain(options: ToolchainOptions, host: Host): Toolchain {
  const interpreter = once(() => choosePython(options, host));
  const install: Record<ScannerId, () => Promise<InstalledScanner>> = {
    bandit: once(() => installBandit(options, interpreter, host)),
    safety: once(() => installSafety(options, interpreter, host)),
    trivy: once(() => installTrivyScanner(options, interpreter, host)),
  };
  const identify: Record<ScannerId, () => Promise<ScannerIdentity>> = {
    bandit: once(async () => identifyPythonTool(pythonToolRequest("bandit", await interpreter(), options), host)),
    safety: once(async () => identifyPythonTool(pythonToolRequest("safety", await interpreter(), options), host)),
    trivy: once(async () => identifyTrivy(trivyRequest(interpreter, options), host)),
  };
  for (const scanner of options.scanners) {
    // A rejection before its scanner is asked for must not end the process.
    if (scanner !== "bandit") install[scanner]().catch(() => undefined);
  }
  return { identify: (scanner) => identify[scanner](), install: (scanner) => install[scanner]() };
}

function once<Value>(start: () => Promise<Value>): () => Promise<Value> {
  let started: Promise<Value> | undefined;
  return () => {
    started ??= start();
    return started;
  };
}

type Interpreter = () => Promise<PythonInterpreter>;

async function installBandit(options: ToolchainOptions, interpreter: Interpreter, host: Host): Promise<InstalledScanner> {
  const python = await interpreter();
  const { notices, ...program } = await installPythonTool(pythonToolRequest("bandit", python, options), host);
  return { installation: { ...program, python: python.minor, databaseDirectory: null, database: null }, databaseGap: null, notices };
}

async function installSafety(options: ToolchainOptions, interpreter: Interpreter, host: Host): Promise<InstalledScanner> {
  const installed = async (): Promise<InstalledPythonTool & { python: string }> => {
    const python = await interpreter();
    return { ...(await installPythonTool(pythonToolRequest("safety", python, options), host)), python: python.minor };
  };
  const kind = safetyDatabase(safetyDatabaseRequest(options), host);
  const [program, database] = await together(installed(), obtainDatabase(kind, databaseRequest("safety", options, host), host));
  const { notices, ...started } = program;
  const installation = { ...started, databaseDirectory: database.directory, database: database.facts };
  return { installation, databaseGap: database.gap, notices: [...notices, ...database.notices] };
}

async function installTrivyScanner(options: ToolchainOptions, interpreter: Interpreter, host: Host): Promise<InstalledScanner> {
  const installed = installTrivy(trivyRequest(interpreter, options), host);
  // Trivy downloads its database itself; one that is there is read meanwhile.
  const executable = async () => (await installed).path;
  const kind = trivyDatabase(trivyDatabaseRequest(executable, options), host);
  const [program, database] = await together(installed, obtainDatabase(kind, databaseRequest("trivy", options, host), host));
  const { path, version, notices } = program;
  const installation = { launch: [path], version, python: null, databaseDirectory: database.directory, database: database.facts };
  return { installation, databaseGap: database.gap, notices: [...notices, ...database.notices] };
}
