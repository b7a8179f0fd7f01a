// Where a policy file lies and what stands in it, for everybody who reads one from disk. Below the scanned root no link is followed, so that none can make a
// file of the repository look like one outside; what a link outside leads to is as trusted as the link.

import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, relative, sep } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import { isInside } from "../host/is-inside.ts";
import { LARGEST_POLICY } from "../policy/policy-yaml.ts";
import type { Checkout } from "./checkout.ts";
import { type Tree, treeAt } from "./tree.ts";

/** Where a policy is looked for when none is named. */
export const POLICY_FILE = ".github/sarif-gate.yml";

/** The parser says of a file that it is too large, and where; this much is read so that it can. */
const READ_LIMIT_BYTES = 16 * LARGEST_POLICY;

/** A policy file that may or may not be there. */
export interface PolicyPlace {
  /** The path in `tree`, for people too; of a file outside of the root the absolute one. */
  readonly name: string;
  readonly tree: Tree;
  readonly path: string;
  /** Whether no change of the repository can reach it. */
  readonly isOutside: boolean;
}

/** Returns where a policy file (absolute) lies as seen from the scanned root. Throws a ConfigError when it lies outside and does not exist. */
export function locatePolicy(file: string, { root, tree }: Pick<Checkout, "root" | "tree">): PolicyPlace {
  const inside = (path: string): PolicyPlace => ({ name: path, tree, path, isOutside: false });
  const below = pathBelow(root, file);
  if (below !== null) return inside(below);
  const real = realPath(file);
  if (isInside(root, real)) return inside(withSlashes(relative(root, real)));
  return { name: real, tree: treeAt(dirname(real)), path: basename(real), isOutside: true };
}

/** Returns the text, or null where there is no file. Throws a ConfigError, which calls the file `name`, for what is no regular file or much too large. */
export function readPolicyFile({ name, tree, path }: PolicyPlace): string | null {
  const kind = tree.kind(path);
  if (kind === "missing") return null;
  const text = tree.text(path, READ_LIMIT_BYTES);
  if (text !== undefined) return text;
  throw new ConfigError([`The policy file ${name} is ${kind === "file" ? "too large" : `no file that can be read (${kind})`}.`]);
}

/**
 * The way from the root, however the root is spelled in `file`; null when none of its directories is the root. The file need not exist. The outermost of
 * several is the root itself: those below it are links of the repository.
 */
function pathBelow(root: string, file: string): string | null {
  const spelled = directoriesOf(file).findLast((directory) => existsSync(directory) && realpathSync(directory) === root);
  return spelled === undefined ? null : withSlashes(relative(spelled, file));
}

/** From the innermost to that of the file system. */
function directoriesOf(file: string): string[] {
  const directory = dirname(file);
  return directory === file ? [] : [directory, ...directoriesOf(directory)];
}

function withSlashes(path: string): string {
  return path.split(sep).join("/");
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch (cause) {
    throw new ConfigError([`The policy file cannot be found: ${messageOf(cause)}`], { cause });
  }
}
