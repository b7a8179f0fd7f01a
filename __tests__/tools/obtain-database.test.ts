import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InstallError } from "../../src/errors.ts";
import { type DatabaseKind, type DatabaseReading, databaseGap } from "../../src/tools/database.ts";
import { type DatabaseRequest, obtainDatabase } from "../../src/tools/obtain-database.ts";
import { trivyDatabase } from "../../src/tools/trivy-database.ts";
import { NOW, temporaryDirectory, toolHost } from "../support/tool-host.ts";
import { writeTrivyDatabase } from "../support/trivy-databases.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const ago = (ms: number, from = NOW) => new Date(from.getTime() - ms);

/** What the next download delivers: the age of its contents, or null when it fails. */
interface Publisher {
  age: number | null;
  nextUpdate: number;
  seed: number;
  downloads: number;
}

function setup(changes: Partial<DatabaseRequest> = {}) {
  const cacheDirectory = join(temporaryDirectory(), "trivy-db");
  const publisher: Publisher = { age: 0, nextUpdate: 0, seed: 1, downloads: 0 };
  const clock = { now: NOW };
  const carried: string[] = [];
  const restore = async (part: string) => void carried.push(`${part}, ${publisher.downloads} downloads`);
  const host = { ...toolHost({ now: () => clock.now }), carried: { restore, results: null } };
  const kind: DatabaseKind = {
    ...trivyDatabase({ trivy: async () => "/trivy", repositories: [], timeoutMs: 1000, retryAfterMs: 0 }, host),
    download: async (directory) => {
      publisher.downloads += 1;
      if (publisher.age === null) throw new InstallError("download-failed", "no network");
      const UpdatedAt = ago(publisher.age, clock.now).toISOString();
      writeTrivyDatabase(directory, { UpdatedAt, NextUpdate: ago(publisher.nextUpdate, clock.now).toISOString() }, publisher.seed);
    },
  };
  const request: DatabaseRequest = { given: null, offline: false, cacheDirectory, carried: null, maxAgeDays: 7, ...changes };
  const obtain = (more: Partial<DatabaseRequest> = {}) => obtainDatabase(kind, { ...request, ...more }, host);
  return { host, publisher, clock, carried, cacheDirectory, obtain, entries: () => readdirSync(cacheDirectory).sort() };
}

describe("a database that is given", () => {
  it("is used where it is, and nothing is downloaded or kept", async () => {
    const { publisher, host, obtain } = setup();
    const given = writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: ago(2 * DAY_MS).toISOString() });
    expect(await obtain({ given })).toEqual({
      directory: given,
      facts: {
        updatedAt: ago(2 * DAY_MS).toISOString(),
        ageDays: 2,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        origin: "given by trivy-db",
      },
      gap: null,
      notices: [],
    });
    expect(publisher.downloads).toBe(0);
    expect(host.progressed).toEqual([]);
  });

  it("is a gap when it is too old, and used all the same", async () => {
    const { obtain } = setup();
    const given = writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: "2026-11-01T00:00:00Z" });
    expect((await obtain({ given })).gap).toEqual({
      path: "trivy-db",
      reason: "Trivy's database is 20 days old (2026-11-01); at most 7 are allowed",
      remedy: expect.stringContaining("`--max-database-age`"),
    });
  });

  it("is an error when it cannot be used", async () => {
    const { obtain } = setup();
    await expect(obtain({ given: temporaryDirectory() })).rejects.toMatchObject({ code: "database-unusable" });
  });
});

