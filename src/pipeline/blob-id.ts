// Whether bytes are the content of a git blob, told by its id. Reads nothing, and asks git nothing.

import { createHash } from "node:crypto";

/** Larger files count as different from any blob. Hosting services refuse files of this size. */
export const COMPARED_BYTES = 128 * 1024 * 1024;

/** A pointer of Git LFS is smaller (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
export const POINTER_LIMIT_BYTES = 1024;
const POINTER_START = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\r?\n/;

/** Returns the id git gives a blob: 64 hexadecimal digits (SHA-256) in a repository whose ids have as many, otherwise 40 (SHA-1). */
export function blobId(bytes: Buffer, digits: number): string {
  return createHash(digits === 64 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}

/** Whether these bytes are the blob, or a text that was checked out with CRLF for the LF of the blob. */
export function isBlob(bytes: Buffer, id: string): boolean {
  if (blobId(bytes, id.length) === id) return true;
  return bytes.includes("\r\n") && !bytes.includes(0) && blobId(withLineFeeds(bytes), id.length) === id;
}

function withLineFeeds(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf("\r\n"); at !== -1; at = bytes.indexOf("\r\n", at + 2)) {
    pieces.push(bytes.subarray(start, at));
    start = at + 1;
  }
  return Buffer.concat([...pieces, bytes.subarray(start)]);
}

/** Returns the SHA-256 of the content that these bytes, with LF or CRLF, point to with Git LFS, or null when they are no such pointer. */
export function pointedSha256(bytes: Buffer): string | null {
  if (bytes.length > POINTER_LIMIT_BYTES) return null;
  const text = bytes.toString("latin1");
  return POINTER_START.test(text) ? (/^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1] ?? null) : null;
}
