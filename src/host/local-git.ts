// Questions to git about objects and history that need no network: answered byte for byte, however large the answer. Does not use a remote, and writes
// nothing outside of the private repository it is pointed at.

import { execFile } from "node:child_process";
import { GateError, messageOf } from "../errors.ts";
import { lastWords } from "../text/last-words.ts";
import { printable } from "../text/printable.ts";
import { findExecutable } from "./find-executable.ts";
import { isolatedEnvironment, isolationFlags } from "./git-isolation.ts";

/** Which repository is asked, and how. */
export interface GitPlace {
  /** Whose checkout it is, absolute. */
  readonly root: string;
  /** A private, empty directory. */
  readonly home: string;
  /** The repository that is asked, when it is not the one of `root`. */
  readonly gitDirectory?: string;
  /** What every process needs to start at all. */
  readonly system?: Readonly<Record<string, string>>;
  /** Without it, git is waited for. */
  readonly timeoutMs?: number;
}

/** Which git answers, and about which checkout. */
export interface LocalGitOptions extends GitPlace {
  /** PATH on which git is looked for; nothing inside `root` is taken. */
  readonly searchPath: string;
}

/** How git ended, and what it said. */
export interface GitAnswer {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Asks git, with `input` on its standard input. Rejects with a GateError `base-unavailable` when there is no answer, whatever its status. */
export type AskGit = (words: readonly string[], input?: string) => Promise<GitAnswer>;

/** Bytes of one answer: more than all contents that are read at once, with room for their headings. */
const ANSWER_LIMIT = 640 * 1024 * 1024;

/**
 * Runs the git at that absolute path, with `input` on its standard input. Rejects with an Error that says why there is no answer, whatever git's status.
 * @actions/exec is not used for it: it searches all output for lines, which took 21 s for a file of 64 MB without one, and git ends names with NUL.
 */
export async function runGit(git: string, words: readonly string[], place: GitPlace, input = ""): Promise<GitAnswer> {
  const { root, home, gitDirectory, system = {}, timeoutMs = 0 } = place;
  const directory = gitDirectory === undefined ? [] : [`--git-dir=${gitDirectory}`];
  const env = { ...isolatedEnvironment(git, home), GIT_NO_REPLACE_OBJECTS: "1", ...system };
  const options = { cwd: gitDirectory ?? root, env, timeout: timeoutMs, maxBuffer: ANSWER_LIMIT, windowsHide: true };
  return await new Promise((resolve, reject) => {
    const all = [...isolationFlags(root), ...directory, ...words];
    const child = execFile(git, all, { ...options, encoding: "buffer" }, (error, stdout, stderr) => {
      if (error === null || typeof error.code === "number")
        resolve({ status: Number(error?.code ?? 0), stdout, stderr: stderr.toString("utf8") });
      else reject(error.killed === true && timeoutMs > 0 ? new Error(`it was ended after ${timeoutMs / 1000} s`, { cause: error }) : error);
    });
    child.stdin?.on("error", () => {}); // git may end before it has read all
    child.stdin?.end(input);
  });
}

/** Builds the questioner. */
export function localGit({ searchPath, ...place }: LocalGitOptions): AskGit {
  return async (words, input) => {
    const git = gitFor(searchPath, place.root);
    return await runGit(git, words, place, input).catch((cause: unknown) => {
      throw noAnswer(words, place.root, messageOf(cause));
    });
  };
}

/** Asks, and takes a status other than 0 for no answer. */
export async function demand(ask: AskGit, root: string, words: readonly string[]): Promise<Buffer> {
  const { status, stdout, stderr } = await ask(words);
  if (status === 0) return stdout;
  throw noAnswer(words, root, lastWords(stderr) || `status ${status}`);
}

/** Absolute path of git. Throws a GateError `base-unavailable` when there is none. */
export function gitFor(searchPath: string, root: string): string {
  const git = findExecutable("git", { searchPath, notInside: root });
  if (git !== null) return git;
  throw new GateError("base-unavailable", `The history of ${root} cannot be read: no git was found on PATH`, {
    remedy: "Install git, or put its directory on PATH.",
  });
}

function noAnswer(words: readonly string[], root: string, reason: string): GateError {
  return new GateError("base-unavailable", `The history of ${root} cannot be read: git ${words[0]}: ${printable(reason, 600)}`, {
    remedy: "Run `git fsck` there to see what is wrong.",
  });
}
