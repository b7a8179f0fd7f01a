// Installs what the requested scanners need, all of it side by side: Python environments, Trivy, databases. What fails for one scanner fails for that one.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { ScannerId } from "../findings/scanner-id.ts";
import type { Host } from "../host/ports.ts";
import type { Installation } from "../scanners/scanner.ts";
import { obtainDatabase } from "./obtain-database.ts";
import { choosePython, type PythonInterpreter } from "./python-interpreter.ts";
import { type InstalledPythonTool, installPythonTool } from "./python-tools.ts";
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
import { installTrivy } from "./trivy-binary.ts";
import { trivyDatabase } from "./trivy-database.ts";

/** A scanner that can be started, and what is to be said about it. */
export interface InstalledScanner {
  readonly installation: Installation;
  /** Why a clean result of it would prove nothing. */
  readonly databaseGap: Gap | null;
  readonly notices: readonly Notice[];
}

/**
 * Starts the installations of all requested scanners at once. The function returned gives the outcome for one of them: it resolves as soon as that scanner
 * is ready and rejects with a GateError when it cannot be. Progress: `started` for what takes long, never `finished`, because the run goes on.
 */
export function installToolchain(options: ToolchainOptions, host: Host): (scanner: ScannerId) => Promise<InstalledScanner> {
  const interpreter = once(() => choosePython(options, host));
  const install: Record<ScannerId, () => Promise<InstalledScanner>> = {
    bandit: once(() => installBandit(options, interpreter, host)),
    safety: once(() => installSafety(options, interpreter, host)),
    trivy: once(() => installTrivyScanner(options, interpreter, host)),
  };
  // A rejection before its scanner is asked for must not end the process.
  for (const scanner of options.scanners) install[scanner]().catch(() => undefined);
  return (scanner) => install[scanner]();
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

/** Trivy first, because it downloads its database itself. */
async function installTrivyScanner(options: ToolchainOptions, interpreter: Interpreter, host: Host): Promise<InstalledScanner> {
  const { path, version, notices } = await installTrivy(trivyRequest(interpreter, options), host);
  const kind = trivyDatabase(trivyDatabaseRequest(path, options), host);
  const database = await obtainDatabase(kind, databaseRequest("trivy", options, host), host);
  const installation = { launch: [path], version, python: null, databaseDirectory: database.directory, database: database.facts };
  return { installation, databaseGap: database.gap, notices: [...notices, ...database.notices] };
}
