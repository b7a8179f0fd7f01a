// Trivy's vulnerability database: downloaded by Trivy itself in a step of its own, with the network and without a target, so that the scan needs none.
// A scan with --skip-db-update opens it read-only (measured with 0.74.0), so any number of scans may share one directory.

import { open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { InstallError, messageOf } from "../errors.ts";
import type { Host, ProcessExit } from "../host/ports.ts";
import type { DatabaseKind, DatabaseReading } from "./database.ts";
import { rememberedDigest } from "./file-digest.ts";
import { diskFull } from "./install-failure.ts";
import { describeExit, runStep, succeeded } from "./install-step.ts";

export interface TrivyDatabaseRequest {
  /** Path of the verified executable, asked for when there is something to download. */
  readonly trivy: () => Promise<string>;
  /** Mirrors in the order to try; empty: Trivy's own. */
  readonly repositories: readonly string[];
  readonly timeoutMs: number;
  /** Before the second attempt; twice as long before the third. */
  readonly retryAfterMs: number;
}

/** Trivy's database, for `obtainDatabase`. */
export function trivyDatabase(request: TrivyDatabaseRequest, host: Host): DatabaseKind {
  const digest = (directory: string) => rememberedDigest(join(host.surroundings.cacheDirectory, "digests"), join(directory, DATABASE));
  return {
    scanner: "trivy",
    title: "Trivy's database",
    input: "trivy-db",
    // Trivy itself repeats no download within the hour.
    refreshAfterMs: 60 * 60 * 1000,
    digest,
    read: async (directory) => {
      const reading = await read(directory);
      return { ...reading, digest: await digest(directory) };
    },
    download: (directory) => download(directory, request, host),
  };
}

const DATABASE = join("db", "trivy.db");
const METADATA = join("db", "metadata.json");
/** Trivy 0.74.0 reads this schema only. Go writes nine decimals and, for a date that is not set, the year 1. */
const Metadata = z.object({
  Version: z.literal(2),
  UpdatedAt: z.iso.datetime({ offset: true }),
  NextUpdate: z.iso.datetime({ offset: true }),
});

async function read(directory: string): Promise<Omit<DatabaseReading, "digest">> {
  try {
    const { UpdatedAt, NextUpdate } = Metadata.parse(JSON.parse(await readFile(join(directory, METADATA), "utf8")));
    await requireBolt(join(directory, DATABASE));
    return { updatedAt: dateOf(UpdatedAt), nextUpdate: dateOf(NextUpdate), flaw: null };
  } catch (cause) {
    const because = cause instanceof z.ZodError ? `metadata.json: ${z.prettifyError(cause).replaceAll("\n", " ")}` : messageOf(cause);
    throw new InstallError("database-unusable", `Trivy's database in ${directory} cannot be used: ${because}`, {
      cause,
      remedy:
        "`trivy-db` is the directory that holds db/trivy.db and db/metadata.json, not db itself; leave it out to have the database downloaded.",
    });
  }
}

function dateOf(text: string): Date | null {
  const date = new Date(text);
  return date.getUTCFullYear() < 2000 ? null : date;
}

/** The magic number of a bbolt file, in its first page after the page header (go.etcd.io/bbolt: db.go, page.go). */
const BOLT_MAGIC = 0xed0cdaed;
const MAGIC_OFFSET = 16;

/** Anything deeper is for the canary of the scan to prove. */
async function requireBolt(path: string): Promise<void> {
  const { size } = await stat(path);
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, MAGIC_OFFSET);
    if (bytesRead < 4 || buffer.readUInt32LE() !== BOLT_MAGIC) throw new Error(`${path} (${size} bytes) is not a Trivy database`);
  } finally {
    await file.close();
  }
}

const ATTEMPTS = 3;
/** A registry that is busy or broke off. What cannot be resolved or refuses connections will not answer a moment later either. */
const PASSING = /TOOMANYREQUESTS|\b(?:429|500|502|503|504)\b|connection reset|unexpected EOF|i\/o timeout/;

async function download(directory: string, request: TrivyDatabaseRequest, host: Host): Promise<void> {
  const workDirectory = join(directory, "work");
  const argv = argvOf(directory, await request.trivy(), request.repositories);
  for (let attempt = 1; ; attempt += 1) {
    const exit = await runStep({ argv, workDirectory, network: true, timeoutMs: request.timeoutMs }, host);
    if (succeeded(exit)) break;
    if (attempt === ATTEMPTS || !PASSING.test(exit.stderrTail)) throw failure(exit, directory);
    host.logger.debug(`Trivy's database, attempt ${attempt}: ${describeExit(exit)}`);
    await setTimeout(request.retryAfterMs * attempt);
  }
  await rm(workDirectory, { recursive: true, force: true });
}

function argvOf(directory: string, trivy: string, repositories: readonly string[]): readonly string[] {
  const mirrors = repositories.length === 0 ? [] : ["--db-repository", repositories.join(",")];
  const silent = ["--no-progress", "--skip-version-check", "--disable-telemetry"];
  return [trivy, "fs", "--download-db-only", "--cache-dir", directory, ...mirrors, ...silent];
}

function failure(exit: ProcessExit, directory: string): InstallError {
  return (
    diskFull("Trivy's database", exit.stderrTail, directory) ??
    new InstallError("download-failed", `Trivy's database could not be downloaded: ${describeExit(exit)}`, {
      remedy:
        "Check the network and the proxy variables, name a mirror with `trivy-db-repository`, or a directory that holds it with `trivy-db`.",
    })
  );
}
