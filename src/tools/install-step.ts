// Runs one program of an installation (a Python interpreter, pip, Trivy's download) with an environment of our making: a private home, and the
// network variables only where the step needs the network. Nothing of the user's environment and no configuration in their home is seen.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InstallError } from "../errors.ts";
import type { Host, ProcessEnd, ProcessExit } from "../host/ports.ts";

export interface InstallStep {
  readonly argv: readonly string[];
  /** An existing private directory; the program's working directory, home and temporary files lie in it. */
  readonly workDirectory: string;
  /** Whether it gets the proxy and certificate variables. */
  readonly network: boolean;
  readonly timeoutMs: number;
  /** PATH; by default the system's own directories. */
  readonly searchPath?: string;
}

const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** Runs the step to its end, whatever that is. */
export async function runStep(step: InstallStep, { processes, surroundings }: Host): Promise<ProcessExit> {
  const cwd = join(step.workDirectory, "cwd");
  const home = join(step.workDirectory, "home");
  const temporary = join(step.workDirectory, "tmp");
  await Promise.all([cwd, home, temporary].map((directory) => mkdir(directory, { recursive: true, mode: 0o700 })));
  return processes.run({
    argv: step.argv,
    env: {
      ...surroundings.system,
      PATH: step.searchPath ?? surroundings.childSearchPath,
      HOME: home,
      USERPROFILE: home,
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      LANG: "C.UTF-8",
      ...(step.network ? surroundings.network : {}),
    },
    cwd,
    timeoutMs: step.timeoutMs,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
  });
}

/** Runs the step and throws an InstallError that begins with `what` unless it ended with status 0. */
export async function requireStep(what: string, step: InstallStep, host: Host): Promise<void> {
  const exit = await runStep(step, host);
  if (!succeeded(exit)) throw new InstallError("install-failed", `${what} failed: ${describeExit(exit)}`);
}

export function succeeded({ end }: ProcessExit): boolean {
  return end.kind === "exited" && end.code === 0;
}

/** How the program ended and what it said, for messages. */
export function describeExit(exit: ProcessExit): string {
  const { end, lastWords: words } = exit;
  return words === "" ? `it ${describeEnd(end)}` : `it ${describeEnd(end)} and said: ${words}`;
}

function describeEnd(end: ProcessEnd): string {
  switch (end.kind) {
    case "exited":
      return `ended with status ${end.code}`;
    case "signalled":
      return `was killed by ${end.signal}`;
    case "timed-out":
      return `did not end within ${Math.round(end.timeoutMs / 1000)} s`;
    case "flooded":
      return "printed without end";
    case "interrupted":
      return "was stopped because the scan was interrupted";
    case "not-started":
      return `could not be started (${end.message})`;
  }
}