describe("a database that is not given", () => {
  it("is downloaded and kept by its date and digest", async () => {
    const { host, obtain, entries } = setup();
    const { directory, facts, gap, notices } = await obtain();
    expect(facts).toMatchObject({ updatedAt: NOW.toISOString(), ageDays: 0, origin: "downloaded" });
    expect({ gap, notices }).toEqual({ gap: null, notices: [] });
    expect(entries()).toEqual([`20261121T120000Z-${facts.digest.slice(0, 12)}`]);
    expect(directory.endsWith(entries()[0] ?? "")).toBe(true);
    expect(host.progressed).toEqual(["trivy: downloading Trivy's database"]);
  });

  it("is not downloaded again before its publisher promises a newer one", async () => {
    const { publisher, clock, obtain } = setup();
    publisher.nextUpdate = -DAY_MS;
    await obtain();
    clock.now = ago(-23 * HOUR_MS);
    expect((await obtain()).facts).toMatchObject({ origin: "cached", ageDays: 0 });
    clock.now = ago(-25 * HOUR_MS);
    expect((await obtain()).facts.origin).toBe("downloaded");
    expect(publisher.downloads).toBe(2);
  });

  it("is not asked for twice within the hour, although a newer one is due", async () => {
    const { publisher, clock, obtain } = setup();
    await obtain();
    clock.now = ago(-59 * 60 * 1000);
    expect((await obtain()).facts.origin).toBe("cached");
    clock.now = ago(-61 * 60 * 1000);
    await obtain();
    expect(publisher.downloads).toBe(2);
  });

  it("that has not changed renews only the date of its download", async () => {
    const { publisher, clock, obtain, entries } = setup();
    publisher.age = 10 * HOUR_MS;
    await obtain();
    const before = entries();
    clock.now = ago(-2 * HOUR_MS);
    publisher.age = 12 * HOUR_MS;
    expect((await obtain()).facts.origin).toBe("downloaded");
    expect(entries()).toEqual(before);
    clock.now = ago(-2.5 * HOUR_MS);
    expect((await obtain()).facts.origin).toBe("cached");
  });

  it("is a gap when the newest to be had is too old", async () => {
    const { publisher, obtain } = setup();
    publisher.age = 9 * DAY_MS;
    expect((await obtain()).gap?.reason).toContain("is 9 days old (2026-11-12)");
    expect((await obtain({ maxAgeDays: null })).gap).toBeNull();
  });

  it("leaves at most two in the cache", async () => {
    const { publisher, clock, obtain, entries } = setup();
    for (const day of [0, 1, 2, 3]) {
      clock.now = ago(-day * DAY_MS);
      publisher.seed = day;
      await obtain();
    }
    expect(entries().map((name) => name.slice(0, 8))).toEqual(["20261123", "20261124"]);
  });
});

describe("a download that fails", () => {
  it("falls back to the cached database, with a notice", async () => {
    const { publisher, clock, obtain } = setup();
    await obtain();
    publisher.age = null;
    clock.now = ago(-3 * DAY_MS);
    const { facts, gap, notices } = await obtain();
    expect(facts).toMatchObject({ origin: "cached", ageDays: 3 });
    expect(gap).toBeNull();
    expect(notices).toEqual([
      { message: "Trivy's database could not be downloaded (no network): the one in the cache is used, from 2026-11-21 (3 days old)." },
    ]);
  });

  it("is an error when the cached one is beyond the age limit", async () => {
    const { publisher, clock, obtain } = setup();
    await obtain();
    publisher.age = null;
    clock.now = ago(-8 * DAY_MS);
    await expect(obtain()).rejects.toMatchObject({ code: "download-failed", message: "no network" });
    expect((await obtain({ maxAgeDays: null })).facts.origin).toBe("cached");
  });

  it("is an error when nothing is cached, and leaves nothing behind", async () => {
    const { publisher, obtain, entries } = setup();
    publisher.age = null;
    await expect(obtain()).rejects.toMatchObject({ code: "download-failed" });
    expect(entries()).toEqual([]);
  });

  it("does not hide a bug behind the cache", async () => {
    const { publisher, clock, obtain } = setup();
    await obtain();
    clock.now = ago(-DAY_MS);
    publisher.age = Number.NaN;
    await expect(obtain()).rejects.toThrow(RangeError);
  });
});

