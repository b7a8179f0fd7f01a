// Read-only questions to a git checkout, asked through short local git commands. Nothing here contacts a network, runs a hook, a monitor or a program
// of the repository's configuration, or lets GIT_* variables of our own environment take part. Commands that may hang do not belong here.

import { lstat, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exec } from "@actions/exec";
import { GateError, messageOf } from "../errors.ts";
import { findExecutable } from "./find-executable.ts";
import { isolatedEnvironment, isolationFlags } from "./git-isolation.ts";
import { decodeIndex, decodeNames } from "./git-listing.ts";
import { type GitAnswer, runGit } from "./local-git.ts";
import type { Git, GitFiles, PublishedBranch } from "./ports.ts";

/** Where git is, and where it finds no configuration. */
export interface GitOptions {
  /** PATH on which git is looked for; nothing inside the checkout is taken. */
  readonly searchPath: string;
  /** A private, empty directory: the user's own git configuration must not change what is scanned. */
  readonly home: string;
}

const CHECK_REMEDY = "Run `git status` there to see what is wrong; to scan the directory without git, move its `.git` away.";
const SAFE_DIRECTORY_REMEDY =
  "Update git: before version 2.38 it does not accept the `safe.directory` that it is given for this one command.";

/** Answers questions with the git on `searchPath`. Rejects with a GateError `workspace-unreadable` that quotes git. */
export function gitAt(options: GitOptions): Git {
  const ask = asking(options, runShort);
  // Listings may be long, and lines are what @actions/exec looks for in everything that it passes on.
  const list = asking(options, runGit);
  const known = new Map<string, Promise<void>>();
  // More than one wants to know where the checkout begins, and each answer takes a process.
  const requireOnce = (root: string) => {
    const required = known.get(root) ?? requireTopLevel(ask, root);
    known.set(root, required);
    return required;
  };
  return {
    topLevel: (directory) => topLevel(requireOnce, directory),
    files: (root, within) => listFiles(list, root, within),
    head: (root) => readHead(ask, root),
    branch: (root) => readBranch(ask, root),
  };
}

type Ask = (root: string, words: readonly string[]) => Promise<GitAnswer>;

type Run = (git: string, words: readonly string[], place: { readonly root: string; readonly home: string }) => Promise<GitAnswer>;

function asking({ searchPath, home }: GitOptions, run: Run): Ask {
  return async (root, words) => {
    const git = findExecutable("git", { searchPath, notInside: root });
    if (git === null) throw unreadable(root, "no git was found on PATH", "Install git, or put its directory on PATH.");
    const answer = await run(git, words, { root, home }).catch((cause: unknown) => {
      throw unreadable(root, messageOf(cause), CHECK_REMEDY);
    });
    return { ...answer, stderr: answer.stderr.trim() };
  };
}

/** For questions with answers of a few lines. */
const runShort: Run = async (git, words, { root, home }) => {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const status = await exec(`"${git}"`, [...isolationFlags(root), ...words], {
    cwd: root,
    env: isolatedEnvironment(git, home),
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: (chunk) => stdout.push(chunk), stderr: (chunk) => stderr.push(chunk) },
  });
  return { status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString("utf8") };
};

async function demand(ask: Ask, root: string, words: readonly string[]): Promise<GitAnswer> {
  const answer = await ask(root, words);
  if (answer.status === 0) return answer;
  const remedy = answer.stderr.includes("dubious ownership") ? SAFE_DIRECTORY_REMEDY : CHECK_REMEDY;
  throw unreadable(root, answer.stderr.slice(0, 1000) || `git ${words[0]} ended with status ${answer.status}`, remedy);
}

function unreadable(root: string, reason: string, remedy: string): GateError {
  return new GateError("workspace-unreadable", `The git checkout ${root} cannot be read: ${reason}`, { remedy });
}

/** The nearest directory with a `.git` is the top level, and git has to agree: it would pass over a broken one and take another further up. */
async function topLevel(require: (root: string) => Promise<void>, directory: string): Promise<string | null> {
  const holder = await nearestDotGit(await realpath(directory));
  if (holder !== null) await require(holder);
  return holder;
}

async function requireTopLevel(ask: Ask, root: string): Promise<void> {
  const { stdout } = await demand(ask, root, ["rev-parse", "--show-toplevel"]);
  const shown = stdout.toString("utf8").replace(/\r?\n$/, "");
  if ((await realpath(shown)) !== root)
    throw unreadable(root, `git does not recognise its .git and takes ${shown} for the checkout`, CHECK_REMEDY);
}

