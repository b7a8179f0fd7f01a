// The private directory of one run, and the signal that ends the run early. Supervised processes are ended by their supervisor, which listens to it.

import { existsSync, rmSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import { killOwnChildren } from "./process-group.ts";

/** Signals that ask a job or a terminal program to stop, with the exit status a shell expects of it (128 + number). */
const STOP_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Time to end in order after the first signal, milliseconds; then the process ends anyway. A runner sends a second one after 7,500, and kills after 10,000. */
const GRACE_MS = 5000;

export interface RunScope {
  /** Real path, mode 0700, empty. */
  readonly scratch: string;
  readonly stop: AbortSignal;
  /** Exit status of the signal that asked us to stop, or null. */
  readonly interruptedBy: () => number | null;
}

/**
 * Calls `body` with a private directory under `parent` and a stop signal that fires on SIGHUP, SIGINT and SIGTERM, and removes the directory whatever
 * happens, also when a second signal ends the process at once. A signal decides the exit status of the process. Rejects with a ConfigError when there is no
 * place for the directory.
 */
export async function withRunDirectory<Result>(parent: string, body: (scope: RunScope) => Promise<Result>): Promise<Result> {
  const { stop, interruptedBy, release } = listenToSignals();
  try {
    return await inDirectory(parent, (scratch) => body({ scratch, stop, interruptedBy }));
  } finally {
    release();
  }
}

const REMOVAL = { recursive: true, force: true, maxRetries: 3 } as const;

/** For when our process ends: what it asked of the file system just before may still be under way, and even make the directory again. */
function removeAtOnce(directory: string): void {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      rmSync(directory, REMOVAL);
    } catch {
      // Something was written into it meanwhile.
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    if (!existsSync(directory)) return;
  }
}

async function makeScratch(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(await realpath(parent), "sarif-gate-"));
  } catch (cause) {
    const what = `No private directory can be made in ${parent}: ${messageOf(cause)}.`;
    throw new ConfigError([`${what} Name another one with TMPDIR (on a runner, RUNNER_TEMP).`], { cause });
  }
}

async function inDirectory<Result>(parent: string, body: (scratch: string) => Promise<Result>): Promise<Result> {
  const scratch = await makeScratch(parent);
  const removeNow = () => {
    killOwnChildren();
    removeAtOnce(scratch);
  };
  process.on("exit", removeNow);
  try {
    return await body(scratch);
  } finally {
    await rm(scratch, REMOVAL);
    process.off("exit", removeNow);
  }
}

interface Signals extends Omit<RunScope, "scratch"> {
  readonly release: () => void;
}

function listenToSignals(): Signals {
  const controller = new AbortController();
  let status: number | null = null;
  const listeners = Object.entries(STOP_SIGNALS).map(([signal, exitStatus]) => {
    const listener = () => {
      if (status !== null) process.exit(status);
      status = exitStatus;
      process.exitCode = exitStatus; // whatever becomes of the work, so that nobody takes its end for a verdict
      controller.abort();
      setTimeout(() => process.exit(exitStatus), GRACE_MS).unref();
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  const release = () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
  return { stop: controller.signal, interruptedBy: () => status, release };
}
