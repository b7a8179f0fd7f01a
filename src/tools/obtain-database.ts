// Where a scan gets its vulnerability database from, in this order: the given directory, the cache while it is fresh, a download, and when that fails
// the newest cached one within the age limit. Offline, nothing is downloaded.

import { InstallError, messageOf } from "../errors.ts";
import type { Notice } from "../findings/coverage.ts";
import type { CarriedPart, Host } from "../host/ports.ts";
import { dayOf } from "../text/day-of.ts";
import { type Database, type DatabaseKind, type DatabaseReading, databaseGap, daysBetween } from "./database.ts";
import { type CachedDatabase, newestCached, storeDatabase } from "./database-cache.ts";
import { installFailure } from "./install-failure.ts";

export interface DatabaseRequest {
  /** An absolute directory that holds a ready one: nothing is downloaded or cached then. */
  readonly given: string | null;
  readonly offline: boolean;
  /** Where downloads are kept. A private directory of this run means: do not reuse, do not keep. */
  readonly cacheDirectory: string;
  /** What is brought into `cacheDirectory` from other machines first; null: nothing. */
  readonly carried: CarriedPart | null;
  /** Days; null accepts any age. */
  readonly maxAgeDays: number | null;
}

/** Throws an InstallError when there is no database to scan with. */
export async function obtainDatabase(kind: DatabaseKind, request: DatabaseRequest, host: Host): Promise<Database> {
  try {
    return await obtain(kind, request, host);
  } catch (thrown) {
    throw installFailure(kind.title, thrown);
  }
}

async function obtain(kind: DatabaseKind, request: DatabaseRequest, host: Host): Promise<Database> {
  const { given, offline, cacheDirectory, carried, maxAgeDays } = request;
  const now = host.clock.now();
  const limit = { now, maxAgeDays };
  const use = (directory: string, reading: DatabaseReading, origin: string, notices: readonly Notice[] = []): Database => ({
    directory,
    facts: facts(reading, now, origin),
    gap: databaseGap(kind, reading, limit),
    notices,
  });
  if (given !== null) return use(given, await kind.read(given), `given by ${kind.input}`);

  if (carried !== null) await host.carried.restore(carried);
  const place = { kind, directory: cacheDirectory };
  const cached = await newestCached(place, now);
  if (cached !== null && (offline || isFresh(kind, cached, now))) return use(cached.directory, cached.reading, "cached");
  if (offline) throw missingOffline(kind, cacheDirectory);

  const fallBack = (directory: string, reading: DatabaseReading, because: string) =>
    use(directory, reading, "cached", [{ message: `${because}: the one in the cache is used, ${ageOf(reading, now)}.` }]);
  host.progress.started(kind.scanner, `downloading ${kind.title}`);
  try {
    const stored = await storeDatabase(place, now);
    if (cached === null || !isOlder(stored.reading, cached.reading)) return use(stored.directory, stored.reading, "downloaded");
    return fallBack(cached.directory, cached.reading, `${kind.title} as downloaded is older than the one before`);
  } catch (thrown) {
    if (!(thrown instanceof InstallError) || cached === null || databaseGap(kind, cached.reading, limit) !== null) throw thrown;
    return fallBack(cached.directory, cached.reading, `${kind.title} could not be downloaded (${messageOf(thrown)})`);
  }
}

function isOlder(a: DatabaseReading, b: DatabaseReading): boolean {
  return a.updatedAt !== null && b.updatedAt !== null && a.updatedAt < b.updatedAt;
}

function facts({ updatedAt, digest }: DatabaseReading, now: Date, origin: string): Database["facts"] {
  return {
    updatedAt: updatedAt?.toISOString() ?? null,
    ageDays: updatedAt === null ? null : Math.max(0, daysBetween(updatedAt, now)),
    digest,
    origin,
  };
}

/** Its publisher has nothing newer yet, or we asked a short while ago. */
function isFresh(kind: DatabaseKind, { reading, downloadedAt }: CachedDatabase, now: Date): boolean {
  if (reading.nextUpdate !== null && now < reading.nextUpdate) return true;
  const sinceDownload = now.getTime() - downloadedAt.getTime();
  return sinceDownload >= 0 && sinceDownload < kind.refreshAfterMs;
}

function ageOf({ updatedAt }: DatabaseReading, now: Date): string {
  return updatedAt === null ? "of unknown age" : `from ${dayOf(updatedAt)} (${daysBetween(updatedAt, now)} days old)`;
}

function missingOffline({ title, input }: DatabaseKind, cacheDirectory: string): InstallError {
  return new InstallError("install-offline", `${title} is not in ${cacheDirectory}, and \`offline\` forbids downloading it.`, {
    remedy: `Run once without \`offline\` on this machine, or name a directory that holds it with \`${input}\`.`,
  });
}
