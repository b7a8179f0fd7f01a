// The parts of the cache directory as objects of the Actions cache: under which keys, what belongs into an object, and where its content goes.
// A key is not believed: results must have the digest it names, and a database is put below its name, where its reader checks name, date and digest.

import { mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CarriedPart } from "../host/ports.ts";
import { buildDirectory } from "../tools/cache-directory.ts";
import { ENTRY_NAME } from "../tools/database-cache.ts";
import { fileDigest, textDigest } from "../tools/file-digest.ts";
import { archivable } from "./cache-archive.ts";

/** What is worth an object: its key, and files below `directory`. */
export interface Parcel {
  readonly key: string;
  readonly directory: string;
  readonly names: readonly string[];
}

/** How a part is brought and left. */
export interface CarriedFiles {
  /** Of the keys of its objects. */
  readonly prefix: string;
  /** Of an unpacked object, bytes. */
  readonly limitBytes: number;
  /** Puts the object of `key` into the part: what `fill` unpacks into a private directory. Rejects, and changes nothing, when it is not what the key says. */
  place(key: string, fill: (directory: string) => Promise<void>): Promise<void>;
  /** What later runs can use of the part; null: nothing. */
  parcel(): Promise<Parcel | null>;
}

export interface PartOptions {
  readonly cacheDirectory: string;
  /** Of this run alone; absolute, its parent exists, it does not. */
  readonly resultsDirectory: string;
  /** What tells the results of one part of a repository from those of another. */
  readonly category: string;
  /** Of the scanned directory, below the workspace. */
  readonly path: string;
}

/** Raised when results of before could not be read by what is now. */
const FORMAT = "1";
const MEBIBYTE = 1024 * 1024;

/** Describes a part; nothing is read or written by this. */
export function carriedPart(part: CarriedPart, options: PartOptions): CarriedFiles {
  return part === "results" ? results(options) : databases(part, options);
}

/** One object holds the results of one category and path on one kind of machine. The directory is of this run alone: what is in it was brought, or found out. */
function results({ resultsDirectory, category, path }: PartOptions): CarriedFiles {
  const prefix = `sarif-gate-results-${FORMAT}-${process.platform}-${process.arch}-${textDigest(JSON.stringify([category, path]))}-`;
  const keyOf = async (directory: string, names: readonly string[]) => `${prefix}${await contentDigest(directory, names)}`;
  return {
    prefix,
    limitBytes: 512 * MEBIBYTE,
    place: async (key, fill) => {
      const partial = await mkdtemp(`${resultsDirectory}-`);
      try {
        await fill(partial);
        if ((await keyOf(partial, await archivable(partial))) !== key) throw new Error("its content is not what its key says");
        await rename(partial, resultsDirectory);
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    },
    parcel: async () => {
      const names = await archivable(resultsDirectory);
      return names.length === 0 ? null : { key: await keyOf(resultsDirectory, names), directory: resultsDirectory, names };
    },
  };
}

async function contentDigest(directory: string, names: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const name of names) lines.push(`${await fileDigest(join(directory, name))} ${name}\n`);
  return textDigest(lines.join(""));
}

/** One object holds one database, under its own name. */
function databases(part: Exclude<CarriedPart, "results">, { cacheDirectory }: PartOptions): CarriedFiles {
  const directory = join(cacheDirectory, part);
  const prefix = `sarif-gate-${part}-`;
  return {
    prefix,
    limitBytes: 4096 * MEBIBYTE,
    place: async (key, fill) => {
      const name = key.slice(prefix.length);
      if (!ENTRY_NAME.test(name)) throw new Error("its key names no database");
      const build = async (partial: string) => {
        await fill(partial);
        return name;
      };
      await buildDirectory({ parent: directory, now: new Date(), build });
    },
    parcel: async () => {
      const tops = (await archivable(directory)).map((name) => name.slice(0, Math.max(0, name.indexOf("/"))));
      const newest = tops.filter((name) => ENTRY_NAME.test(name)).at(-1);
      if (newest === undefined) return null;
      const entry = join(directory, newest);
      return { key: `${prefix}${newest}`, directory: entry, names: await archivable(entry) };
    },
  };
}
