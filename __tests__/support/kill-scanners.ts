// Kills scanners from outside, as the system does when memory runs out. Linux only.

import { readdirSync, readFileSync } from "node:fs";

/**
 * Kills the children of `parent` whose command line matches, as soon as they are seen, until the timer is cleared. Between fork and exec a child still has the
 * command line of its parent, which must not match.
 */
export function killScanners(parent: number | undefined, commandLine: RegExp): NodeJS.Timeout {
  return setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/u.test(name))) {
      try {
        const parentPid = /^PPid:\t(\d+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        if (Number(parentPid) === parent && commandLine.test(line)) process.kill(Number(pid), "SIGKILL");
      } catch {
        // The process ended between two looks.
      }
    }
  }, 5);
}
