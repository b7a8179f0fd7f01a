// What git prints about trees and objects, taken apart byte by byte. A name that is not UTF-8 is left out, never guessed; a record of another shape is an
// error, never skipped.

import { isUtf8 } from "node:buffer";
import type { TreeEntry } from "./ports.ts";

/** Modes of tree entries (https://git-scm.com/docs/index-format): a link and a submodule; all others of a recursive listing are files. */
const KINDS: ReadonlyMap<string, TreeEntry["kind"]> = new Map([
  ["120000", "symlink"],
  ["160000", "submodule"],
]);
/** 100664 is in histories that very old versions of git wrote. */
const FILE_MODES: ReadonlySet<string> = new Set(["100644", "100755", "100664"]);

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Returns whether text is a full object id, of either hash function. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}

/** Decodes `git ls-tree -r -z`: `<mode> <type> <object>TAB<name>NUL`. Throws an Error at a record of another shape. */
export function decodeTree(output: Buffer): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  for (const record of fieldsOf(output)) {
    const tab = record.indexOf("\t");
    const [mode = "", , id = ""] = record.toString("latin1", 0, Math.max(tab, 0)).split(" ");
    const kind = FILE_MODES.has(mode) ? "file" : KINDS.get(mode);
    if (kind === undefined || !isObjectId(id)) throw unexpected("ls-tree", record);
    const name = record.subarray(tab + 1);
    if (isUtf8(name)) entries.set(name.toString("utf8"), { kind, id });
  }
  return entries;
}

/** Decodes `git diff-tree -z --name-status --diff-filter=R`, `R<score>NUL<old>NUL<new>NUL`, to new name -> old name. Throws an Error at another shape. */
export function decodeRenames(output: Buffer): Map<string, string> {
  const renames = new Map<string, string>();
  const fields = [...fieldsOf(output)];
  for (let at = 0; at < fields.length; at += 3) {
    const [status, before, after] = fields.slice(at, at + 3);
    if (!status?.toString("latin1").startsWith("R") || before === undefined || after === undefined)
      throw unexpected("diff-tree", status ?? output);
    if (isUtf8(before) && isUtf8(after)) renames.set(after.toString("utf8"), before.toString("utf8"));
  }
  return renames;
}

/** Decodes the ids of a raw commit object's parents, in order. */
export function decodeParents(commit: Buffer): string[] {
  const end = commit.indexOf("\n\n");
  const heading = commit.toString("latin1", 0, end === -1 ? commit.length : end);
  return heading.split("\n").flatMap((line) => (line.startsWith("parent ") ? [line.slice("parent ".length)] : []));
}

/** Decodes `git cat-file --batch-check`: `<id> <type> <size>` or `<id> missing`, to sizes in bytes, null where missing. Throws an Error at what is no file. */
export function decodeSizes(output: Buffer): Map<string, number | null> {
  const sizes = new Map<string, number | null>();
  for (const line of output.toString("latin1").split("\n").slice(0, -1)) {
    const [id = "", type, size] = line.split(" ");
    if (type === "missing") sizes.set(id, null);
    else if (type === "blob" && isCount(size)) sizes.set(id, Number(size));
    else throw unexpected("cat-file", Buffer.from(line));
  }
  return sizes;
}

/** Decodes `git cat-file --batch`: `<id> blob <size>LF<content>LF`. Throws an Error at another shape, or a content that is cut. */
export function decodeContents(output: Buffer): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf("\n", at);
    const [id = "", type, size] = output.toString("latin1", at, Math.max(end, at)).split(" ");
    const start = end + 1;
    at = start + Number(size) + 1;
    if (type !== "blob" || !isCount(size) || at > output.length) throw unexpected("cat-file", output.subarray(Math.max(end - 80, 0), end));
    contents.set(id, output.subarray(start, at - 1));
  }
  return contents;
}

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,15}$/.test(text);
}

function* fieldsOf(output: Buffer): Generator<Buffer> {
  let start = 0;
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, start)) {
    yield output.subarray(start, end);
    start = end + 1;
  }
}

function unexpected(command: string, record: Buffer): Error {
  return new Error(`unexpected output of git ${command}: ${JSON.stringify(record.toString("latin1", 0, 80))}`);
}
