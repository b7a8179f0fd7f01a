// Reads what is kept by file: the lines of one file of text (file-results-format.ts) by what they are about. Their contents are looked at only when they are
// asked for. A file that is damaged at its beginning, or of another environment, is refused as a whole. Nothing here throws, and nothing is written.

import { messageOf } from "../errors.ts";
import { readBytes, readRegularFile } from "../host/read-regular-file.ts";
import { systemCode } from "../tools/install-failure.ts";
import { decodeHeader, decodeLineHead, LINE_HEAD_BYTES } from "./file-results-format.ts";

/** Enough for nearly twenty million lines of Python; a file that has grown beyond twice as much is not read. */
export const STORE_LIMIT_BYTES = 64 * 1024 * 1024;

/** Which results, and when. */
export interface FileResultsPlace {
  /** Absolute path of the file. */
  readonly path: string;
  /** Digest of everything but the files that decides about results: 64 hexadecimal digits. */
  readonly environment: string;
  /** `YYYY-MM-DD` (UTC). */
  readonly day: string;
}

/** Where a line is in the bytes of its store, without its line feed. */
export interface Line {
  readonly start: number;
  readonly end: number;
}

/** The lines of a file by what they are about. */
export interface Store {
  readonly bytes: Buffer;
  /** Day of the last time it was written as a whole; null: it must be now. */
  readonly day: string | null;
  readonly files: Map<string, Line & { readonly day: string }>;
  readonly rules: Map<string, Line>;
  /** Keys of damaged lines, and the numbers of those that are none. */
  readonly damaged: Set<string | number>;
  /** Why nothing of it is used: what is to be said of "the results of earlier runs". */
  readonly refused: string | null;
}

/** What is said of results that hold for something else. */
export const FOREIGN = "they are of another scanner, interpreter or version";

const LINE_FEED = 0x0a;

/** Reads a file whole. Where there is none, the store is empty. */
export function readStore({ path, environment }: FileResultsPlace): Store {
  const store: Store = { bytes: Buffer.alloc(0), day: null, files: new Map(), rules: new Map(), damaged: new Set(), refused: null };
  const bytes = storedBytes(path);
  if (bytes === null) return store;
  if (typeof bytes === "string") return { ...store, refused: bytes };
  const end = bytes.indexOf(LINE_FEED);
  const header = decodeHeader(bytes.toString("latin1", 0, Math.min(end === -1 ? bytes.length : end, LINE_HEAD_BYTES)));
  if (header === null) return { ...store, refused: "they are damaged, or of another version" };
  if (header.environment !== environment) return { ...store, refused: FOREIGN };
  const filled: Store = { ...store, bytes, day: header.day };
  for (let start = end + 1; start < bytes.length; ) {
    const next = bytes.indexOf(LINE_FEED, start);
    const line = { start, end: next === -1 ? bytes.length : next };
    if (line.end > start) enter(filled, line);
    start = line.end + 1;
  }
  return filled;
}

/** Of two lines about the same, the last holds. */
function enter({ bytes, files, rules, damaged }: Store, line: Line): void {
  const head = decodeLineHead(bytes.toString("latin1", line.start, Math.min(line.end, line.start + LINE_HEAD_BYTES)));
  if (head === null) damaged.add(line.start);
  else if (head.kind === "rule") rules.set(head.digest, line);
  else files.set(head.key, { ...line, day: head.day });
}

/** Null when there is no file, and in words why there is none that can be used. */
function storedBytes(path: string): Buffer | string | null {
  try {
    const content = readRegularFile<Buffer | string>(path, (descriptor, { size, nlink }) => {
      if (nlink !== 1) return `the file has ${nlink} names`; // whoever has the other one can change it
      return size > 2 * STORE_LIMIT_BYTES ? "the file is larger than can be read" : readBytes(descriptor, size);
    });
    return content ?? "they are not in a regular file";
  } catch (thrown) {
    return systemCode(thrown) === "ENOENT" ? null : `they cannot be read: ${messageOf(thrown)}`;
  }
}

/** Returns the text of a line. */
export function textOf({ bytes }: Store, { start, end }: Line): string {
  return bytes.toString("utf8", start, end);
}
