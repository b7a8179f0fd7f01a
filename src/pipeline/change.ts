// What differs between the base commit and the work tree, which may hold what no commit does. Contents are compared by blob id, file by file and only when
// asked for, so nothing of the base is read for a file that is the same.

import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { History, TreeEntry } from "../host/ports.ts";
import type { Exists } from "../manifests/resolve-include.ts";
import { COMPARED_BYTES, isBlob, pointedSha256 } from "./blob-id.ts";
import { foldersOf } from "./folders-of.ts";
import { findRenames, type Sides } from "./renames.ts";
import type { Tree } from "./tree.ts";

/** A file of the base. `id` is null below a submodule that is at the same commit on both sides: its files are those of the head. */
export interface BaseFile {
  readonly path: string;
  readonly id: string | null;
}

/** The base seen from the head. Paths are relative to the root. */
export interface Change {
  /** Every regular file of the base, sorted; those of a submodule only where it is at the same commit at the head. */
  readonly basePaths: readonly string[];
  /** The file of the base at a path, or null when there is none. */
  readonly baseFile: (basePath: string) => BaseFile | null;
  /** What stands at a path of the base. */
  readonly existsAtBase: Exists;
  /** What a path of the head was at the base, under the same name or the one it was renamed from; null when it was not there. */
  readonly counterpart: (path: string) => BaseFile | null;
  /** Where a file of the base is at the head; null when it was deleted. */
  readonly headPath: (basePath: string) => string | null;
  /** Whether a path, scanned or not, has the content of its counterpart. What is missing from the work tree is compared as the two commits have it. */
  readonly isSame: (path: string) => boolean;
  /** Paths below a folder (`.github/workflows/`) that were added, modified, renamed or deleted, sorted. */
  readonly changedBelow: (folder: string) => readonly string[];
}

/** Both sides, and how to read them. */
export interface ChangeOptions {
  readonly history: Pick<History, "tree" | "renames" | "read">;
  /** The commit that is compared with. */
  readonly base: string;
  /** The commit that is checked out, or null before the first one. */
  readonly head: string | null;
  /** The files that are scanned at the head. */
  readonly files: readonly string[];
  readonly tree: Pick<Tree, "kind" | "read">;
  /** Whether a file of the base would have been scanned there. */
  readonly wasInScan: (basePath: string) => boolean;
}

/** Rejects with a GateError `base-unavailable` when the history cannot answer. */
export async function describeChange(options: ChangeOptions): Promise<Change> {
  const { history, base, head, files, tree, wasInScan } = options;
  const baseTree = await history.tree(base);
  const headTree = head === null ? new Map<string, TreeEntry>() : head === base ? baseTree : await history.tree(head);
  const sides: Sides = { ...options, files: new Set(files), baseTree, headTree };
  const renames = await findRenames(sides);
  // Who moves a file into the scan brings it there: where nobody looked, nothing is old.
  const sources = new Map([...renames].filter(([, from]) => wasInScan(from)));
  const targets = new Map([...sources].map(([to, from]) => [from, to]));
  const isInSubmodule = inSameSubmodule(sides);
  const baseFile = (path: string): BaseFile | null => {
    if (isInSubmodule(path)) return { path, id: null };
    const entry = baseTree.get(path);
    return entry?.kind === "file" ? { path, id: entry.id } : null;
  };
  const counterpart = (path: string) => baseFile(path) ?? baseFile(sources.get(path) ?? "");
  const isThere = (path: string) => sides.files.has(path) || headTree.has(path) || tree.kind(path) !== "missing";
  const isSame = await sameness(sides, { counterpart, isInSubmodule });
  const own = [...baseTree].filter(([, { kind }]) => kind === "file").map(([path]) => path);
  return {
    basePaths: [...own, ...files.filter(isInSubmodule)].sort(),
    baseFile,
    existsAtBase: existsIn(sides, isInSubmodule),
    counterpart,
    headPath: (path) => targets.get(path) ?? (isThere(path) ? path : null),
    isSame,
    changedBelow: (folder) => {
      const paths = new Set([...baseTree.keys(), ...headTree.keys(), ...files].filter((path) => path.startsWith(folder)));
      return [...paths].filter((path) => !isSame(path) || sources.has(path)).sort();
    },
  };
}

