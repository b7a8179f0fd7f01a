// Real git checkouts as actions/checkout leaves them, of a made-up repository octo/shop.

import { execFileSync } from "node:child_process";
import { makeProject } from "./run-cli.ts";
import { writeTree } from "./temporary-tree.ts";

export interface CheckedOutProject {
  readonly root: string;
  /** HEAD, 40 hexadecimal digits. */
  readonly commit: string;
}

export interface ChangedProject extends CheckedOutProject {
  /** The commit before HEAD. */
  readonly base: string;
}

/** A commit that nothing in a checkout knows. */
export const OTHER_COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** What the payloads of fixtures/events name as the base of every change. */
export const PAYLOAD_BASE = "808b31581583ba01a540ee9cce5a25dcff686a5e";

/** Commits the files and leaves HEAD detached, as a checkout of a commit does. */
export function checkOutCommit(files: Readonly<Record<string, string>>): CheckedOutProject {
  const root = makeProject(files);
  git(root, ["init", "--quiet", "--initial-branch=start"]);
  git(root, ["add", "--all"]);
  git(root, ["commit", "--quiet", "--message=The shop"]);
  git(root, ["checkout", "--quiet", "--detach"]);
  return { root, commit: git(root, ["rev-parse", "HEAD"]) };
}

/** The same, but with a branch checked out by name: HEAD names it, and it is as the remote last had it. */
export function checkOutBranch(files: Readonly<Record<string, string>>, branch: string): CheckedOutProject {
  const checkout = checkOutCommit(files);
  git(checkout.root, ["checkout", "--quiet", "-B", branch]);
  git(checkout.root, ["remote", "add", "origin", "https://github.com/octo/shop"]);
  git(checkout.root, ["update-ref", `refs/remotes/origin/${branch}`, checkout.commit]);
  return checkout;
}

/** Puts a commit with these files upon the checked-out one, so that there is a base to compare with. A branch is then as the remote has it. */
export function withChange(
  { root, commit: base }: CheckedOutProject,
  files: Readonly<Record<string, string>>,
  branch?: string,
): ChangedProject {
  writeTree(root, files);
  git(root, ["add", "--all"]);
  git(root, ["commit", "--quiet", "--allow-empty", "--message=A change"]);
  if (branch !== undefined) git(root, ["update-ref", `refs/remotes/origin/${branch}`, "HEAD"]);
  return { root, commit: git(root, ["rev-parse", "HEAD"]), base };
}

function git(root: string, words: readonly string[]): string {
  const who = ["-c", "user.name=shop", "-c", "user.email=shop@example.invalid", "-c", "commit.gpgsign=false"];
  return execFileSync("git", ["-C", root, ...who, ...words], { encoding: "utf8" }).trim();
}
