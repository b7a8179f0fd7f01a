// A host for tests of src/tools: real temporary directories, a fixed clock, and processes that a test scripts by their command line.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { InstallError } from "../../src/errors.ts";
import { stayingCache } from "../../src/host/node-host.ts";
import type { Downloads, Host, ProcessExit, ProcessRequest } from "../../src/host/ports.ts";
import { lastWords } from "../../src/text/last-words.ts";

export const NOW = new Date("2026-11-21T12:00:00Z");

export interface ToolHost extends Host {
  /** Every process that was asked for, in order. */
  readonly requests: ProcessRequest[];
  /** `level: message` of every line. */
  readonly lines: string[];
  /** `run: doing` of every start. */
  readonly progressed: string[];
}

export interface ToolHostOptions {
  /** What a process does and how it ends; the default is that none may be started. */
  readonly run?: (request: ProcessRequest) => ProcessExit | Promise<ProcessExit>;
  readonly downloads?: Downloads;
  readonly searchPath?: string;
  readonly network?: Readonly<Record<string, string>>;
  readonly cacheDirectory?: string;
  readonly now?: () => Date;
  readonly platform?: Host["platform"];
  /** Top level of the work tree around any path. */
  readonly topLevel?: string | null;
}

/** Removed after the last test of the file. */
const TEMPORARY = mkdtempSync(join(tmpdir(), "sarif-gate-tools-"));
afterAll(() => rmSync(TEMPORARY, { recursive: true, force: true }));

/** A new, empty directory. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(TEMPORARY, "d-"));
}

export function exited(code: number, output: { stdout?: string; stderr?: string } = {}): ProcessExit {
  const { stdout = "", stderr = "" } = output;
  return {
    end: { kind: "exited", code },
    durationMs: 1,
    stdoutTail: stdout,
    stderrTail: stderr,
    lastWords: lastWords(stderr || stdout),
    stderrDropped: false,
  };
}

/** Downloads that fail as they do without a network. */
export const UNREACHABLE: Downloads = {
  download: async ({ url }) => {
    throw new InstallError("download-failed", `${url} could not be downloaded: not reachable`);
  },
};

export function toolHost(options: ToolHostOptions = {}): ToolHost {
  const requests: ProcessRequest[] = [];
  const lines: string[] = [];
  const progressed: string[] = [];
  const log = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return {
    requests,
    lines,
    progressed,
    processes: {
      run: async (request) => {
        requests.push(request);
        if (options.run === undefined) throw new Error(`no process may be started: ${request.argv.join(" ")}`);
        return options.run(request);
      },
    },
    git: {
      topLevel: async () => options.topLevel ?? null,
      files: async () => ({ tracked: [], untracked: [], emptySubmodules: [], undecodable: [] }),
      head: async () => null,
      branch: async () => null,
    },
    history: (root) => {
      throw new Error(`no history may be asked for: ${root}`);
    },
    downloads: options.downloads ?? UNREACHABLE,
    clock: { now: options.now ?? (() => NOW), monotonic: () => 0, sleep: async () => undefined },
    logger: { debug: log("debug"), say: log("say"), warn: log("warn") },
    progress: { started: (run, doing) => void progressed.push(`${run}: ${doing}`), finished: () => undefined },
    platform: options.platform ?? { os: "linux", arch: "x64", cores: 2 },
    surroundings: {
      searchPath: options.searchPath ?? "",
      network: options.network ?? {},
      system: {},
      programDirectory: join(import.meta.dirname, "..", "..", "src"),
      locksDirectory: join(import.meta.dirname, "..", "..", "src", "tools", "locks"),
      childSearchPath: "/usr/bin:/bin",
      dockerConfig: null,
      cacheDirectory: options.cacheDirectory ?? join(temporaryDirectory(), "cache"),
      scratch: temporaryDirectory(),
    },
    carried: stayingCache(options.cacheDirectory ?? join(temporaryDirectory(), "cache")),
  };
}
