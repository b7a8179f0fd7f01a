// Reads files that somebody else may have put there. A pipe in the place of one would be waited for without end, and nothing could end the wait; so nothing
// here waits for a pipe, and what must be a regular file is read only while it is one.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

/** For `open`: a pipe that nobody writes to reads as an empty file. 0 on Windows, which has none in a directory. Symbolic links are followed. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The same for `readFile`. */
export const READ_TEXT = { encoding: "utf8", flag: READ_FLAGS } as const;

/** Should a link have taken the file's place meanwhile, it is not followed. 0 on Windows. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;

/**
 * Calls `read` with a descriptor of the regular file at `absolute`, closed again afterwards, and what the system says of it. Returns undefined, unread, for
 * anything else that can be opened; throws the system's error for what cannot, a symbolic link (`ELOOP`) included.
 */
export function readRegularFile<Content>(
  absolute: string,
  read: (descriptor: number, stats: Stats) => Content | undefined,
): Content | undefined {
  const descriptor = openSync(absolute, READ_FLAGS | NO_LINK);
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() ? read(descriptor, stats) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Gives memory for so many bytes. */
export type Space = (count: number) => Buffer;

/** More than a file or a report of usual size has. */
const REUSED_BYTES = 4 * 1024 * 1024;

/** Gives the same memory again and again, for bytes that are done with before the next are read: to touch fresh memory takes longer than to read into it. */
export function reusedSpace(): Space {
  let space = Buffer.alloc(0);
  return (count) => {
    if (count > REUSED_BYTES) return Buffer.allocUnsafe(count);
    if (count > space.length) space = Buffer.allocUnsafeSlow(count);
    return space.subarray(0, count);
  };
}

/** Returns the first `count` bytes, or fewer where the file ends before. */
export function readBytes(descriptor: number, count: number, space: Space = Buffer.allocUnsafe): Buffer {
  const bytes = space(count);
  let filled = 0;
  while (filled < count) {
    const read = readSync(descriptor, bytes, filled, count - filled, filled);
    if (read === 0) break; // it became shorter
    filled += read;
  }
  return bytes.subarray(0, filled);
}
