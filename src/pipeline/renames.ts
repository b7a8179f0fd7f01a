// Which file of the head was another file at the base. A copy is no rename: the source must be gone, and one source has one target.

import type { History, TreeEntry } from "../host/ports.ts";
import { compareText } from "../text/compare-text.ts";
import { blobId, COMPARED_BYTES } from "./blob-id.ts";
import type { Tree } from "./tree.ts";

/** Both sides of a comparison: two commits and the work tree. */
export interface Sides {
  readonly history: Pick<History, "renames" | "read">;
  readonly base: string;
  readonly head: string | null;
  readonly baseTree: ReadonlyMap<string, TreeEntry>;
  readonly headTree: ReadonlyMap<string, TreeEntry>;
  /** The files that are scanned at the head. */
  readonly files: ReadonlySet<string>;
  readonly tree: Pick<Tree, "kind" | "read">;
}

/** Returns new paths with their old ones: those between the commits as git tells them, and files moved since without a change. */
export async function findRenames(sides: Sides): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const used = new Set<string>();
  for (const [to, from] of [...(await committedRenames(sides)), ...uncommittedRenames(sides)]) {
    const isGone = sides.baseTree.get(from)?.kind === "file" && sides.tree.kind(from) === "missing";
    if (!isGone || used.has(from) || found.has(to) || sides.baseTree.has(to)) continue;
    found.set(to, from);
    used.add(from);
  }
  return found;
}

async function committedRenames({ history, base, head, baseTree, headTree }: Sides): Promise<(readonly [string, string])[]> {
  if (head === null || head === base) return [];
  const deletes = [...baseTree.keys()].some((path) => !headTree.has(path));
  const adds = [...headTree.keys()].some((path) => !baseTree.has(path));
  if (!deletes || !adds) return [];
  const renames = [...(await history.renames(base, head))].filter(([to, from]) => headTree.get(to)?.kind === "file" && !headTree.has(from));
  return renames.sort(([a], [b]) => compareText(a, b));
}

/** Only a file that the checked-out commit does not have can have been moved since; what it has is for git to judge. */
function uncommittedRenames({ baseTree, headTree, files, tree }: Sides): (readonly [string, string])[] {
  const submodules = [...headTree].filter(([, { kind }]) => kind === "submodule").map(([path]) => `${path}/`);
  const isOwn = (path: string) => !submodules.some((submodule) => path.startsWith(submodule));
  const added = [...files].filter((path) => !headTree.has(path) && !baseTree.has(path) && isOwn(path));
  if (added.length === 0) return [];
  const gone = [...baseTree].filter(([path, { kind }]) => kind === "file" && !files.has(path) && tree.kind(path) === "missing");
  const byId = new Map<string, string[]>();
  for (const [path, { id }] of gone) byId.set(id, [...(byId.get(id) ?? []), path]);
  const digits = gone[0]?.[1].id.length;
  if (digits === undefined) return [];
  return added.sort(compareText).flatMap((to) => {
    const bytes = tree.read(to, COMPARED_BYTES);
    const from = bytes === undefined ? undefined : byId.get(blobId(bytes, digits))?.shift();
    return from === undefined ? [] : [[to, from] as const];
  });
}
