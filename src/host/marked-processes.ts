// Finds and ends what left its process group (setsid, a double fork), by a mark in the environment that every descendant inherits. Linux only. A process
// that was started with another environment, or that hides its own, is out of reach.

import { readdirSync, readFileSync } from "node:fs";

/** Name of the variable that carries the mark. */
export const MARK_VARIABLE = "SARIF_GATE_PROCESS";

/** How long new ones are looked for, milliseconds: they may start others faster than they are ended. */
const LIMIT_MS = 2000;

/**
 * Ends every process that carries `mark` and descends from the process with the id `ancestor`, and looks again until there is none. Synchronous, so that it
 * can be done while our own process ends.
 */
export function killMarked(mark: string, ancestor: number): void {
  if (process.platform !== "linux") return;
  const end = performance.now() + LIMIT_MS;
  while (killOnce(`${MARK_VARIABLE}=${mark}`, ancestor) && performance.now() < end);
}

/** Returns whether there was one. */
function killOnce(entry: string, ancestor: number): boolean {
  const least = newestProcess() >= ancestor ? ancestor : 0;
  const marked = processIds().filter((id) => id > least && environmentOf(id).includes(entry));
  for (const id of marked) signal(id);
  return marked.length > 0;
}

/** The id that was given last. While it is above a process's own, ids have not begun anew since, and all descendants have higher ones (proc_loadavg(5)). */
function newestProcess(): number {
  try {
    return Number(readFileSync("/proc/loadavg", "utf8").trim().split(" ").at(-1));
  } catch {
    return 0;
  }
}

/** Some sandboxes have no /proc. */
function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Empty for the processes of others, and for those that have ended. */
function environmentOf(pid: number): Buffer {
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
