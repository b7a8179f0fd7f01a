// What a cached object holds: a gzipped tar of plain files, read by us alone and written only below a directory that is private until it was checked.
// A name that could lead elsewhere, a link, a device or a flood refuses the whole archive. Of an entry only its bytes and the time of its last use are taken over.

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, stat, utimes } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import tar from "tar-stream";

/** Segments that mean the same on every system and are hidden on none; nobody's cache nests deeper. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}){0,3}$/;

export interface Unpacking {
  /** Exists, private and empty. */
  readonly directory: string;
  /** Of the unpacked archive. */
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

/** Returns the files below `directory` that an archive can hold, with `/` between the segments, in order; none when there is no directory. */
export async function archivable(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const names = files.map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return names.filter((name) => NAME.test(name)).sort();
}

/** Writes the named files below `directory` to `archive`, with the second of their last change. Rejects when one cannot be read, or changes meanwhile. */
export async function pack(directory: string, names: readonly string[], archive: string, signal: AbortSignal): Promise<void> {
  const entries = tar.pack();
  // An entry of an archive that failed says nothing any more: who waits for it has to be told.
  const over = new AbortController();
  const writing = pipeline(entries, createGzip({ level: 1 }), createWriteStream(archive, { flags: "wx", mode: 0o600 }), { signal });
  writing.catch((thrown) => over.abort(thrown));
  const adding = (async () => {
    for (const name of names) {
      const path = join(directory, name);
      const { size, mtimeMs } = await stat(path);
      const entry = entries.entry({ name, size, mode: 0o600, mtime: new Date(untilNow(mtimeMs)) });
      await pipeline(createReadStream(path), entry, { signal: over.signal });
    }
    entries.finalize();
  })();
  adding.catch((thrown) => entries.destroy(thrown));
  await bothSettled(adding, writing);
}

/** Unpacks an archive, and gives files the time that it says, because the oldest results are the first to be removed. Rejects at anything that `pack` would not have written; what was unpacked until then is the caller's to remove. */
export async function unpack(archive: Readable, { directory, limitBytes, signal }: Unpacking): Promise<void> {
  const entries = tar.extract();
  const over = new AbortController();
  const unpacking = pipeline(archive, createGunzip(), limited(limitBytes), entries, { signal });
  unpacking.catch((thrown) => over.abort(thrown));
  const reading = (async () => {
    for await (const entry of entries) {
      const { name, type, mtime } = entry.header;
      if (type !== "file" || !NAME.test(name)) throw new Error("it holds what no cache of ours holds");
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await pipeline(entry, createWriteStream(path, { flags: "wx", mode: 0o600 }), { signal: over.signal });
      const seconds = untilNow(mtime?.getTime() ?? 0) / 1000;
      await utimes(path, seconds, seconds);
    }
  })();
  await bothSettled(reading, unpacking);
}

/** A file of tomorrow would never be among the oldest. */
function untilNow(timeMs: number): number {
  return Math.min(timeMs, Date.now());
}

function limited(limitBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limitBytes ? new Error(`it is larger than ${limitBytes} bytes`) : null, chunk);
    },
  });
}

/** Nothing of either is under way any more when this settles, so that the caller may remove what they wrote. The first of the two knows best why it failed. */
async function bothSettled(...ends: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(ends)).find((end) => end.status === "rejected");
  if (failed === undefined) return;
  const { reason } = failed;
  throw reason instanceof Error && reason.name === "AbortError" ? (reason.cause ?? reason) : reason;
}
