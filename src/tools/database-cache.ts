// Downloaded databases, kept by date and digest: `<date>-<digest>/`. An entry is whole or absent, and is not believed when its digest is not what it was.
// The two newest are kept, so that a scan which still reads the one before does not lose it.

import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { buildDirectory, discardDirectory, replaceFile } from "./cache-directory.ts";
import { type DatabaseKind, type DatabaseReading, daysBetween } from "./database.ts";

/** The name of an entry: when its data were made, and the beginning of its digest. */
export const ENTRY_NAME = /^\d{8}T\d{6}Z-[0-9a-f]{12}$/;

/** A database in the cache. */
export interface CachedDatabase {
  readonly directory: string;
  readonly reading: DatabaseReading;
  readonly downloadedAt: Date;
}

export interface DatabasePlace {
  readonly kind: DatabaseKind;
  /** Absolute; holds entries of this kind only. */
  readonly directory: string;
}

const KEPT = 2;
const RECORD = "downloaded.json";
const day = z.iso.datetime().pipe(z.coerce.date());
/** What was read when the entry was made: its contents need not be parsed again as long as the digest holds. */
const Entry = z.object({
  downloadedAt: day,
  updatedAt: day.nullable(),
  nextUpdate: day.nullable(),
  flaw: z.string().nullable(),
  digest: z.string(),
});

/** Returns the cached database with the newest contents, or null. What is damaged, or dated in the future, is passed over. */
export async function newestCached({ kind, directory }: DatabasePlace, now: Date): Promise<CachedDatabase | null> {
  for (const name of await entryNames(directory)) {
    const cached = await readEntry(kind, join(directory, name));
    if (cached === null) continue;
    if (cached.reading.updatedAt === null || daysBetween(cached.reading.updatedAt, now) >= -1) return cached;
  }
  return null;
}

/** Downloads a database into the cache and returns it. The same contents once more only renew the date of the download. */
export async function storeDatabase({ kind, directory }: DatabasePlace, now: Date): Promise<CachedDatabase> {
  const read: DatabaseReading[] = [];
  const record = (reading: DatabaseReading) => JSON.stringify({ ...reading, downloadedAt: now });
  const stored = await buildDirectory({
    parent: directory,
    now,
    build: async (partial) => {
      await kind.download(partial);
      const reading = await kind.read(partial);
      await writeFile(join(partial, RECORD), record(reading));
      read.push(reading);
      const name = entryName(reading);
      await discardIfDamaged(kind, join(directory, name));
      return name;
    },
  });
  for (const reading of read) await replaceFile(join(stored, RECORD), record(reading));
  await removeOld(directory, basename(stored));
  const cached = await readEntry(kind, stored);
  if (cached === null) throw new Error(`${stored} cannot be read right after it was written`);
  return cached;
}

/** An entry that is damaged must not win over the new one of its name. */
async function discardIfDamaged(kind: DatabaseKind, entry: string): Promise<void> {
  if (existsSync(entry) && (await readEntry(kind, entry)) === null) await discardDirectory(entry);
}

async function removeOld(directory: string, current: string): Promise<void> {
  for (const name of (await entryNames(directory)).slice(KEPT)) {
    if (name !== current) await discardDirectory(join(directory, name));
  }
}

/** Sorts by date; an undated one comes last. */
function entryName({ updatedAt, digest }: DatabaseReading): string {
  const date = updatedAt?.toISOString().replace(/[-:]|\.\d+/g, "") ?? "00000000T000000Z";
  return `${date}-${digest.slice(0, 12)}`;
}

async function entryNames(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  const entries = names.filter((name) => ENTRY_NAME.test(name));
  return entries.sort().reverse();
}

async function readEntry(kind: DatabaseKind, directory: string): Promise<CachedDatabase | null> {
  try {
    const { downloadedAt, ...reading } = Entry.parse(JSON.parse(await readFile(join(directory, RECORD), "utf8")));
    const holds = entryName(reading) === basename(directory) && (await kind.digest(directory)) === reading.digest;
    return holds ? { directory, reading, downloadedAt } : null;
  } catch {
    return null;
  }
}
