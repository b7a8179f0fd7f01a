// Which files Trivy's search for secrets passes over because it takes them for binary (measured with Trivy 0.74). One that is text all the same is a gap:
// a single control character hides every secret in it. Real binaries are only counted.

import type { Gap, Notice } from "../findings/coverage.ts";
import { nameSome } from "./name-some.ts";

/** How many of its first bytes make Trivy take a file for binary. */
const JUDGED_BYTES = 300;

/** How much of such a file is looked at to tell whether it is text. */
const TEXT_BYTES = 8 * 1024;

/** Trivy searches no smaller file: there is no room for a secret. */
const SMALLEST_BYTES = 10;

type Head = (path: string, count: number) => Buffer | undefined;

/** Looks at `files` in their order; one of `python` is source whatever is in it. `head` reads the first bytes of a file. */
export function findBinaryFiles(files: readonly string[], python: readonly string[], head: Head): { gaps: Gap[]; notices: Notice[] } {
  const source = new Set(python);
  const gaps: Gap[] = [];
  const binary: string[] = [];
  for (const path of files) {
    if (path.endsWith(".pyc")) continue; // searched, as the one kind of binary
    const first = head(path, JUDGED_BYTES);
    if (first === undefined || first.length < SMALLEST_BYTES) continue;
    const index = firstControl(first);
    const encoding = utf16Of(first);
    if (index === -1 && encoding === null) continue;
    const start = head(path, TEXT_BYTES) ?? first;
    if (encoding !== null && isText(start, encoding)) gaps.push({ path, ...UTF16 });
    else if (index !== -1 && (source.has(path) || isText(start, "utf-8"))) gaps.push({ path, ...controlAt(index) });
    else if (index !== -1) binary.push(path);
  }
  return { gaps, notices: binary.length === 0 ? [] : [noticeOf(binary)] };
}

const UTF16 = { reason: "is UTF-16 text, in which Trivy finds no secrets", remedy: "Store it as UTF-8." };

function controlAt(index: number): Omit<Gap, "path"> {
  return {
    reason: `a control character at byte ${index + 1} makes Trivy take it for binary, so it is not searched for secrets`,
    remedy: "Remove the character.",
  };
}

function noticeOf(paths: readonly string[]): Notice {
  const files = paths.length === 1 ? "1 file that Trivy takes for binary is" : `${paths.length} files that Trivy takes for binary are`;
  return { message: `${files} not searched for secrets (${nameSome(paths)})` };
}

/** Index of the first control character that matters, or -1. A loop, because a function for each byte of a large tree takes ten times as long. */
function firstControl(bytes: Buffer): number {
  let index = 0;
  for (const byte of bytes) {
    if (isControl(byte)) return index;
    index += 1;
  }
  return -1;
}

/** All control characters but bell, backspace, tab, line feed, form feed, carriage return and escape. */
function isControl(byte: number): boolean {
  return byte < 7 || byte === 11 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32) || byte === 127;
}

/** The encoding that the byte order mark of UTF-16 tells, or null without one. */
export function utf16Of(bytes: Buffer): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : null;
}

/** Whether the start of a file, which may end amid a character, is valid text without NUL. */
function isText(start: Buffer, encoding: "utf-8" | "utf-16le" | "utf-16be"): boolean {
  try {
    return !new TextDecoder(encoding, { fatal: true }).decode(start, { stream: true }).includes("\0");
  } catch {
    return false;
  }
}
