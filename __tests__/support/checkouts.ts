// Real git checkouts as actions/checkout leaves them, of a made-up repository octo/shop.

import { execFileSync } from "node:child_process";
import { makeProject } from "./run-cli.ts";

export interface CheckedOutProject {
  readonly root: string;
  /** HEAD, 40 hexadecimal digits. */
  readonly commit: string;
}

/** A commit that nothing in a checkout knows. */
export const OTHER_COMMIT = "0123456789abcdef0123456789abcdef01234567";

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

function git(root: string, words: readonly string[]): string {
  const who = ["-c", "user.name=shop", "-c", "user.email=shop@example.invalid", "-c", "commit.gpgsign=false"];
  return execFileSync("git", ["-C", root, ...who, ...words], { encoding: "utf8" }).trim();
}
