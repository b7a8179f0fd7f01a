// A host for tests: every port fails when it is used, unless the test scripts it. Fake ports only; the file system is real.

import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stayingCache } from "../../src/host/node-host.ts";
import type { Host, ProcessEnd, ProcessExit, ProcessRequest } from "../../src/host/ports.ts";
import { lastWords } from "../../src/text/last-words.ts";

/** A port of which nothing is scripted: any use fails the test that made it. */
function unscripted<Port extends object>(name: string): Port {
  return new Proxy({} as Port, {
    get: (_, method) => () => {
      throw new Error(`${name}.${String(method)} was not scripted`);
    },
  });
}

/** What a fake process does: it may write files, and says how it ended. */
export type FakeProcess = (request: ProcessRequest) => Partial<ProcessExit> | Promise<Partial<ProcessExit>>;

export const EXITED: ProcessEnd = { kind: "exited", code: 0 };

export interface RecordingHost extends Host {
  readonly requests: ProcessRequest[];
  readonly lines: string[];
}

/** Builds a host whose processes are `fake`; everything it was asked and everything it logged is kept. */
export function testHost(fake?: FakeProcess, overrides: Partial<Host> = {}): RecordingHost {
  const requests: ProcessRequest[] = [];
  const lines: string[] = [];
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-host-")));
  const log = (message: string) => {
    lines.push(message);
  };
  let tick = 0;
  return {
    requests,
    lines,
    processes:
      fake === undefined
        ? unscripted("processes")
        : {
            run: async (request) => {
              requests.push(request);
              const exit = { end: EXITED, durationMs: 5, stdoutTail: "", stderrTail: "", stderrDropped: false, ...(await fake(request)) };
              return { lastWords: lastWords(exit.stderrTail || exit.stdoutTail), ...exit };
            },
          },
    git: unscripted("git"),
    history: () => unscripted("history"),
    downloads: unscripted("downloads"),
    clock: {
      now: () => new Date("2026-11-21T12:00:00Z"),
      monotonic: () => {
        tick += 10;
        return tick;
      },
      sleep: async (milliseconds) => {
        tick += milliseconds;
      },
    },
    logger: { debug: log, say: log, warn: log },
    progress: { started: (run, doing) => log(`${run}: ${doing}`), finished: (run, outcome) => log(`${run}: ${outcome}`) },
    platform: { os: "linux", arch: "x64", cores: 2 },
    surroundings: {
      searchPath: "/usr/bin:/bin",
      network: {},
      system: {},
      childSearchPath: "/usr/bin:/bin",
      dockerConfig: null,
      programDirectory: join(import.meta.dirname, "..", "..", "src"),
      locksDirectory: "/nonexistent",
      cacheDirectory: join(directory, "cache"),
      scratch: directory,
    },
    carried: stayingCache(join(directory, "cache")),
    ...overrides,
  };
}
