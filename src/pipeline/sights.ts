// How files look to a scanner that judges each by itself: what is equal here gets an equal result. Reads every file, and believes no time or size instead.

import { hash } from "node:crypto";
import { statSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { reusedSpace } from "../host/read-regular-file.ts";
import { pauses } from "./pauses.ts";
import { treeAt } from "./tree.ts";

/** Larger files are scanned every time. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** How a file looked once. */
export interface Sight {
  /** Digest of everything that the scanner can see: its bytes, its path, and the packages it lies in. */
  readonly key: string;
  /** Time of the last write: one who changes a file and changes it back leaves another. */
  readonly written: number;
}

/** Looks at files below `root`, pausing now and then. A file that cannot be read has no sight. */
export type SightsOf = (root: string, files: Iterable<string>) => Promise<Map<string, Sight>>;

/** As they are at this moment; what is a package is asked once. */
export const sightsOf: SightsOf = (root, files) => lookAt(root, files, new Map());

/** As they were when they were first asked for: several runs that begin together read each file once. */
export function firstSights(): SightsOf {
  const known = new Map<string, Map<string, Sight | null>>();
  return (root, files) => {
    const seen = known.get(root) ?? new Map<string, Sight | null>();
    known.set(root, seen);
    return lookAt(root, files, seen);
  };
}

/** What is in `seen` is not looked at again; null stands for what cannot be read. */
async function lookAt(root: string, files: Iterable<string>, seen: Map<string, Sight | null>): Promise<Map<string, Sight>> {
  const tree = treeAt(root);
  const packages = packagesIn(root);
  const space = reusedSpace();
  const pause = pauses();
  const sights = new Map<string, Sight>();
  for (const file of files) {
    if (!seen.has(file)) {
      const content = tree.content(file, LIMIT_BYTES, space);
      seen.set(file, content === undefined ? null : { key: keyOf(file, packages, content.bytes), written: content.written });
      await pause(content?.bytes.length ?? 0);
    }
    const sight = seen.get(file);
    if (sight) sights.set(file, sight);
  }
  return sights;
}

function keyOf(file: string, packages: PackagesOf, bytes: Buffer): string {
  return hash("sha256", JSON.stringify([file, packages(posix.dirname(file)), hash("sha256", bytes)]));
}

type PackagesOf = (directory: string) => readonly string[];

/**
 * Returns the names of the packages that a directory is, or is in, the innermost first: Bandit derives the name of a module from them, also above the root
 * (bandit/core/utils.py, get_module_qualname_from_path).
 */
function packagesIn(root: string): PackagesOf {
  const known = new Map<string, readonly string[]>();
  const packages = (directory: string): readonly string[] => {
    const names = known.get(directory) ?? (isPackage(directory) ? [basename(directory), ...packages(dirname(directory))] : []);
    known.set(directory, names);
    return names;
  };
  return (directory) => packages(join(root, directory));
}

/** As Bandit asks: not of the root of the file system, and what cannot be looked at is none. */
function isPackage(directory: string): boolean {
  try {
    return dirname(directory) !== directory && statSync(join(directory, "__init__.py"), { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
