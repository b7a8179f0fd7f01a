// Writes the files of the base that must be scanned into a private directory, under the names they have there. Nothing leaves the directory: names that
// would are refused, and what is written are plain files.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GateError, messageOf, WITHOUT_COMPARISON } from "../errors.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { History } from "../host/ports.ts";
import type { ScanTarget } from "../scanners/scanner.ts";
import type { BaseNeed } from "./base-target.ts";
import { COMPARED_BYTES } from "./blob-id.ts";
import type { Change } from "./change.ts";
import { findInfrastructure } from "./infrastructure.ts";
import { pythonSources } from "./python-sources.ts";
import { type Tree, treeAt } from "./tree.ts";

/** What of the base is needed, where it comes from and where it goes. */
export interface MaterialiseOptions {
  readonly needs: ReadonlyMap<RunId, BaseNeed>;
  readonly change: Change;
  readonly history: Pick<History, "read">;
  /** The work tree: files that are the same are taken from it. */
  readonly tree: Pick<Tree, "read">;
  /** Absolute and real; its parent exists, it does not. */
  readonly directory: string;
}

const TEXT_LIMIT_BYTES = 64 * 1024 * 1024;

/** Returns a target for each run. Rejects with a GateError `base-unavailable` when contents cannot be had or a name is not one for a file. */
export async function materialiseBase(options: MaterialiseOptions): Promise<ReadonlyMap<RunId, ScanTarget>> {
  const { needs, directory } = options;
  const files = [...new Set([...needs.values()].flatMap((need) => need.files))];
  for (const path of files) requireConfined(path);
  const contents = await contentsOf(files, options);
  await write(directory, contents);
  const tree = treeAt(directory);
  return new Map([...needs].map(([run, need]) => [run, targetOf({ run, need, tree, directory })]));
}

/** Two names that differ in upper and lower case only cannot both be written everywhere. */
async function write(directory: string, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
    for (const [path, bytes] of contents) {
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, bytes, { flag: "wx", mode: 0o600 });
    }
  } catch (cause) {
    throw unavailable(`A file of the base cannot be written: ${messageOf(cause)}`, cause);
  }
}

async function contentsOf(files: readonly string[], { change, history, tree }: MaterialiseOptions): Promise<Map<string, Buffer>> {
  const ofHead = (path: string): Buffer | undefined => {
    const headPath = change.headPath(path);
    return headPath !== null && change.isSame(headPath) ? tree.read(headPath, COMPARED_BYTES) : undefined;
  };
  const contents = new Map<string, Buffer>();
  const ids = new Map<string, string>();
  for (const path of files) {
    const bytes = ofHead(path);
    const id = change.baseFile(path)?.id ?? null;
    if (bytes !== undefined) contents.set(path, bytes);
    else if (id !== null) ids.set(path, id);
  }
  const blobs = ids.size === 0 ? new Map<string, Buffer>() : await history.read([...new Set(ids.values())]);
  for (const [path, id] of ids) {
    const bytes = blobs.get(id);
    if (bytes === undefined) throw unavailable(`The base's content of ${path} is missing.`);
    contents.set(path, bytes);
  }
  return contents;
}

interface TargetOptions {
  readonly run: RunId;
  readonly need: BaseNeed;
  readonly tree: Tree;
  readonly directory: string;
}

/** A file is what its own name makes of it: what nobody would have looked at in the base has no findings there. */
function targetOf({ run, need, tree, directory }: TargetOptions): ScanTarget {
  const { files, pins } = need;
  const infrastructure = findInfrastructure(files, tree.read);
  return {
    root: directory,
    files,
    python: run === "bandit" ? pythonSources(files, tree.head) : [],
    pins,
    infrastructure: infrastructure.provable,
    possibleInfrastructure: infrastructure.possible,
    image: null,
    text: (path) => tree.text(path, TEXT_LIMIT_BYTES),
    size: tree.size,
  };
}

/** git refuses such names, but a tree object can be made without it. */
function requireConfined(path: string): void {
  const parts = path.split(/[/\\]/);
  const isOdd = parts.some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git");
  if (isOdd || path.includes("\0") || /^[A-Za-z]:/.test(path))
    throw unavailable(`The base has a file with a name that is none: ${JSON.stringify(path)}`);
}

function unavailable(message: string, cause?: unknown): GateError {
  return new GateError("base-unavailable", message, { remedy: WITHOUT_COMPARISON, cause });
}
