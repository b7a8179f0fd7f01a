// Lists the files of a directory that is not a git checkout. Follows no symbolic link, and leaves out what is not the project's own: `.git`, virtual
// environments and `node_modules`. The latter two are named, since here anybody can make a directory look like one.

import { isUtf8 } from "node:buffer";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** What a walk came across: paths relative to the root. */
export interface TreeWalk {
  /** Everything that is not a directory, whatever it is. */
  readonly names: readonly string[];
  readonly virtualEnvironments: readonly string[];
  readonly nodeModules: readonly string[];
  /** Directories that could not be listed. */
  readonly unreadable: readonly string[];
  /** Not valid UTF-8; decoded with U+FFFD, for display. */
  readonly undecodable: readonly string[];
}

/** The file at the top of every virtual environment (PEP 405). */
const VIRTUAL_ENVIRONMENT_MARK = "pyvenv.cfg";

/** Walks the tree below `within` (relative to `root`, empty for all of it), which is walked whatever it looks like; every list is sorted. */
export function walkTree(root: string, within = ""): TreeWalk {
  const walk: { readonly [List in keyof TreeWalk]: string[] } = {
    names: [],
    virtualEnvironments: [],
    nodeModules: [],
    unreadable: [],
    undecodable: [],
  };
  const waiting = [within];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const entries = list(join(root, directory));
    if (entries === undefined) {
      walk.unreadable.push(directory === "" ? "." : directory);
      continue;
    }
    const inside = directory === "" ? "" : `${directory}/`;
    if (directory !== within && entries.some(({ name }) => name.toString("utf8") === VIRTUAL_ENVIRONMENT_MARK)) {
      walk.virtualEnvironments.push(directory);
      continue;
    }
    for (const entry of entries) {
      const name = entry.name.toString("utf8");
      const path = inside + name;
      if (!isUtf8(entry.name)) walk.undecodable.push(path);
      else if (!entry.isDirectory()) walk.names.push(path);
      else if (name === "node_modules") walk.nodeModules.push(path);
      else if (name !== ".git") waiting.push(path);
    }
  }
  for (const list of Object.values(walk)) list.sort();
  return walk;
}

function list(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true, encoding: "buffer" });
  } catch {
    return undefined;
  }
}
