// Safety's free database: a pair of JSON files, downloaded by us from where Safety itself would, checked, and handed over with `--db`.
// Safety then needs no network, no account and no key.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InstallError, messageOf } from "../errors.ts";
import type { Host } from "../host/ports.ts";
import { READ_TEXT } from "../host/read-regular-file.ts";
import type { DatabaseKind, DatabaseReading } from "./database.ts";
import { rememberedDigest } from "./file-digest.ts";
import { together } from "./together.ts";

/** OPEN_MIRRORS of safety/constants.py in Safety 3.7.0. */
export const SAFETY_DATABASE_URL = "https://pyup.io/aws/safety/free/2.0.0";

const NAMES = ["insecure.json", "insecure_full.json"] as const;
/** Several times what they have been. */
const LIMIT_BYTES = 256 * 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

/** insecure.json has specifiers alone, insecure_full.json one object per advisory. */
const Entry = z.union([z.string(), z.object({ specs: z.array(z.string()) })]);
type Entry = z.infer<typeof Entry>;

/** The one schema Safety 3.7.0 reads (JSON_SCHEMA_VERSION). `timestamp` is in seconds since 1970; `last_updated` is the same in words, UTC. */
const DatabaseFile = z.object({
  meta: z.object({ schema_version: z.literal("2.0.0"), timestamp: z.int().positive().optional(), last_updated: z.string().optional() }),
  vulnerable_packages: z.record(z.string(), z.array(Entry)),
});

export interface SafetyDatabaseRequest {
  /** Address of the directory of the two files. */
  readonly url: string;
  readonly timeoutMs: number;
}

/** Safety's database, for `obtainDatabase`. */
export function safetyDatabase({ url, timeoutMs }: SafetyDatabaseRequest, { downloads, surroundings }: Host): DatabaseKind {
  const digest = (directory: string) =>
    rememberedDigest(join(surroundings.cacheDirectory, "digests"), ...NAMES.map((name) => join(directory, name)));
  return {
    scanner: "safety",
    title: "Safety's database",
    input: "safety-db",
    refreshAfterMs: DAY_MS,
    digest,
    read: async (directory) => ({ ...(await read(directory)), digest: await digest(directory) }),
    download: async (directory) => {
      const get = (name: string) =>
        downloads.download({ url: `${url}/${name}`, destination: join(directory, name), limitBytes: LIMIT_BYTES, timeoutMs });
      await together(get(NAMES[0]), get(NAMES[1]));
    },
  };
}

/** What is kept of one file: its date, and by package the versions it calls vulnerable, as PEP 440 specifiers. */
interface Contents {
  readonly date: Date | null;
  readonly specs: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One after the other, so that the whole of only one of them is in memory. The pair is as old as the older of the two. */
async function read(directory: string): Promise<Omit<DatabaseReading, "digest">> {
  const short = await readContents(join(directory, NAMES[0]));
  const full = await readContents(join(directory, NAMES[1]));
  const known = [short.date, full.date].filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime());
  return { updatedAt: known.length < 2 ? null : (known[0] ?? null), flaw: flawOf(short, full), nextUpdate: null };
}

async function readContents(path: string): Promise<Contents> {
  const { meta, vulnerable_packages } = await readDatabaseFile(path);
  return { date: dateOf(meta), specs: new Map(Object.entries(vulnerable_packages).map(([name, entries]) => [name, specsOf(entries)])) };
}

function specsOf(entries: readonly Entry[]): Set<string> {
  return new Set(entries.flatMap((entry) => (typeof entry === "string" ? entry : entry.specs)));
}

function flawOf(short: Contents, full: Contents): string | null {
  if (full.specs.size === 0) return `holds no packages (${NAMES[1]})`;
  if (short.specs.size === 0) return `holds no packages (${NAMES[0]})`;
  const stray = strayPackage(short, full);
  if (stray !== undefined) return `holds two files that do not belong together: they differ in the package ${stray}`;
  const apart = short.date === null || full.date === null ? 0 : Math.abs(short.date.getTime() - full.date.getTime());
  return apart > DAY_MS ? "holds two files that do not belong together: they are of different days" : null;
}

/**
 * Safety asks the short file which specifiers match and the full one what they mean, and stays silent about what either lacks. So every specifier of the
 * full file must stand in the short one; further ones there do no harm, unless the full file knows none of the package.
 */
function strayPackage(short: Contents, full: Contents): string | undefined {
  const lost = [...full.specs].find(([name, specs]) => [...specs].some((spec) => short.specs.get(name)?.has(spec) !== true));
  const unexplained = () => [...short.specs].find(([name, specs]) => specs.size > 0 && (full.specs.get(name)?.size ?? 0) === 0);
  return (lost ?? unexplained())?.[0];
}

async function readDatabaseFile(path: string): Promise<z.infer<typeof DatabaseFile>> {
  try {
    return DatabaseFile.parse(JSON.parse(await readFile(path, READ_TEXT)));
  } catch (cause) {
    const because = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll("\n", " ") : messageOf(cause);
    throw new InstallError("database-unusable", `Safety's database cannot be used: ${path}: ${because}`, {
      cause,
      remedy: "`safety-db` is a directory with insecure.json and insecure_full.json of schema 2.0.0; leave it out to have them downloaded.",
    });
  }
}

function dateOf({ timestamp, last_updated }: z.infer<typeof DatabaseFile>["meta"]): Date | null {
  if (timestamp !== undefined) return new Date(timestamp * 1000);
  const words = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(last_updated ?? "");
  const date = new Date(`${words?.[1]}T${words?.[2]}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
