// Ends a child together with everything it started. A process that leaves its group on purpose (setsid) is out of reach.

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

/** Signals to a child and its descendants. Sending to a group in which nobody is left does nothing. */
export interface ProcessGroup {
  /** Asks the members to end; on Windows, which has no such request, it ends them. */
  terminate(): void;
  /** Ends the members without asking. */
  kill(): void;
}

/**
 * The group of a child that was spawned detached, so that its process id is the group's. On Windows the tree is ended by `taskkill`, by its absolute
 * path under `systemRoot`; there, processes whose parent has already ended cannot be found any more.
 */
export function processGroupOf(child: ChildProcess, systemRoot: string): ProcessGroup {
  const { pid } = child;
  if (pid === undefined) return { terminate: () => {}, kill: () => {} };
  if (process.platform === "win32") {
    const taskkill = () => {
      if (child.exitCode !== null || child.signalCode !== null) return; // its process id may be another's by now
      spawn(join(systemRoot, "System32", "taskkill.exe"), ["/PID", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true }).on(
        "error",
        () => child.kill(),
      );
    };
    return { terminate: taskkill, kill: taskkill };
  }
  return { terminate: () => signalGroup(pid, "SIGTERM"), kill: () => signalGroup(pid, "SIGKILL") };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left. EPERM, on macOS: only members that have ended already.
  }
}
