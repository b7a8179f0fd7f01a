// Opens what must be a regular file and stays one: it follows no symbolic link, waits for no pipe and reads no device.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";

/**
 * Calls `read` with a descriptor of the regular file at `absolute`, closed again afterwards, and what the system says of it. Returns undefined, unread, for
 * anything else that can be opened; throws the system's error for what cannot, a symbolic link (`ELOOP`) included.
 */
export function readRegularFile<Content>(
  absolute: string,
  read: (descriptor: number, stats: Stats) => Content | undefined,
): Content | undefined {
  // Both flags are 0 on Windows. Should a link or a pipe have taken the file's place meanwhile, it is neither followed nor waited for.
  const descriptor = openSync(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() ? read(descriptor, stats) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Returns the first `count` bytes, or fewer where the file ends before. */
export function readBytes(descriptor: number, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let filled = 0;
  while (filled < count) {
    const read = readSync(descriptor, bytes, filled, count - filled, filled);
    if (read === 0) break; // it became shorter
    filled += read;
  }
  return bytes.subarray(0, filled);
}
