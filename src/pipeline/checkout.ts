// Where the scanned tree is: its root, the part of it that is looked at, and the commit that is checked out. Never takes a directory for plain files because
// git cannot read it.

import { realpath, stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import type { Git } from "../host/ports.ts";
import { type Tree, treeAt } from "./tree.ts";

/** What to find, and whom to ask about it. */
export interface CheckoutOptions {
  /** The directory that the user named; absolute or relative to the working directory. */
  readonly path: string;
  /** Absolute directory that is the root where there is no git: the workspace of an Actions job. By default the path itself. */
  readonly workspace?: string | null;
  readonly git: Git;
}

/** A directory to scan, and what git says of it. */
export interface Checkout {
  /** Absolute, real: the top level of the git checkout that holds the path, otherwise the workspace, or the path itself. */
  readonly root: string;
  /** The directory that is scanned, relative to the root; empty when it is the root. */
  readonly within: string;
  readonly source: "git" | "walk";
  /** The checked-out commit, or null without git and before the first commit. */
  readonly revision: string | null;
  /** The files of the root. */
  readonly tree: Tree;
}

/** Rejects with a ConfigError when there is no such directory, and with a GateError `workspace-unreadable` when git cannot read its own checkout. */
export async function findCheckout({ path, workspace = null, git }: CheckoutOptions): Promise<Checkout> {
  const directory = await requireDirectory(path);
  const topLevel = await git.topLevel(directory);
  const root = topLevel ?? (await requireDirectory(workspace ?? path));
  return {
    root,
    within: relative(root, directory).split(sep).join("/"),
    source: topLevel === null ? "walk" : "git",
    revision: topLevel === null ? null : await git.head(root),
    tree: treeAt(root),
  };
}

async function requireDirectory(path: string): Promise<string> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw new ConfigError([`The directory to scan cannot be found: ${messageOf(cause)}`]);
  });
  if (!(await stat(real)).isDirectory()) throw new ConfigError([`What is to be scanned is not a directory: ${path}`]);
  return real;
}