/** Returns what a path of the head was called at the base; its own name where it was not there. */
export function nameAtBase({ counterpart }: Pick<Change, "counterpart">, path: string): string {
  return counterpart(path)?.path ?? path;
}

type OfPath<Answer> = (path: string) => Answer;

/** Whether a path is, or lies in, a submodule that both commits have at the same commit. */
function inSameSubmodule({ baseTree, headTree }: Sides): OfPath<boolean> {
  const same = [...baseTree]
    .filter(([path, { kind, id }]) => kind === "submodule" && headTree.get(path)?.kind === "submodule" && headTree.get(path)?.id === id)
    .map(([path]) => path);
  return (path) => same.some((submodule) => path === submodule || path.startsWith(`${submodule}/`));
}

/** Answers are kept: every finding of a file asks again. */
async function sameness(
  sides: Sides,
  { counterpart, isInSubmodule }: { counterpart: OfPath<BaseFile | null>; isInSubmodule: OfPath<boolean> },
): Promise<OfPath<boolean>> {
  const { baseTree, headTree, tree } = sides;
  const pointers = await readPointers(sides, counterpart);
  const known = new Map<string, boolean>();
  const compare = (path: string): boolean => {
    if (isInSubmodule(path)) return true;
    const base = counterpart(path);
    const bytes = tree.read(path, COMPARED_BYTES);
    if (bytes !== undefined) return base?.id != null && hasContent(bytes, base.id, pointers);
    if (tree.kind(path) === "file") return false; // it cannot be read, or is larger than what is compared
    const [was, is] = [baseTree.get(base?.path ?? path), headTree.get(path)];
    return was !== undefined && was.kind === is?.kind && was.id === is.id;
  };
  return (path) => {
    const same = known.get(path) ?? compare(path);
    known.set(path, same);
    return same;
  };
}

function hasContent(bytes: Buffer, id: string, pointers: ReadonlyMap<string, string>): boolean {
  const pointed = pointers.get(id);
  return isBlob(bytes, id) || (pointed !== undefined && createHash("sha256").update(bytes).digest("hex") === pointed);
}

/** What the base's pointers of Git LFS stand for, by blob id. Only files that no commit changed, and that differ all the same, can hold what one points to. */
async function readPointers({ history, files, tree, headTree }: Sides, counterpart: OfPath<BaseFile | null>): Promise<Map<string, string>> {
  const attributes = [...headTree.keys()].filter((path) => posix.basename(path) === ".gitattributes");
  if (!attributes.some((path) => tree.read(path, COMPARED_BYTES)?.includes("filter=lfs"))) return new Map();
  const ids = [...files].flatMap((path) => {
    const id = counterpart(path)?.id;
    if (id == null || headTree.get(path)?.id !== id) return [];
    const bytes = tree.read(path, COMPARED_BYTES);
    return bytes === undefined || isBlob(bytes, id) ? [] : [id];
  });
  if (ids.length === 0) return new Map();
  const blobs = await history.read([...new Set(ids)]);
  return new Map(
    [...blobs].flatMap(([id, blob]) => {
      const pointed = pointedSha256(blob);
      return pointed === null ? [] : [[id, pointed] as const];
    }),
  );
}

/** As the work tree answers: a directory, a link and what is reached through one are not regular. */
function existsIn({ baseTree, files }: Sides, isInSubmodule: OfPath<boolean>): Exists {
  const folders = new Set([...baseTree.keys()].flatMap(foldersOf));
  return (path) => {
    if (isInSubmodule(path)) return files.has(path) ? "file" : "missing";
    const entry = baseTree.get(path);
    if (entry !== undefined) return entry.kind === "file" ? "file" : "not-regular";
    if (foldersOf(path).some((folder) => baseTree.get(folder)?.kind === "symlink")) return "not-regular";
    return folders.has(path) ? "not-regular" : "missing";
  };
}
