// Sorts what was listed into files to scan, gaps and notices. Decides what counts: what had to be looked at and cannot be is a gap, what is no file of the
// project's content is a notice.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { GitFiles } from "../host/ports.ts";
import { POINTER_LIMIT_BYTES } from "./blob-id.ts";
import { findSharedPlaces } from "./shared-places.ts";
import type { EntryKind, Tree } from "./tree.ts";
import { walkTree } from "./walk-tree.ts";

/** The result: files in the order of paths; gaps and notices kind by kind, each kind in the order of paths. */
export interface Inventory {
  /** Regular files that can be read. */
  readonly files: readonly string[];
  /** Those of `files` that are small enough for a pointer of Git LFS. */
  readonly pointerSized: readonly string[];
  /** What is listed and kept out by the policy, of any kind. */
  readonly excluded: readonly string[];
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
}

/** How the listed paths are looked at. */
export interface InventoryOptions {
  readonly tree: Tree;
  /** What the policy keeps out; nothing is said of it here. */
  readonly isExcluded: (path: string) => boolean;
}

/** How many notices of one kind name their path; the rest is counted. */
const NAMED_NOTICES = 20;

const UNREADABLE = { reason: "cannot be read", remedy: "Give the user that scans permission to read it." };
const UNDECODABLE = {
  reason: "has a name that is not valid UTF-8, so nothing could be reported on it",
  remedy: "Rename it, or accept the gap in the policy.",
};
const SPARSE = { reason: "is tracked, but the sparse checkout leaves it out", remedy: "Check out the whole repository." };
const DELETED = {
  reason: "is tracked, but an earlier step of this job deleted it",
  remedy: "Scan before that step, or check the file out again.",
};
const EMPTY_SUBMODULE = {
  reason: "submodule not initialised",
  remedy: "Check out with `submodules: recursive`, or run `git submodule update --init --recursive`.",
};

/** Sorts the files of a git checkout. `fresh`: nobody works in it, so every tracked file must be there. */
export function inventoryOfCheckout(
  everything: GitFiles,
  { tree, isExcluded, fresh }: InventoryOptions & { readonly fresh: boolean },
): Inventory {
  const isIncluded = (path: string) => !isExcluded(path);
  const listing = filterListing(everything, isIncluded);
  const names = [...listing.tracked, ...listing.untracked].sort();
  const { byKind, pointerSized } = groupByKind(names, tree);
  const sparse = new Set(listing.sparse ?? []);
  // A file that a sparse checkout leaves out belongs to what is scanned, and nobody has looked at it. One that is missing without that was deleted
  // in the work tree: a normal state of a developer's machine, and the work tree, which is scanned as it is, has nothing there to look at. In a job's
  // fresh checkout nothing is deleted by habit, and what is gone was never looked at.
  const absent = byKind.missing.filter((path) => sparse.has(path));
  const deleted = [...byKind.missing.filter((path) => !sparse.has(path)), ...byKind.directory.filter((path) => !path.endsWith("/"))].sort();
  // git names a repository inside of this one, that is no submodule, like a file with a slash.
  const repositories = byKind.directory.filter((path) => path.endsWith("/"));
  return {
    files: byKind.file,
    pointerSized,
    excluded: [...everything.tracked, ...everything.untracked, ...everything.emptySubmodules].filter(isExcluded).sort(),
    gaps: [
      ...gapsAt(absent, SPARSE),
      ...gapsAt(fresh ? deleted : [], DELETED),
      ...gapsAt(listing.emptySubmodules, EMPTY_SUBMODULE),
      ...gapsAt([...byKind.unreadable, ...(listing.unreadable ?? [])], UNREADABLE),
      ...gapsAt(listing.undecodable, UNDECODABLE),
      // What is kept out can stand in the place of what is not.
      ...findSharedPlaces(everything.tracked, tree.place).filter(({ path }) => isIncluded(path)),
    ],
    notices: [
      ...noticesAt(fresh ? [] : deleted, "is tracked, but deleted in the work tree"),
      ...noticesOfKinds(byKind),
      ...noticesAt(repositories, "is a git repository of its own, not part of this one: not scanned"),
    ],
  };
}

function filterListing(listing: GitFiles, isIncluded: (path: string) => boolean): GitFiles {
  return {
    tracked: listing.tracked.filter(isIncluded),
    untracked: listing.untracked.filter(isIncluded),
    emptySubmodules: listing.emptySubmodules.filter(isIncluded),
    undecodable: listing.undecodable.filter(isIncluded),
    sparse: (listing.sparse ?? []).filter(isIncluded),
    unreadable: (listing.unreadable ?? []).filter(isIncluded),
  };
}

/** Walks the directory `within` of a root that is no git checkout, and sorts what is in it. */
export function inventoryOfWalk(root: string, within: string, { tree, isExcluded }: InventoryOptions): Inventory {
  const walk = walkTree(root, within);
  const isIncluded = (path: string) => !isExcluded(path);
  const { byKind, pointerSized } = groupByKind(walk.names.filter(isIncluded), tree);
  const unreadable = [...byKind.unreadable, ...walk.unreadable.filter(isIncluded)];
  return {
    files: byKind.file,
    pointerSized,
    excluded: walk.names.filter(isExcluded),
    gaps: [...gapsAt(unreadable, UNREADABLE), ...gapsAt(walk.undecodable.filter(isIncluded), UNDECODABLE)],
    notices: [
      ...noticesOfKinds(byKind),
      ...noticesAt(walk.virtualEnvironments, "is a virtual environment: not scanned"),
      ...noticesAt(walk.nodeModules, "holds installed packages of node: not scanned"),
    ],
  };
}

type ByKind = Readonly<Record<EntryKind, string[]>>;

function groupByKind(names: readonly string[], tree: Tree): { byKind: ByKind; pointerSized: readonly string[] } {
  const byKind: ByKind = { file: [], directory: [], symlink: [], special: [], missing: [], unreadable: [] };
  const pointerSized: string[] = [];
  for (const name of names) {
    const { kind, size } = tree.entry(name);
    byKind[kind].push(name);
    if (kind === "file" && size <= POINTER_LIMIT_BYTES) pointerSized.push(name);
  }
  return { byKind, pointerSized };
}

function noticesOfKinds({ symlink, special }: ByKind): Notice[] {
  return [
    ...noticesAt(symlink, "is a symbolic link, or reached through one: not followed"),
    ...noticesAt(special, "is neither a file nor a directory (a pipe, a socket or a device): not opened"),
  ];
}

function gapsAt(paths: readonly string[], gap: Omit<Gap, "path">): Gap[] {
  return [...paths].sort().map((path) => ({ path, ...gap }));
}

function noticesAt(paths: readonly string[], message: string): Notice[] {
  const named = paths.slice(0, NAMED_NOTICES).map((path) => ({ path: path.replace(/\/$/, ""), message }));
  const rest = paths.length - named.length;
  return rest === 0 ? named : [...named, { message: `${rest} more paths: each ${message}` }];
}
