// Ends a child together with everything it started, on Linux also what left the group (marked-processes.ts). Elsewhere such a process is out of reach.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { killMarked } from "./marked-processes.ts";

/** Signals to a child and its descendants. Sending to a group in which nobody is left does nothing. */
export interface ProcessGroup {
  /** Asks the members to end; on Windows, which has no such request, it ends them. */
  terminate(): void;
  /** Ends the members and, on Linux, those who left, without asking. */
  kill(): void;
}

/** What is needed to find everything a child started. */
export interface GroupOptions {
  /** Value of the mark in the child's environment. */
  readonly mark: string;
  /** `%SystemRoot%`; needed on Windows only. */
  readonly systemRoot: string;
}

/**
 * The group of a child that was spawned detached, so that its process id is the group's. On Windows the tree is ended by `taskkill`, by its absolute
 * path under `systemRoot`; there, processes whose parent has already ended cannot be found any more.
 */
export function processGroupOf(child: ChildProcess, { mark, systemRoot }: GroupOptions): ProcessGroup {
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
  const kill = () => {
    send(-pid, "SIGKILL");
    killMarked(mark);
  };
  return { terminate: () => send(-pid, "SIGTERM"), kill };
}

/** The groups that must not outlive our own process. */
export interface LivingGroups {
  readonly add: (group: ProcessGroup) => void;
  readonly remove: (group: ProcessGroup) => void;
}

/** Makes an empty set of groups that are ended when our own process ends, before other listeners remove the directories they write to. */
export function livingGroups(): LivingGroups {
  const groups = new Set<ProcessGroup>();
  const killAll = () => {
    for (const group of groups) group.kill();
  };
  return {
    add: (group) => {
      if (groups.size === 0) process.prependListener("exit", killAll);
      groups.add(group);
    },
    remove: (group) => {
      groups.delete(group);
      if (groups.size === 0) process.off("exit", killAll);
    },
  };
}

/** Ends our own children that have no group: short questions to git. Linux only; for when our process ends and cannot wait for them. */
export function killOwnChildren(): void {
  if (process.platform !== "linux") return;
  for (const pid of childrenOf(process.pid)) send(pid, "SIGKILL");
}

/** A kernel without CONFIG_PROC_CHILDREN has no such file. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A negative id is a group's. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: nobody is left. EPERM, on macOS: only members that have ended already.
  }
}
