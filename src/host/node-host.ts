// The real host: puts the node implementations of all ports together from one explicit reading of the environment.

import { existsSync } from "node:fs";
import { availableParallelism, homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Clean } from "../text/redact.ts";
import { gitAt } from "./git.ts";
import { gitHistory, type Remote } from "./git-history.ts";
import { httpsDownloads } from "./https-downloads.ts";
import type { CarriedCache, Host, Logger, Platform, Progress, Surroundings } from "./ports.ts";
import { supervisedProcesses } from "./supervised-process.ts";
import { systemClock } from "./system-clock.ts";

/** The environment as the entry read it; nothing below this function looks at `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface HostOptions {
  readonly environment: Environment;
  /** Directory of the running program: dist/, or src/ in development. */
  readonly home: string;
  /** Kept between runs. */
  readonly cacheDirectory: string;
  /** Private, empty, removed by the caller. */
  readonly scratch: string;
  readonly logger: Logger;
  readonly progress: Progress;
  /** Ends every running process and download when aborted. */
  readonly stop: AbortSignal;
  /** Takes secrets out of what processes say. */
  readonly clean: Clean;
  /** Where commits are fetched from that the checkout does not have; null: nowhere. */
  readonly remote: Remote | null;
  /** By default the cache directory is all there is. */
  readonly carried?: CarriedCache;
}

/** Where the machine stays, its cache directory does, and whoever can write there is trusted. */
export function stayingCache(cacheDirectory: string): CarriedCache {
  return { restore: async () => {}, results: { directory: join(cacheDirectory, "results"), keeps: true, decideAlone: true } };
}

/** For one fetch of commits or contents. */
const FETCH_TIMEOUT_MS = 3 * 60_000;

/** Passed to downloads only; the lower-case spellings are what most tools read. */
const NETWORK_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"].flatMap(
  (name) => [name, name.toLowerCase()],
);

/** Builds the host. Throws nothing: what is missing (git, a proxy) is found out where it is used. */
export function createHost({
  environment,
  home,
  cacheDirectory,
  scratch,
  logger,
  progress,
  stop,
  clean,
  remote,
  carried = stayingCache(cacheDirectory),
}: HostOptions): Host {
  const surroundings: Surroundings = {
    searchPath: environment["PATH"] ?? "",
    network: pick(environment, NETWORK_VARIABLES),
    system: pick(environment, ["SYSTEMROOT"]),
    programDirectory: home,
    locksDirectory: locksDirectory(home),
    childSearchPath: childSearchPath(environment),
    dockerConfig: dockerConfig(environment),
    cacheDirectory,
    scratch,
  };
  const processes = supervisedProcesses({ stop, clean, systemRoot: environment["SYSTEMROOT"] ?? "" });
  const { searchPath, network, system } = surroundings;
  // Nobody makes this directory, so no configuration can be in it.
  const gitHome = join(scratch, "git-home");
  return {
    processes,
    git: gitAt({ searchPath, home: gitHome }),
    history: gitHistory({ searchPath, home: gitHome, scratch, processes, network, system, remote, timeoutMs: FETCH_TIMEOUT_MS }),
    downloads: httpsDownloads({ network, tlsRejectUnauthorized: environment["NODE_TLS_REJECT_UNAUTHORIZED"], stop }),
    clock: systemClock,
    logger,
    progress,
    platform: hostPlatform(),
    surroundings,
    carried,
  };
}

/** Where the user's caches are on this system: XDG on Linux, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. */
export function userCacheDirectory(environment: Environment): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "sarif-gate");
  if (process.platform === "win32") return join(environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "sarif-gate", "Cache");
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sarif-gate");
}

function hostPlatform(): Platform {
  const os = process.platform === "linux" || process.platform === "darwin" || process.platform === "win32" ? process.platform : "other";
  const arch = process.arch === "x64" || process.arch === "arm64" ? process.arch : "other";
  return { os, arch, cores: availableParallelism() };
}

/** The bundle has the locks beside it; in development they stand with the code that reads them. */
function locksDirectory(home: string): string {
  const bundled = join(home, "locks");
  return existsSync(bundled) ? bundled : join(home, "tools", "locks");
}

function pick(environment: Environment, names: readonly string[]): Record<string, string> {
  const entries = names.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined && entry[1] !== ""));
}

function childSearchPath(environment: Environment): string {
  if (process.platform !== "win32") return ["/usr/bin", "/bin"].join(delimiter);
  const root = environment["SYSTEMROOT"] ?? "C:\\Windows";
  return [join(root, "System32"), root].join(delimiter);
}

/** The private HOME of a child hides `~/.docker`, so its place is named. */
function dockerConfig(environment: Environment): string | null {
  const directory = environment["DOCKER_CONFIG"] || join(homedir(), ".docker");
  return existsSync(directory) ? directory : null;
}
