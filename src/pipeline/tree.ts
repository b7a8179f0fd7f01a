// The scanned directory as everything else sees it: by paths relative to its root. Follows no symbolic link, at the end of a path or on the way, opens
// nothing but regular files, and leaves the root for no path.

import { accessSync, constants, lstatSync, type Stats } from "node:fs";
import { isAbsolute, sep } from "node:path";
import { readBytes, readRegularFile, reusedSpace, type Space } from "../host/read-regular-file.ts";

/** What stands at a path. `unreadable`: there may be something, but it cannot be looked at or opened. */
export type EntryKind = "file" | "directory" | "symlink" | "special" | "missing" | "unreadable";

/** Questions about paths relative to the root, separated by `/`. None of them throws. */
export interface Tree {
  /** What stands at a path; `symlink` also when a directory on the way is one, `missing` for every path that leaves the root. */
  readonly kind: (path: string) => EntryKind;
  /** What stands at a path, and its bytes as `size` counts them: asked at once, because each question costs another look at every file. */
  readonly entry: (path: string) => { readonly kind: EntryKind; readonly size: number };
  /** The bytes of a regular file, or undefined when it is none, cannot be read or has more than `limit` bytes. */
  readonly read: (path: string, limit: number) => Buffer | undefined;
  /** The same bytes, and when they were written last: milliseconds since 1970. In `space` they last until the next that are read into it. */
  readonly content: (path: string, limit: number, space?: Space) => { readonly bytes: Buffer; readonly written: number } | undefined;
  /** The same bytes as text: UTF-8, what is none replaced. */
  readonly text: (path: string, limit: number) => string | undefined;
  /** Size of a regular file in bytes; 0 for everything else. */
  readonly size: (path: string) => number;
  /** The first bytes of a regular file, at most `count`; undefined when it is none or cannot be read. */
  readonly head: (path: string, count: number) => Buffer | undefined;
  /** Device and inode of whatever stands at a path, equal for names of one file; null when nothing does, or only through a symbolic link. */
  readonly place: (path: string) => string | null;
}

/** Opens nothing by itself. What directories are is remembered, what files are is not. `root` is absolute and real. */
export function treeAt(root: string): Tree {
  const prefix = root.endsWith(sep) ? root : root + sep;
  const directories = new Map<string, EntryKind>([["", "directory"]]);
  const directoryKind = (path: string): EntryKind => {
    const known = directories.get(path);
    if (known !== undefined) return known;
    const above = directoryKind(folderOf(path));
    const kind = above === "directory" ? kindOf(prefix + path) : above;
    directories.set(path, kind);
    return kind;
  };
  const look = (path: string): Look => {
    if (!staysInside(path)) return "missing";
    const above = directoryKind(folderOf(path));
    if (above === "directory") return lookAt(prefix + path);
    return above === "file" || above === "special" ? "missing" : above;
  };
  const fileAt = (path: string) => fileOfLook(look(path));
  // Only a regular file is opened; whether it may be read is found out by that.
  const content: Tree["content"] = (path, limit, into) => {
    const fits = ({ size }: Stats) => size <= limit;
    const found = fileAt(path);
    // What is too large is not even opened; once it is open it is looked at again, for it may be another by then.
    if (found === null || !fits(found)) return undefined;
    return readOpened(prefix + path, (descriptor, stats) =>
      fits(stats) ? { bytes: readBytes(descriptor, stats.size, into), written: stats.mtimeMs } : undefined,
    );
  };
  const entry: Tree["entry"] = (path) => {
    const found = look(path);
    const file = fileOfLook(found);
    return { kind: file !== null && !isReadable(prefix + path) ? "unreadable" : kindOfLook(found), size: file?.size ?? 0 };
  };
  const space = reusedSpace();
  return {
    kind: (path) => entry(path).kind,
    entry,
    read: (path, limit) => content(path, limit)?.bytes,
    content,
    text: (path, limit) => content(path, limit, space)?.bytes.toString("utf8"),
    size: (path) => fileAt(path)?.size ?? 0,
    head: (path, count) =>
      fileAt(path) === null ? undefined : readOpened(prefix + path, (descriptor, { size }) => readBytes(descriptor, Math.min(size, count))),
    place: (path) => (staysInside(path) && directoryKind(folderOf(path)) === "directory" ? placeOf(prefix + path) : null),
  };
}

/** Empty for the root. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** An absolute path, a doubled slash, or a segment that is `.` or `..`. */
const DETOUR = /^\/|\/\/|(?:^|\/)\.\.?(?:\/|$)/;

/** A path that is written in any way but the shortest is not asked for by us. On Windows no path of ours has a backslash or a drive. */
function staysInside(path: string): boolean {
  const isForeign = sep !== "/" && (path.includes(sep) || isAbsolute(path));
  return path !== "" && !path.includes("\0") && !DETOUR.test(path) && !isForeign;
}

/** What the system says of something, or else what stands there. */
type Look = Stats | EntryKind;

function lookAt(absolute: string): Look {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) ?? "missing";
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "ENOTDIR" ? "missing" : "unreadable";
  }
}

/** Null for everything but a regular file. */
function fileOfLook(look: Look): Stats | null {
  return typeof look === "object" && look.isFile() ? look : null;
}

function kindOfLook(look: Look): EntryKind {
  if (typeof look === "string") return look;
  if (look.isFile()) return "file";
  if (look.isDirectory()) return "directory";
  return look.isSymbolicLink() ? "symlink" : "special";
}

/** What stands at an absolute path, whatever the directories on the way are. */
export function kindOf(absolute: string): EntryKind {
  return kindOfLook(lookAt(absolute));
}

/** Device and inode of whatever stands at an absolute path; null when nothing does. Windows numbers files with more than 53 bits. */
export function placeOf(absolute: string): string | null {
  try {
    const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
  } catch {
    return null;
  }
}

function isReadable(absolute: string): boolean {
  try {
    accessSync(absolute, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** What became unreadable since it was looked at is as good as none. */
function readOpened<Content>(absolute: string, read: (descriptor: number, stats: Stats) => Content | undefined): Content | undefined {
  try {
    return readRegularFile(absolute, read);
  } catch {
    return undefined;
  }
}
