// Scans in this process with the real scanners and a cache of a test's own, so that a test sees which processes are started and what is kept. Not for vitest
// alone: a child process that may write little runs it as well.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BaseRequest } from "../../src/config/base-request.ts";
import type { Config } from "../../src/config/config.ts";
import { createHost } from "../../src/host/node-host.ts";
import type { Host } from "../../src/host/ports.ts";
import { scan } from "../../src/pipeline/scan.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";

const SOURCES = join(import.meta.dirname, "..", "..", "src");

const CONFIG: Omit<Config, "path" | "scanners" | "useCache"> = {
  workspace: null,
  failOn: null,
  scope: "auto",
  baseRevision: null,
  policyFile: null,
  category: "",
  upload: "never",
  waitForProcessing: false,
  image: null,
  safetyDatabase: null,
  trivyDatabase: null,
  trivyDatabaseRepositories: [],
  python: null,
  pythonIndexUrl: null,
  offline: true,
  timeoutMs: 300_000,
  maxDatabaseAgeDays: { safety: null, trivy: null },
  jobs: 2,
};
const ALONE: BaseRequest = { kind: "none", because: "there is nothing to compare with" };

type Run = Host["processes"]["run"];

export interface CachedScan {
  readonly config: Partial<Config> & Pick<Config, "path" | "scanners">;
  readonly cache: string;
  /** For what is removed after the test. */
  readonly scratch: string;
  readonly request?: BaseRequest;
  /** Text of the program that is running: another one is another version. */
  readonly program?: string;
  /** What is done around each process. */
  readonly around?: (run: Run) => Run;
}

/** The host of a scan with this cache. Its program is a file of one line: somebody may be writing the sources while they are tested. */
export function hostWithCache({ cache, scratch, program = "run()" }: Pick<CachedScan, "cache" | "scratch" | "program">): Host {
  const log = { debug: () => {}, say: () => {}, warn: () => {}, started: () => {}, finished: () => {} };
  const host = createHost({
    environment: { PATH: process.env["PATH"] },
    home: SOURCES,
    cacheDirectory: cache,
    scratch: mkdtempSync(join(scratch, "run-")),
    logger: log,
    progress: log,
    stop: new AbortController().signal,
    clean: (text) => text,
    remote: null,
  });
  const programDirectory = mkdtempSync(join(scratch, "program-"));
  writeFileSync(join(programDirectory, "cli.js"), program);
  return { ...host, surroundings: { ...host.surroundings, programDirectory } };
}

export async function scanWithCache(options: CachedScan): Promise<ScanReport> {
  const { config, cache, request = ALONE, around = (run) => run } = options;
  mkdirSync(cache, { recursive: true });
  const host = hostWithCache(options);
  const processes = { run: around((process) => host.processes.run(process)) };
  const { report } = await scan({ ...CONFIG, useCache: true, ...config }, () => request, { ...host, processes });
  return report;
}

const OF_CACHE = /^(?:\d+ results of earlier runs|The results of (?:earlier runs|this run)|The kept reports|The reports of this run) /u;

/** All that a report says of the tree, but for how it came to be said. */
export function saidBy({ startedAt: _, durationMs: __, ...report }: ScanReport) {
  const runs = report.runs.map((run) => {
    if (run.status !== "completed") throw new Error(`the run ${run.status}`);
    const { cached: _, ...coverage } = run.coverage;
    return { ...run, coverage, durationMs: 0, notices: run.notices.filter(({ message }) => !OF_CACHE.test(message)) };
  });
  return { ...report, runs };
}

/** What a report says of the cache. */
export function saidOfCache({ runs }: ScanReport): string[] {
  return runs.flatMap(({ notices }) => notices.map(({ message }) => message)).filter((message) => OF_CACHE.test(message));
}
