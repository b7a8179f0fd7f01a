// What may be asked of the toolchain, and the request of every single installation that follows from it.

import { join } from "node:path";
import type { ScannerId } from "../findings/scanner-id.ts";
import type { Host } from "../host/ports.ts";
import type { PythonTool } from "./locks.ts";
import type { DatabaseRequest } from "./obtain-database.ts";
import type { PythonInterpreter } from "./python-interpreter.ts";
import type { PythonToolRequest } from "./python-tools.ts";
import { SAFETY_DATABASE_URL, type SafetyDatabaseRequest } from "./safety-database.ts";
import type { TrivyRequest } from "./trivy-binary.ts";
import type { TrivyDatabaseRequest } from "./trivy-database.ts";
import { TRIVY_RELEASE, type TrivyRelease } from "./trivy-release.ts";

export interface ToolchainOptions {
  readonly scanners: readonly ScannerId[];
  /** The scanned directory, absolute: no interpreter is taken from its tree. */
  readonly path: string;
  /** As in InterpreterRequest. */
  readonly python: string | null;
  readonly pythonIndexUrl: string | null;
  /** Absolute directories with ready databases; null: download. */
  readonly safetyDatabase: string | null;
  readonly trivyDatabase: string | null;
  readonly trivyDatabaseRepositories: readonly string[];
  /** Whether downloaded databases are reused and kept. Installed scanners always are. */
  readonly useCache: boolean;
  readonly offline: boolean;
  /** In days; null accepts a database of any age. */
  readonly maxDatabaseAgeDays: { readonly safety: number | null; readonly trivy: number | null };
  /** For every single download and step. */
  readonly timeoutMs: number;
  /** Where things come from, when not from where they always do: for tests. */
  readonly sources?: Sources;
}

/** The addresses and digests of what is downloaded. */
export interface Sources {
  readonly trivyRelease: TrivyRelease;
  readonly safetyDatabaseUrl: string;
  /** As in TrivyDatabaseRequest. */
  readonly retryAfterMs: number;
}

const SOURCES: Sources = { trivyRelease: TRIVY_RELEASE, safetyDatabaseUrl: SAFETY_DATABASE_URL, retryAfterMs: 2_000 };

export function pythonToolRequest(tool: PythonTool, interpreter: PythonInterpreter, options: ToolchainOptions): PythonToolRequest {
  const { pythonIndexUrl: indexUrl, offline, timeoutMs } = options;
  return { tool, interpreter, indexUrl, offline, timeoutMs };
}

export function trivyRequest(interpreter: () => Promise<PythonInterpreter>, options: ToolchainOptions): TrivyRequest {
  const { pythonIndexUrl: indexUrl, offline, timeoutMs, sources = SOURCES } = options;
  return { release: sources.trivyRelease, interpreter, indexUrl, offline, timeoutMs };
}

export function safetyDatabaseRequest({ timeoutMs, sources = SOURCES }: ToolchainOptions): SafetyDatabaseRequest {
  return { url: sources.safetyDatabaseUrl, timeoutMs };
}

export function trivyDatabaseRequest(trivy: () => Promise<string>, options: ToolchainOptions): TrivyDatabaseRequest {
  const { trivyDatabaseRepositories: repositories, timeoutMs, sources = SOURCES } = options;
  return { trivy, repositories, timeoutMs, retryAfterMs: sources.retryAfterMs };
}

/** Offline nothing is brought from elsewhere. Without the cache, databases are kept in the private directory of the run. */
export function databaseRequest(scanner: "safety" | "trivy", options: ToolchainOptions, { surroundings }: Host): DatabaseRequest {
  return {
    given: scanner === "safety" ? options.safetyDatabase : options.trivyDatabase,
    offline: options.offline,
    cacheDirectory: join(options.useCache ? surroundings.cacheDirectory : surroundings.scratch, `${scanner}-db`),
    carried: options.useCache && !options.offline ? `${scanner}-db` : null,
    maxAgeDays: options.maxDatabaseAgeDays[scanner],
  };
}
