// Finds a program on a search path. Refuses relative and empty entries, and whatever leads into the scanned tree: a pull request may add a `git` to it.

import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { isInside } from "./is-inside.ts";

/** Where to look, and where not. */
export interface ExecutableSearch {
  /** PATH, as its owner read it. */
  readonly searchPath: string;
  /** Absolute directory from which nothing is taken, neither directly nor through a link. */
  readonly notInside?: string;
}

/** Of PATHEXT only what starts without a shell: Windows runs `.cmd` and `.bat` through cmd.exe. */
const SUFFIXES = process.platform === "win32" ? [".exe", ".com"] : [""];

/** Returns the absolute path of the first executable called `name`, not resolved (a virtual environment's `python` is a link), or null. */
export function findExecutable(name: string, { searchPath, notInside }: ExecutableSearch): string | null {
  const candidates = searchPath
    .split(delimiter)
    .filter(isAbsolute)
    .flatMap((directory) => SUFFIXES.map((suffix) => join(directory, name + suffix)));
  return candidates.find((path) => isExecutable(path) && (notInside === undefined || !leadsInside(notInside, path))) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Looks at where the entry and the file really are: both may be links into the tree. */
function leadsInside(directory: string, path: string): boolean {
  const forbidden = realpathSync(directory);
  return isInside(forbidden, realpathSync(dirname(path))) || isInside(forbidden, realpathSync(path));
}