describe("a cached database", () => {
  it("is used offline at any age, and a gap when it is too old", async () => {
    const { publisher, clock, obtain } = setup();
    await obtain();
    clock.now = ago(-30 * DAY_MS);
    const { facts, gap } = await obtain({ offline: true });
    expect(facts).toMatchObject({ origin: "cached", ageDays: 30 });
    expect(gap?.reason).toContain("is 30 days old");
    expect(publisher.downloads).toBe(1);
  });

  it("that is missing offline is an error which says where it would be and what to do", async () => {
    const { obtain, cacheDirectory, publisher } = setup();
    await expect(obtain({ offline: true })).rejects.toMatchObject({
      code: "install-offline",
      message: `Trivy's database is not in ${cacheDirectory}, and \`offline\` forbids downloading it.`,
      remedy: expect.stringContaining("`trivy-db`"),
    });
    expect(publisher.downloads).toBe(0);
  });

  it("that was changed is not used, but downloaded again", async () => {
    const { publisher, obtain } = setup();
    const { directory, facts } = await obtain();
    const path = join(directory, "db", "trivy.db");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, Buffer.alloc(4096, 1));
    utimesSync(path, atime, mtime);
    await expect(obtain({ offline: true })).rejects.toMatchObject({ code: "install-offline" });
    expect((await obtain()).facts).toEqual(facts);
    expect(publisher.downloads).toBe(2);
  });

  it("without its record is not used", async () => {
    const { obtain } = setup();
    const { directory } = await obtain();
    rmSync(join(directory, "downloaded.json"));
    await expect(obtain({ offline: true })).rejects.toMatchObject({ code: "install-offline" });
  });

  it("is kept when what is delivered is older", async () => {
    const { publisher, clock, obtain } = setup();
    await obtain();
    clock.now = ago(-2 * HOUR_MS);
    publisher.age = 3 * DAY_MS;
    publisher.seed = 2;
    const { facts, notices } = await obtain();
    expect(facts).toMatchObject({ origin: "cached", updatedAt: NOW.toISOString() });
    expect(notices[0]?.message).toContain("as downloaded is older than the one before");
  });

  it("from the future is passed over", async () => {
    const { clock, publisher, obtain } = setup();
    clock.now = ago(-30 * DAY_MS);
    await obtain();
    clock.now = NOW;
    publisher.seed = 2;
    expect((await obtain()).facts).toMatchObject({ origin: "downloaded", updatedAt: NOW.toISOString() });
  });

  it("is shared by two that download at once", async () => {
    const { obtain, entries } = setup();
    const [one, other] = await Promise.all([obtain(), obtain()]);
    expect(one).toEqual(other);
    expect(entries()).toHaveLength(1);
  });
});

describe("a database that a job carries along", () => {
  it("is brought back before the cache is looked at", async () => {
    const { carried, obtain } = setup({ carried: "trivy-db" });
    await obtain();
    expect(carried).toEqual(["trivy-db, 0 downloads"]);
  });

  it("is not asked for where nothing is carried", async () => {
    const { carried, obtain } = setup();
    await obtain();
    expect(carried).toEqual([]);
  });

  it("is not asked for when one is given", async () => {
    const { carried, obtain } = setup({
      carried: "trivy-db",
      given: writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: NOW.toISOString() }),
    });
    await obtain();
    expect(carried).toEqual([]);
  });
});

describe("databaseGap", () => {
  const kind = trivyDatabase({ trivy: async () => "/trivy", repositories: [], timeoutMs: 1, retryAfterMs: 0 }, toolHost());
  const reading = (facts: Partial<DatabaseReading>): DatabaseReading => ({
    updatedAt: NOW,
    digest: "",
    flaw: null,
    nextUpdate: null,
    ...facts,
  });
  const reasonFor = (facts: Partial<DatabaseReading>, maxAgeDays: number | null = 7) =>
    databaseGap(kind, reading(facts), { now: NOW, maxAgeDays })?.reason;

  it("is none up to the last hour of the last day allowed", () => {
    expect(reasonFor({ updatedAt: ago(8 * DAY_MS - HOUR_MS) })).toBeUndefined();
    expect(reasonFor({ updatedAt: ago(8 * DAY_MS) })).toContain("is 8 days old");
  });

  it("is there for a database without a date, unless any age is accepted", () => {
    expect(reasonFor({ updatedAt: null })).toBe("Trivy's database does not say how old it is");
    expect(reasonFor({ updatedAt: null }, null)).toBeUndefined();
  });

  it("is there for an empty database, even where any age is accepted", () => {
    expect(reasonFor({ flaw: "holds no packages" }, null)).toBe("Trivy's database holds no packages");
  });

  it("is there for a date in the future, because such a database would never be old", () => {
    expect(reasonFor({ updatedAt: ago(-2 * DAY_MS - HOUR_MS) })).toContain("which is in the future");
    expect(reasonFor({ updatedAt: ago(-HOUR_MS) })).toBeUndefined();
  });
});
