// `policy check`: every problem of a policy file with its place, or what the policy says. Scans nothing and mends nothing.

import { lstat, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import type { Clock, Git } from "../host/ports.ts";
import { POLICY_FILE } from "../pipeline/read-policies.ts";
import { describePolicy } from "../policy/describe-policy.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { printable } from "../text/printable.ts";

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

/** Larger files are refused here; how large a policy may be the parser says. */
const READ_LIMIT_BYTES = 1024 * 1024;

/** Writes the problems to `writeErr`, or the account to `writeOut`, and returns whether the policy is valid. Rejects with a ConfigError when there is no such file. */
export async function checkPolicy({ file, directory, git, clock, writeOut, writeErr }: CheckOptions): Promise<boolean> {
  const name = file ?? (relative(directory, join((await git.topLevel(directory)) ?? directory, POLICY_FILE)) || POLICY_FILE);
  const today = clock.now().toISOString().slice(0, 10);
  const text = await readPolicyFile(name, directory);
  const { policy, problems, saysWhatFails } = parsePolicy(text, { source: name, today, failOn: "high" });
  for (const { line, column, message } of problems) writeErr(`${printable(`${name}:${line}:${column}: ${message}`)}\n`);
  if (policy === null) return false;
  const account = describePolicy(policy, { saysWhatFails, today }).map((line) => `  ${line}`);
  for (const line of [`${name} is a valid policy:`, ...account]) writeOut(`${printable(line)}\n`);
  return true;
}

/** A link is not followed, because a scan would not follow it either. */
async function readPolicyFile(name: string, directory: string): Promise<string> {
  const path = resolve(directory, name);
  try {
    const stats = await lstat(path);
    if (stats.isFile() && stats.size <= READ_LIMIT_BYTES) return await readFile(path, "utf8");
    const what = stats.isDirectory()
      ? "a directory"
      : stats.isSymbolicLink()
        ? "a symbolic link"
        : stats.isFile()
          ? "too large"
          : "no file";
    throw new ConfigError([`The policy file ${name} is ${what}. Name the file itself: \`policy check FILE\`.`]);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError([`The policy file ${name} cannot be read: ${messageOf(cause)}. Name one: \`policy check FILE\`.`], { cause });
  }
}
