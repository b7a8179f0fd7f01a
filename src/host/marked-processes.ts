// Finds and ends what left its process group (setsid, a double fork), by a mark in the environment that every descendant inherits. Linux only. A process
// that was started with another environment, or that hides its own, is out of reach.

import { readdirSync, readFileSync } from "node:fs";

/** Name of the variable that carries the mark. */
export const MARK_VARIABLE = "SARIF_GATE_PROCESS";

/** How long new ones are looked for, milliseconds: they may start others faster than they are ended. */
const LIMIT_MS = 2000;

/** Ends every process that carries `mark`, and looks again until there is none. Synchronous, so that it can be done while our own process ends. */
export function killMarked(mark: string): void {
  if (process.platform !== "linux") return;
  const end = performance.now() + LIMIT_MS;
  while (killOnce(`${MARK_VARIABLE}=${mark}`) && performance.now() < end);
}

/** Returns whether there was one. */
function killOnce(entry: string): boolean {
  let found = false;
  for (const name of processIds()) {
    if (!/^\d+$/.test(name) || !environmentOf(name).includes(entry)) continue;
    found = true;
    signal(Number(name));
  }
  return found;
}

/** Some sandboxes have no /proc. */
function processIds(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

/** Empty for the processes of others, and for those that have ended. */
function environmentOf(pid: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return Buffer.alloc(0);
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
