// What of the cache directory a job brings from the runs before it and leaves to those after it, through the repository's Actions cache. Never an executable,
// and never a reason to fail: whatever goes wrong costs the time that the cache would have saved.

import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Config } from "../config/config.ts";
import { messageOf } from "../errors.ts";
import type { RunEvent } from "../github/event.ts";
import type { Environment } from "../host/node-host.ts";
import type { CarriedCache, CarriedPart, Logger } from "../host/ports.ts";
import { takeOverUncaught } from "../host/uncaught.ts";
import { pack, unpack } from "./cache-archive.ts";
import { type CacheClient, cacheClientOf, isThrownAway } from "./cache-client.ts";
import { cacheTrust } from "./cache-trust.ts";
import { type CarriedFiles, carriedPart, type Parcel } from "./carried-parts.ts";

/** The caches of a job. */
export interface ActionsCache extends CarriedCache {
  /** Leaves what was asked for and changed, where the run is trusted. For when all is said and done; never rejects. */
  save(): Promise<void>;
}

export interface ActionsCacheOptions {
  readonly environment: Environment;
  readonly event: RunEvent;
  readonly config: Pick<Config, "category" | "path" | "workspace" | "useCache" | "offline">;
  readonly cacheDirectory: string;
  /** For private directories. */
  readonly temp: string;
  readonly log: Logger;
  /** Ends restoring. */
  readonly stop: AbortSignal;
  readonly limits?: CacheLimits;
}

/** Milliseconds after which what did not come or go is given up. */
export interface CacheLimits {
  /** Of each part. */
  readonly restoreMs: number;
  /** Of all parts together. */
  readonly saveMs: number;
}

/** A database that does not come within this time is downloaded as fast from its publisher. */
const LIMITS: CacheLimits = { restoreMs: 20_000, saveMs: 60_000 };

/** A part that was asked for, and the object that was brought. */
interface Brought {
  readonly part: CarriedFiles;
  readonly key: string | null;
}

/**
 * Builds the cache of a job; without a service, or where the event forbids it, it brings and leaves nothing. On a machine of GitHub the results have a directory
 * of this run alone: in the tool cache, an earlier step could have put something there.
 */
export function actionsCache(options: ActionsCacheOptions): ActionsCache {
  const { environment, event, config, cacheDirectory, log } = options;
  const trust = cacheTrust(event, environment["GITHUB_REF_PROTECTED"] === "true");
  const isTrusted = trust === "trusted";
  const directory = isThrownAway(environment) ? privateDirectory(options.temp) : join(cacheDirectory, "results");
  const results = trust === "none" ? null : { directory, keeps: isTrusted, decideAlone: isTrusted };
  const client = config.useCache && !config.offline && results !== null ? cacheClientOf(environment) : null;
  if (client === null) return { restore: async () => {}, results, save: async () => {} };
  const asked = new Map<CarriedPart, Promise<Brought>>();
  return {
    results,
    restore: async (part) => {
      if (!isTrusted && part !== "results") return;
      const bringing = asked.get(part) ?? bring(part, carriedFiles(part, directory, options), client, options);
      asked.set(part, bringing);
      await bringing;
    },
    save: async () => {
      if (!isTrusted || !client.writable) return;
      // The verdict is given: not even a fault that nobody catches changes it now.
      const giveBack = takeOverUncaught({ bug: () => process.exit(), warning: log.debug });
      const signal = AbortSignal.timeout((options.limits ?? LIMITS).saveMs);
      for (const bringing of asked.values()) await leave(await bringing, client, options, signal);
      giveBack();
    },
  };
}

/** Nobody can guess its name. It is made when there is something to put there, and removed when our process ends. */
function privateDirectory(temp: string): string {
  const directory = join(temp, `sarif-gate-results-${randomBytes(8).toString("hex")}`);
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function carriedFiles(part: CarriedPart, resultsDirectory: string, { cacheDirectory, config }: ActionsCacheOptions): CarriedFiles {
  const path = relative(config.workspace ?? "", config.path)
    .split(sep)
    .join("/");
  return carriedPart(part, { cacheDirectory, resultsDirectory, category: config.category, path });
}

async function bring(
  name: CarriedPart,
  part: CarriedFiles,
  client: CacheClient,
  { stop, log, limits = LIMITS }: ActionsCacheOptions,
): Promise<Brought> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(limits.restoreMs)]);
  try {
    const found = client.readable ? await client.find(part.prefix, signal) : null;
    if (found === null) return { part, key: null };
    const { limitBytes } = part;
    await part.place(found.key, async (directory) => {
      await unpack(await client.fetch(found, signal), { directory, limitBytes, signal });
    });
    log.say(`From the cache of the repository: ${found.key}`);
    return { part, key: found.key };
  } catch (thrown) {
    log.say(`The cache of the repository is not used for ${name}: ${causeOf(thrown)}.`);
    return { part, key: null };
  }
}

async function leave({ part, key }: Brought, client: CacheClient, { temp, log }: ActionsCacheOptions, signal: AbortSignal): Promise<void> {
  try {
    const parcel = await part.parcel();
    if (parcel === null || parcel.key === key) return;
    await send(parcel, client, temp, signal);
    log.say(`Into the cache of the repository: ${parcel.key}`);
  } catch (thrown) {
    log.debug(`Nothing was left in the cache of the repository under ${part.prefix}: ${causeOf(thrown)}.`);
  }
}

async function send({ key, directory, names }: Parcel, client: CacheClient, temp: string, signal: AbortSignal): Promise<void> {
  const own = await mkdtemp(join(temp, "sarif-gate-cache-"));
  try {
    const archive = join(own, "archive.tar.gz");
    await pack(directory, names, archive, signal);
    await client.store(key, archive, signal);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** What `fetch` says itself is only that it failed. */
function causeOf(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return messageOf(cause).replace(/\.$/, "");
}
