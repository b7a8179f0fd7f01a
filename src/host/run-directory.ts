// The private directory of one run, and the signal that ends the run early.

import { mkdtemp, realpath, rm } from "node:fs/promises";
import { join } from "node:path";

/** Signals that ask a job or a terminal program to stop, with the exit status a shell expects of it (128 + number). */
const STOP_SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Time to end in order after the first signal, milliseconds; then the process ends anyway. */
const GRACE_MS = 15_000;

export interface RunScope {
  /** Real path, mode 0700, empty. */
  readonly scratch: string;
  readonly stop: AbortSignal;
  /** Exit status of the signal that asked us to stop, or null. */
  readonly interruptedBy: () => number | null;
}

/**
 * Calls `body` with a private directory under `parent` and a stop signal that fires on SIGINT and SIGTERM, and removes the directory whatever happens.
 * A second signal ends the process at once.
 */
export async function withRunDirectory<Result>(parent: string, body: (scope: RunScope) => Promise<Result>): Promise<Result> {
  const scratch = await mkdtemp(join(await realpath(parent), "sarif-gate-"));
  const controller = new AbortController();
  let status: number | null = null;
  const listeners = Object.entries(STOP_SIGNALS).map(([signal, exitStatus]) => {
    const listener = () => {
      if (status !== null) process.exit(status);
      status = exitStatus;
      controller.abort();
      setTimeout(() => process.exit(exitStatus), GRACE_MS).unref();
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  try {
    return await body({ scratch, stop: controller.signal, interruptedBy: () => status });
  } finally {
    for (const { signal, listener } of listeners) process.off(signal, listener);
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
