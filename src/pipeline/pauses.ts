// Lets others have their turn during long work on bytes: an interruption first of all, and the deadlines of processes.

import { setImmediate } from "node:timers/promises";

const PAUSE_AFTER_BYTES = 8 * 1024 * 1024;

/** Returns what is to be told, and awaited, after each piece of the work: how many bytes it had. It pauses after every 8 MiB. */
export function pauses(): (bytes: number) => Promise<void> {
  let sincePause = 0;
  return async (bytes) => {
    sincePause += bytes;
    if (sincePause < PAUSE_AFTER_BYTES) return;
    sincePause = 0;
    await setImmediate();
  };
}
