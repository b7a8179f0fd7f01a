// Runs the commands of a scanner on a target, each in a private directory of its own, a few at a time.

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pLimit from "p-limit";
import type { Host } from "../host/ports.ts";
import type { Command, Installation, Part, Scanner, ScanTarget } from "../scanners/scanner.ts";
import type { EndedCommand } from "./read-report.ts";
import { runCommand } from "./run-command.ts";

/** Which of the two sides of a comparison a run looks at. */
export type Side = "head" | "base";

/** Whose commands are run, and within what limits. */
export interface CommandsOptions {
  readonly scanner: Scanner;
  readonly side: Side;
  /** On the host's monotonic clock. */
  readonly deadline: number;
  /** How many processes may run at once. */
  readonly jobs: number;
}

/** Runs all commands of a part for a target. Rejects with a ScannerError when one did not end as its scanner allows, but not before all have ended. */
export type RunCommands = (part: Part, target: ScanTarget, installation: Installation) => Promise<readonly EndedCommand[]>;

/** Returns what runs commands; all calls together keep to the limits. */
export function commandRunner({ scanner, side, deadline, jobs }: CommandsOptions, host: Host): RunCommands {
  const { scratch, childSearchPath: searchPath } = host.surroundings;
  const limit = pLimit(jobs);
  const timeLeft = () => Math.max(1, Math.round(deadline - host.clock.monotonic()));
  return async (part, target, installation) => {
    const suffix = randomBytes(8).toString("hex"); // so that no other scanner can put something there beforehand
    const directory = (index: number) => join(scratch, `${scanner.run}-${side}-${suffix}-${index}`);
    const commands = part.commands(target, { directory, installation, timeoutMs: timeLeft(), searchPath });
    const start = (command: Command, index: number): Promise<EndedCommand> =>
      runCommand(
        scanner,
        { command: withNetwork(command, scanner, target, host), directory: directory(index), root: target.root, timeoutMs: timeLeft() },
        host,
      );
    const ends = await Promise.allSettled(commands.map((command, index) => limit(start, command, index)));
    return ends.map(settledValue);
  };
}

/** The value of what was fulfilled; throws the reason of what was not. */
export function settledValue<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** Only the process that pulls an image from a registry reaches the network, and only it sees the registry's credentials. */
function withNetwork(command: Command, scanner: Scanner, target: ScanTarget, { surroundings }: Host): Command {
  if (scanner.run !== "trivy-image" || target.image?.kind !== "reference") return command;
  const credentials = surroundings.dockerConfig === null ? {} : { DOCKER_CONFIG: surroundings.dockerConfig };
  return { ...command, env: { ...command.env, ...surroundings.network, ...credentials } };
}
