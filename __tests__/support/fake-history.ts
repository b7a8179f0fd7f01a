// A history without git: commits are plain trees, ids are real blob ids. Renames are those of equal content, and any that a test names.

import type { History, TreeEntry } from "../../src/host/ports.ts";
import { blobId } from "../../src/pipeline/blob-id.ts";
import type { Tree } from "../../src/pipeline/tree.ts";

/** A file's content, or what else stands at a path. */
export type FakeEntry = string | Buffer | { readonly submodule: string } | { readonly symlink: string };
export type FakeTree = Readonly<Record<string, FakeEntry>>;

export interface FakeHistory extends History {
  /** The ids that were read, in order. */
  readonly reads: string[];
}

/** Builds a history of the given commits. `similar` holds renames with other content: new path to old path. */
export function fakeHistory(
  commits: Readonly<Record<string, FakeTree>>,
  { similar = {}, digits = 40 }: { similar?: Readonly<Record<string, string>>; digits?: number } = {},
): FakeHistory {
  const reads: string[] = [];
  const trees = new Map(Object.entries(commits).map(([name, tree]) => [name, entriesOf(tree, digits)]));
  const blobs = new Map(
    Object.values(commits).flatMap((tree) =>
      Object.values(tree).flatMap((entry) => (isContent(entry) ? [[blobId(bytesOf(entry), digits), bytesOf(entry)] as const] : [])),
    ),
  );
  const tree = (commit: string) => Promise.resolve(trees.get(commit) ?? new Map<string, TreeEntry>());
  return {
    reads,
    resolve: (revision) => Promise.resolve(revision),
    parents: () => Promise.resolve([]),
    mergeBases: () => Promise.resolve([]),
    tree,
    read: (ids) => {
      reads.push(...ids);
      return Promise.resolve(new Map(ids.map((id) => [id, blobs.get(id) ?? Buffer.alloc(0)])));
    },
    renames: async (from, to) => renamesOf(await tree(from), await tree(to), similar),
  };
}

function renamesOf(
  before: ReadonlyMap<string, TreeEntry>,
  after: ReadonlyMap<string, TreeEntry>,
  similar: Readonly<Record<string, string>>,
): Map<string, string> {
  const found = new Map(Object.entries(similar).filter(([to, from]) => !before.has(to) && after.has(to) && !after.has(from)));
  const gone = [...before].filter(([path]) => !after.has(path) && ![...found.values()].includes(path));
  for (const [path, { id }] of after) {
    if (before.has(path) || found.has(path)) continue;
    const index = gone.findIndex(([, entry]) => entry.id === id);
    const [from] = index === -1 ? [] : gone.splice(index, 1);
    if (from !== undefined) found.set(path, from[0]);
  }
  return found;
}

function entriesOf(tree: FakeTree, digits: number): ReadonlyMap<string, TreeEntry> {
  return new Map(
    Object.entries(tree).map(([path, entry]): [string, TreeEntry] => {
      if (isContent(entry)) return [path, { kind: "file", id: blobId(bytesOf(entry), digits) }];
      if ("submodule" in entry) return [path, { kind: "submodule", id: entry.submodule }];
      return [path, { kind: "symlink", id: blobId(Buffer.from(entry.symlink), digits) }];
    }),
  );
}

function isContent(entry: FakeEntry): entry is string | Buffer {
  return typeof entry === "string" || Buffer.isBuffer(entry);
}

function bytesOf(entry: string | Buffer): Buffer {
  return Buffer.from(entry);
}

/** A work tree in memory: what is not named is missing. */
export function fakeWorkTree(files: Readonly<Record<string, string | Buffer>>): Pick<Tree, "kind" | "read"> & { files: string[] } {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, bytesOf(content)]));
  return {
    files: [...contents.keys()].sort(),
    kind: (path) => (contents.has(path) ? "file" : "missing"),
    read: (path, limit) => {
      const bytes = contents.get(path);
      return bytes !== undefined && bytes.length <= limit ? bytes : undefined;
    },
  };
}
