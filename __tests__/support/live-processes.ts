// Which processes are still there, asked of the system itself.

import { readdirSync, readFileSync } from "node:fs";

/** Whether a process lives; one that has ended and that nobody has reaped (no init in a container) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== "linux" || !/\) Z /.test(read(pid, "stat"));
}

/** Command lines of the living processes that have `text` in their environment or arguments, by process id. Linux only. */
export function processesWith(text: string): ReadonlyMap<number, string> {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const found = pids.filter((pid) => (read(pid, "environ") + read(pid, "cmdline")).includes(text));
  return new Map(found.map((pid) => [pid, read(pid, "cmdline").replaceAll("\0", " ").trim()]));
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
