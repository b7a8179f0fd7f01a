// Safety's free database: a pair of JSON files, downloaded by us from where Safety itself would, checked, and handed over with `--db`.
// Safety then needs no network, no account and no key.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { InstallError, messageOf } from "../errors.ts";
import type { Host } from "../host/ports.ts";
import type { DatabaseKind, DatabaseReading } from "./database.ts";
import { rememberedDigest } from "./file-digest.ts";
import { together } from "./together.ts";

/** OPEN_MIRRORS of safety/constants.py in Safety 3.7.0. */
export const SAFETY_DATABASE_URL = "https://pyup.io/aws/safety/free/2.0.0";

const NAMES = ["insecure.json", "insecure_full.json"] as const;
/** Several times what they have been. */
const LIMIT_BYTES = 256 * 1024 * 1024;

/** The one schema Safety 3.7.0 reads (JSON_SCHEMA_VERSION). `timestamp` is in seconds since 1970; `last_updated` is the same in words, UTC. */
const DatabaseFile = z.object({
  meta: z.object({ schema_version: z.literal("2.0.0"), timestamp: z.int().positive().optional(), last_updated: z.string().optional() }),
  vulnerable_packages: z.record(z.string(), z.unknown()),
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
    refreshAfterMs: 24 * 60 * 60 * 1000,
    digest,
    read: async (directory) => ({ ...(await read(directory)), digest: await digest(directory) }),
    download: async (directory) => {
      const get = (name: string) =>
        downloads.download({ url: `${url}/${name}`, destination: join(directory, name), limitBytes: LIMIT_BYTES, timeoutMs });
      await together(get(NAMES[0]), get(NAMES[1]));
    },
  };
}

/** One after the other, so that only one of them is in memory. The pair is as old as the older of the two. */
async function read(directory: string): Promise<Omit<DatabaseReading, "digest">> {
  const dates: (Date | null)[] = [];
  let flaw: string | null = null;
  for (const name of NAMES) {
    const { meta, vulnerable_packages } = await readDatabaseFile(join(directory, name));
    dates.push(dateOf(meta));
    if (Object.keys(vulnerable_packages).length === 0) flaw = `holds no packages (${name})`;
  }
  const known = dates.filter((date) => date !== null).sort((a, b) => a.getTime() - b.getTime());
  return { updatedAt: known.length < dates.length ? null : (known[0] ?? null), flaw, nextUpdate: null };
}

async function readDatabaseFile(path: string): Promise<z.infer<typeof DatabaseFile>> {
  try {
    return DatabaseFile.parse(JSON.parse(await readFile(path, "utf8")));
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
