// What there is to scan: the root, its files by kind, and everything that stands in the way of looking at all of it. Reads only, follows no link, and never
// takes a directory for plain files because git cannot read it.

import { realpath, stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { ConfigError, messageOf } from "../errors.ts";
import type { Gap, Notice } from "../findings/coverage.ts";
import type { Git } from "../host/ports.ts";
import type { InfrastructureFile } from "../scanners/scanner.ts";
import { findBinaryFiles } from "./binary-files.ts";
import { findInfrastructure } from "./infrastructure.ts";
import { inventoryOfCheckout, inventoryOfWalk } from "./inventory.ts";
import { pythonSources } from "./python-sources.ts";
import { type EntryKind, treeAt } from "./tree.ts";

/** What to describe, and whom to ask about it. */
export interface WorkspaceOptions {
  /** The directory that the user named; absolute or relative to the working directory. */
  readonly path: string;
  /** Absolute directory that is the root where there is no git: the workspace of an Actions job. By default the path itself. */
  readonly workspace?: string | null;
  readonly git: Git;
  /** Whether secrets are searched for: only then is it a gap that a file is not. By default they are. */
  readonly secrets?: boolean;
}

/** A tree as it is scanned. All paths are relative to `root`, separated by `/`; all lists of paths are sorted. */
export interface Workspace {
  /** Absolute, real: the top level of the git checkout that holds the path, otherwise the workspace, or the path itself. */
  readonly root: string;
  /** The directory that is scanned; empty when it is the root. */
  readonly within: string;
  readonly source: "git" | "walk";
  /** The checked-out commit, or null without git and before the first commit. */
  readonly revision: string | null;
  /** Every regular file that can be read. */
  readonly files: readonly string[];
  readonly python: readonly string[];
  /** Files that Trivy's misconfiguration checks must look at. */
  readonly infrastructure: readonly InfrastructureFile[];
  /** Files they may look at, which is a reason to run them. */
  readonly possibleInfrastructure: readonly string[];
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
  /** Text of a regular file of at most 64 MiB (UTF-8, invalid bytes replaced), listed or not; undefined when it cannot be read. */
  readonly text: (path: string) => string | undefined;
  /** Size of a regular file in bytes; 0 for everything else. */
  readonly size: (path: string) => number;
  /** What stands at a path. A symbolic link, and what is reached through one, is not regular. */
  readonly exists: (path: string) => "file" | "missing" | "not-regular";
}

const TEXT_LIMIT_BYTES = 64 * 1024 * 1024;

/** Rejects with a ConfigError when there is no such directory, and with a GateError `workspace-unreadable` when git cannot read its own checkout. */
export async function describeWorkspace({ path, workspace = null, git, secrets = true }: WorkspaceOptions): Promise<Workspace> {
  const directory = await requireDirectory(path);
  const topLevel = await git.topLevel(directory);
  const root = topLevel ?? (await requireDirectory(workspace ?? path));
  const within = relative(root, directory).split(sep).join("/");
  const tree = treeAt(root);
  const inventory =
    topLevel === null ? inventoryOfWalk(root, within, tree) : inventoryOfCheckout(await git.files(root, within), tree, workspace !== null);
  const infrastructure = findInfrastructure(inventory.files, tree.read);
  const python = pythonSources(inventory.files, tree.head);
  const binary = secrets ? findBinaryFiles(inventory.files, python, tree.head) : { gaps: [], notices: [] };
  const empty: Gap[] =
    inventory.files.length > 0
      ? []
      : [{ path: within || ".", reason: "holds no files that could be scanned", remedy: "Name a directory with files." }];
  return {
    root,
    within,
    source: topLevel === null ? "walk" : "git",
    revision: topLevel === null ? null : await git.head(root),
    files: inventory.files,
    python,
    infrastructure: infrastructure.provable,
    possibleInfrastructure: infrastructure.possible,
    gaps: [...inventory.gaps, ...binary.gaps, ...empty],
    notices: [...inventory.notices, ...infrastructure.notices, ...binary.notices],
    text: (file) => tree.read(file, TEXT_LIMIT_BYTES)?.toString("utf8"),
    size: tree.size,
    exists: (file) => existence(tree.kind(file)),
  };
}

async function requireDirectory(path: string): Promise<string> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw new ConfigError([`The directory to scan cannot be found: ${messageOf(cause)}`]);
  });
  if (!(await stat(real)).isDirectory()) throw new ConfigError([`What is to be scanned is not a directory: ${path}`]);
  return real;
}

/** A file that cannot be read is one all the same: who asks for its text learns that. */
function existence(kind: EntryKind): "file" | "missing" | "not-regular" {
  if (kind === "file" || kind === "missing") return kind;
  return kind === "unreadable" ? "file" : "not-regular";
}
