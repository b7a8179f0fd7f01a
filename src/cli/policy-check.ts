// `policy check`: every problem of a policy file with its place, or what the policy says. Scans nothing and mends nothing.

import { realpath } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { ConfigError } from "../errors.ts";
import type { Clock, Git } from "../host/ports.ts";
import { locatePolicy, POLICY_FILE, readPolicyFile } from "../pipeline/policy-file.ts";
import { treeAt } from "../pipeline/tree.ts";
import { describePolicy } from "../policy/describe-policy.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { dayOf } from "../text/day-of.ts";
import { printable } from "../text/printable.ts";

/** Which policy to check, from where, and where to say what it is. */
export interface CheckOptions {
  /** As the user gave it; null: the policy of the repository that holds the working directory. */
  readonly file: string | null;
  /** The working directory. */
  readonly directory: string;
  readonly git: Pick<Git, "topLevel">;
  readonly clock: Pick<Clock, "now">;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/**
 * Writes the problems to `writeErr`, or the account to `writeOut`, and returns whether the policy is valid. Rejects with a ConfigError for a file that a scan
 * of this directory could not read.
 */
export async function checkPolicy({ file, directory, git, clock, writeOut, writeErr }: CheckOptions): Promise<boolean> {
  const here = await realpath(directory);
  const root = (await git.topLevel(here)) ?? here;
  const name = file ?? relative(here, join(root, POLICY_FILE));
  const text = readPolicyFile({ ...locatePolicy(resolve(here, name), { root, tree: treeAt(root) }), name });
  if (text === null) throw new ConfigError([`The policy file ${name} does not exist. Name one that does: \`policy check FILE\`.`]);
  const today = dayOf(clock.now());
  const { policy, problems, saysWhatFails } = parsePolicy(text, { source: name, today, failOn: "high" });
  for (const { line, column, message } of problems) writeErr(`${printable(`${name}:${line}:${column}: ${message}`)}\n`);
  if (policy === null) return false;
  const account = describePolicy(policy, { saysWhatFails, today }).map((line) => `  ${line}`);
  for (const line of [`${name} is a valid policy:`, ...account]) writeOut(`${printable(line)}\n`);
  return true;
}