async function nearestDotGit(directory: string): Promise<string | null> {
  for (let current = directory; ; current = dirname(current)) {
    if (await hasDotGit(current)) return current;
    if (current === dirname(current)) return null;
  }
}

async function hasDotGit(directory: string): Promise<boolean> {
  try {
    await lstat(join(directory, ".git"));
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return false;
    throw unreadable(directory, messageOf(cause), "Make the directory readable for the user that scans.");
  }
}

type Lists = { readonly [Name in keyof GitFiles]-?: string[] };

async function listFiles(ask: Ask, root: string, within: string): Promise<GitFiles> {
  const lists: Lists = { tracked: [], untracked: [], emptySubmodules: [], undecodable: [], sparse: [], unreadable: [] };
  await addCheckout({ ask, root, prefix: "", within }, lists);
  for (const list of Object.values(lists)) list.sort();
  return lists;
}

interface Checkout {
  readonly ask: Ask;
  readonly root: string;
  /** Where it lies in the outermost checkout: empty, or a path that ends with a slash. */
  readonly prefix: string;
  readonly within: string;
}

async function addCheckout({ ask, root, prefix, within }: Checkout, lists: Lists): Promise<void> {
  const below = within === "" ? [] : ["--", within];
  const [staged, others] = await Promise.all([
    demand(ask, root, ["ls-files", "--stage", "-t", "-z", ...below]),
    demand(ask, root, ["ls-files", "--others", "--exclude-standard", "-z", ...below]),
  ]);
  const index = decodeIndex(staged.stdout);
  const untracked = decodeNames(others.stdout);
  const add = (list: string[], names: readonly string[]) => {
    for (const name of names) list.push(prefix + name);
  };
  add(lists.tracked, index.names);
  add(lists.sparse, index.sparse);
  add(lists.untracked, untracked.names);
  add(lists.undecodable, index.undecodable);
  add(lists.undecodable, untracked.undecodable);
  add(lists.unreadable, refusedDirectories(others.stderr));
  for (const path of index.gitlinks) await addSubmodule({ ask, root: join(root, path), prefix: `${prefix}${path}/`, within: "" }, lists);
}

/** A submodule is a checkout of its own: `ls-files --recurse-submodules` would leave out its untracked files, and say nothing of one that is empty. */
async function addSubmodule(submodule: Checkout, lists: Lists): Promise<void> {
  if (!(await hasDotGit(submodule.root))) {
    lists.emptySubmodules.push(submodule.prefix.slice(0, -1));
    return;
  }
  await requireTopLevel(submodule.ask, submodule.root);
  await addCheckout(submodule, lists);
}

/** Git passes over a directory it may not open, with a warning and status 0. */
function refusedDirectories(stderr: string): string[] {
  return [...stderr.matchAll(/^warning: could not open directory '(.*)\/': .*$/gm)].map((match) => match[1] ?? "");
}

/** Before the first commit HEAD names a branch that does not exist; everything else that has no commit is an error. */
async function readHead(ask: Ask, root: string): Promise<string | null> {
  const { status, stdout } = await ask(root, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
  if (status === 0) return stdout.toString("latin1").trim();
  const branch = await demand(ask, root, ["symbolic-ref", "HEAD"]);
  const found = await demand(ask, root, ["for-each-ref", branch.stdout.toString("utf8").trim()]);
  if (found.stdout.length === 0 && found.stderr === "") return null;
  throw unreadable(root, found.stderr || "HEAD does not lead to a commit", CHECK_REMEDY);
}

const BRANCHES = "refs/heads/";

/** A branch checked out by its name is created at the tip of what was fetched, so that both agree until somebody commits. */
async function readBranch(ask: Ask, root: string): Promise<PublishedBranch | null> {
  const words = ["symbolic-ref", "--quiet", "HEAD"];
  if ((await ask(root, words)).status === 1) return null; // detached
  const { stdout } = await demand(ask, root, words);
  const ref = stdout.toString("utf8").trim();
  if (!ref.startsWith(BRANCHES)) return null;
  const [tip, urls] = await Promise.all([
    // rev-parse would also take a tag whose name is spelled like this.
    ask(root, ["show-ref", "--verify", "--hash", `refs/remotes/origin/${ref.slice(BRANCHES.length)}`]),
    ask(root, ["config", "--null", "--get-all", "remote.origin.url"]),
  ]);
  const [remoteUrl, ...others] = urls.stdout.toString("utf8").split("\0").slice(0, -1);
  return {
    ref,
    commit: tip.status === 0 ? tip.stdout.toString("latin1").trim() : null,
    remoteUrl: others.length === 0 ? (remoteUrl ?? null) : null,
  };
}
