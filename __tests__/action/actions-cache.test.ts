// The carried cache against a service on loopback. That the service is like GitHub's is shown first: GitHub's own client works with it.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { restoreCache, saveCache } from "@actions/cache";
import tar from "tar-stream";
import { describe, expect, it, vi } from "vitest";
import { type ActionsCache, actionsCache } from "../../src/action/actions-cache.ts";
import { decodeEventPayload } from "../../src/github/event-payload.ts";
import type { CarriedPart } from "../../src/host/ports.ts";
import { keptReports } from "../../src/pipeline/kept-reports.ts";
import { trimCache } from "../../src/pipeline/trim-cache.ts";
import type { DatabaseKind } from "../../src/tools/database.ts";
import { newestCached, storeDatabase } from "../../src/tools/database-cache.ts";
import { report } from "../scanners/fixture.ts";
import { type FakeCacheServer, RUNTIME_TOKEN, startFakeCache } from "../support/fake-cache-server.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();
const NAME = "20261121T060000Z-0123456789ab";

interface Run {
  readonly carried: ActionsCache;
  readonly cacheDirectory: string;
  readonly temp: string;
  /** `say` and `debug` alike. */
  readonly lines: string[];
}

interface RunOptions {
  readonly event?: string;
  readonly ref?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly category?: string;
  readonly useCache?: boolean;
  readonly offline?: boolean;
  readonly limitMs?: number;
  readonly stop?: AbortSignal;
  /** Files of its cache directory when it begins. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** A run on a machine of its own. */
function runWith(server: FakeCacheServer, options: RunOptions = {}): Run {
  const { event = "push", ref = "refs/heads/main", env = {}, path = "/ws", category = "sarif-gate" } = options;
  const { useCache = true, offline = false, limitMs = 5_000, stop = new AbortController().signal, files = {} } = options;
  const cacheDirectory = writeTree(join(makeDirectory(), "sarif-gate"), files);
  const temp = makeDirectory();
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const payload = decodeEventPayload({ repository: { default_branch: "main" } });
  const carried = actionsCache({
    environment: { ...server.environment, ...env },
    event: { name: event, ref, commit: "", repository: "octo/shop", serverUrl: "https://github.com", payload },
    config: { workspace: "/ws", path, category, useCache, offline },
    cacheDirectory,
    temp,
    log: { debug: log, say: log, warn: log },
    stop,
    limits: { restoreMs: limitMs, saveMs: limitMs },
  });
  return { carried, cacheDirectory, temp, lines };
}

/** Where its results are. */
function resultsOf({ carried }: Run): string {
  if (carried.results === null) throw new Error("the run has no results");
  return carried.results.directory;
}

/** What a run leaves in the temporary directory beside its results. */
function leftBeside(run: Run): string[] {
  return readdirSync(run.temp).filter((name) => join(run.temp, name) !== run.carried.results?.directory);
}

/** A run that finds what is there, writes files, and ends. */
async function runAndLeave(server: FakeCacheServer, part: CarriedPart, files: Readonly<Record<string, string>>, options: RunOptions = {}) {
  const run = runWith(server, options);
  await run.carried.restore(part);
  const place = part === "results" ? run.carried.results?.directory : join(run.cacheDirectory, part);
  if (place !== undefined) writeTree(place, files);
  await run.carried.save();
  return run;
}

async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const packed = tar.pack();
  for (const [name, text] of Object.entries(files)) packed.entry({ name }, text);
  packed.finalize();
  return gzipSync(await buffer(packed));
}

/** Puts an object there that a run of ours would find. */
async function plant(server: FakeCacheServer, part: CarriedPart, key: string, content: Buffer): Promise<void> {
  const probe = await startFakeCache();
  await runWith(probe).carried.restore(part);
  const version = String(probe.messages[0]?.body["version"]);
  server.objects.set(key, { version, content });
}

const methods = ({ messages }: FakeCacheServer) => messages.map(({ method }) => method);

describe("the service of these tests", () => {
  it("is one that GitHub's own client can use, and is asked by us as by it", async () => {
    const theirs = await startFakeCache();
    const [workspace, temp] = [makeDirectory(), makeDirectory()];
    for (const [name, value] of Object.entries({ ...theirs.environment, GITHUB_WORKSPACE: workspace, RUNNER_TEMP: temp }))
      vi.stubEnv(name, value);
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const kept = join(writeTree(makeDirectory(), { "kept/a.json": "1" }), "kept");
    expect(await restoreCache([kept], "key-", ["key-"])).toBeUndefined();
    await saveCache([kept], "key-1");
    rmSync(kept, { recursive: true });
    expect(await restoreCache([kept], "key-", ["key-"])).toBe("key-1");
    expect(readFileSync(join(kept, "a.json"), "utf8")).toBe("1");

    const ours = await startFakeCache();
    await runAndLeave(ours, "results", { "a.json": "1" });
    const shape = (server: FakeCacheServer) =>
      server.messages.slice(0, 3).map(({ method, authorization, body }) => [method, authorization, Object.keys(body).sort()]);
    expect(shape(ours)).toEqual(shape(theirs));
    expect(ours.messages[0]?.authorization).toBe(`Bearer ${RUNTIME_TOKEN}`);
    expect([ours, theirs].map(({ uploads }) => uploads[0]?.["x-ms-blob-type"])).toEqual(["BlockBlob", "BlockBlob"]);
    expect(ours.uploads[0]?.["content-length"]).toBe(String([...ours.objects.values()][0]?.content.length));
  });
});

describe("results", () => {
  it("are missed, left, and found by the next run", async () => {
    const server = await startFakeCache();
    const first = await runAndLeave(server, "results", { "files-1.ndjson": "one\n", "report-2.json": "{}" });
    expect(methods(server)).toEqual(["GetCacheEntryDownloadURL", "CreateCacheEntry", "FinalizeCacheEntryUpload"]);
    const second = runWith(server);
    await second.carried.restore("results");
    expect(readFileSync(join(resultsOf(second), "files-1.ndjson"), "utf8")).toBe("one\n");
    expect(second.lines.join("\n")).toMatch(/^From the cache of the repository: sarif-gate-results-1-/u);
    expect([leftBeside(first), leftBeside(second)]).toEqual([[], []]);
  });

  it("are not left again when nothing changed, and are when something did", async () => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", { "files-1.ndjson": "one\n" });
    await runAndLeave(server, "results", {});
    expect(methods(server).filter((method) => method === "CreateCacheEntry")).toHaveLength(1);
    await runAndLeave(server, "results", { "files-1.ndjson": "one\ntwo\n" });
    expect(server.objects.size).toBe(2);
  });

  it("are the newest ones", async () => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", { "files-1.ndjson": "old" });
    await runAndLeave(server, "results", { "files-1.ndjson": "new" });
    const run = runWith(server);
    await run.carried.restore("results");
    expect(readFileSync(join(resultsOf(run), "files-1.ndjson"), "utf8")).toBe("new");
  });

  it("are not left when there are none", async () => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", {});
    expect(server.objects.size).toBe(0);
  });

  it("keep their age, so that of too many those go that nobody used for longest", async () => {
    const server = await startFakeCache();
    const KEY = "a".repeat(64);
    const USED = `report-${KEY.slice(0, 32)}.json`;
    const noon = (day: number) => new Date(Date.UTC(2026, 0, day, 12));
    const reportsOn = (directory: string, day: number) => keptReports(directory, { now: () => noon(day) });

    const first = runWith(server);
    await first.carried.restore("results");
    const left = writeTree(resultsOf(first), { "unused.json": "{}", "younger.json": "{}" });
    await reportsOn(left, 1).write(KEY, [report("{}")]);
    for (const [name, day] of [[USED, 1] as const, ["unused.json", 2] as const, ["younger.json", 3] as const])
      utimesSync(join(left, name), noon(day), noon(day));
    await first.carried.save();

    const second = runWith(server);
    await second.carried.restore("results");
    const found = writeTree(resultsOf(second), { "new.json": "{}" });
    await reportsOn(found, 4).write(KEY, [report("{}")]);
    trimCache(found, statSync(join(found, USED)).size + 4, noon(4));
    await second.carried.save();

    const third = runWith(server);
    await third.carried.restore("results");
    expect(readdirSync(resultsOf(third)).sort()).toEqual(["new.json", USED, "younger.json"]);
  });

  it("are asked for once, however often and however soon they are wanted", async () => {
    const server = await startFakeCache();
    const { carried } = runWith(server);
    await Promise.all([carried.restore("results"), carried.restore("results")]);
    await carried.restore("results");
    expect(methods(server)).toEqual(["GetCacheEntryDownloadURL"]);
  });

  it.each([
    ["path", { path: "/ws/api" }, { path: "/ws/web" }],
    ["category", { category: "api" }, { category: "web" }],
  ])("of one %s are not those of another", async (_, one, other) => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", { "files-1.ndjson": "one" }, one);
    const stranger = runWith(server, other);
    await stranger.carried.restore("results");
    expect(existsSync(resultsOf(stranger))).toBe(false);
    const same = runWith(server, one);
    await same.carried.restore("results");
    expect(existsSync(join(resultsOf(same), "files-1.ndjson"))).toBe(true);
  });

  it("that an earlier step of the job left are neither used nor taken along", async () => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", { "shared.json": "from the cache", "ours.json": "1" });
    const run = await runAndLeave(
      server,
      "results",
      { "new.json": "2" },
      { files: { "results/shared.json": "planted", "results/theirs.json": "3" } },
    );
    expect(readFileSync(join(resultsOf(run), "shared.json"), "utf8")).toBe("from the cache");
    const next = runWith(server);
    await next.carried.restore("results");
    expect(readdirSync(resultsOf(next)).sort()).toEqual(["new.json", "ours.json", "shared.json"]);
    expect(readFileSync(join(resultsOf(next), "shared.json"), "utf8")).toBe("from the cache");
  });

  it("are used on a pull request, and not left", async () => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", { "files-1.ndjson": "one" });
    const change = { event: "pull_request", ref: "refs/pull/7/merge" };
    const run = await runAndLeave(server, "results", { "files-2.ndjson": "two" }, change);
    expect(existsSync(join(resultsOf(run), "files-1.ndjson"))).toBe(true);
    expect([run.carried.results, server.objects.size]).toEqual([expect.objectContaining({ keeps: false, decideAlone: false }), 1]);
  });

  it("are neither asked for nor left on a release", async () => {
    const server = await startFakeCache();
    const run = await runAndLeave(server, "results", { "files-1.ndjson": "one" }, { event: "release", ref: "refs/tags/v1" });
    expect([run.carried.results, server.messages]).toEqual([null, []]);
  });
});

describe("an object of results that cannot be believed", () => {
  const PREFIX = async () => {
    const server = await startFakeCache();
    await runWith(server).carried.restore("results");
    return String(server.messages[0]?.body["key"]);
  };

  const restored = async (content: Buffer, digest = "0".repeat(64)) => {
    const server = await startFakeCache();
    await plant(server, "results", `${await PREFIX()}${digest}`, content);
    const run = runWith(server);
    await run.carried.restore("results");
    expect([existsSync(resultsOf(run)), leftBeside(run)]).toEqual([false, []]);
    return run.lines.join("\n");
  };

  it("has another content than its key says", async () => {
    expect(await restored(await archiveOf({ "files-1.ndjson": "forged" }))).toContain("its content is not what its key says");
  });

  it("would be taken with the digest of its content: a digest is no signature", async () => {
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    const server = await startFakeCache();
    const digest = sha256(`${sha256("forged")} files-1.ndjson\n`);
    await plant(server, "results", `${await PREFIX()}${digest}`, await archiveOf({ "files-1.ndjson": "forged" }));
    const run = runWith(server);
    await run.carried.restore("results");
    expect(readdirSync(resultsOf(run))).toEqual(["files-1.ndjson"]);
  });

  it("is damaged", async () => {
    const whole = await archiveOf({ "files-1.ndjson": "one" });
    expect(await restored(whole.subarray(0, whole.length - 9))).toContain("unexpected end");
    expect(await restored(Buffer.from("no archive"))).toContain("incorrect header");
  });

  it("leads out of the cache directory", async () => {
    const outside = join(makeDirectory(), "owned");
    for (const name of [outside, "../owned"]) expect(await restored(await archiveOf({ [name]: "x" }))).toContain("no cache of ours holds");
    expect(existsSync(outside)).toBe(false);
  });
});

describe("a database", () => {
  const kind: DatabaseKind = {
    scanner: "trivy",
    title: "Trivy's database",
    input: "trivy-db",
    refreshAfterMs: 1,
    digest: async (directory) =>
      createHash("sha256")
        .update(readFileSync(join(directory, "db", "trivy.db")))
        .digest("hex"),
    read: async (directory) => ({
      updatedAt: new Date("2026-11-21T06:00:00Z"),
      digest: await kind.digest(directory),
      flaw: null,
      nextUpdate: null,
    }),
    download: async (directory) => void writeTree(directory, { "db/trivy.db": "advisories" }),
  };
  const now = new Date("2026-11-21T12:00:00Z");
  const store = (run: Run) => storeDatabase({ kind, directory: join(run.cacheDirectory, "trivy-db") }, now);
  const newest = (run: Run) => newestCached({ kind, directory: join(run.cacheDirectory, "trivy-db") }, now);

  const leaveOne = async (server: FakeCacheServer) => {
    const run = runWith(server);
    await run.carried.restore("trivy-db");
    await store(run);
    await run.carried.save();
  };

  it("is left under its own date and digest, once, and found by the next run, which verifies it", async () => {
    const server = await startFakeCache();
    await leaveOne(server);
    await leaveOne(server);
    expect([...server.objects.keys()]).toEqual([expect.stringMatching(/^sarif-gate-trivy-db-20261121T060000Z-[0-9a-f]{12}$/u)]);
    const next = runWith(server);
    await next.carried.restore("trivy-db");
    const found = await newest(next);
    expect(readFileSync(join(found?.directory ?? "", "db", "trivy.db"), "utf8")).toBe("advisories");
    expect(statSync(join(found?.directory ?? "", "db", "trivy.db")).mode & 0o777).toBe(0o600);
  });

  it("is the newest alone, of all that are there", async () => {
    const server = await startFakeCache();
    const [old, young] = ["20261119T060000Z-0123456789ab", NAME];
    await runAndLeave(server, "trivy-db", { [`${old}/db/trivy.db`]: "old", [`${young}/db/trivy.db`]: "new" });
    expect([...server.objects.keys()]).toEqual([`sarif-gate-trivy-db-${young}`]);
  });

  it("is not believed under another name than that of its content", async () => {
    const server = await startFakeCache();
    await leaveOne(server);
    const [[key = "", object] = []] = [...server.objects];
    server.objects.clear();
    server.objects.set(key.replace(/.{12}$/u, "0123456789ab"), object ?? { version: "", content: Buffer.of() });
    const run = runWith(server);
    await run.carried.restore("trivy-db");
    expect(await newest(run)).toBeNull();
  });

  it.each(["zzz", "../escape", `${NAME}/x`, `.${NAME}`, ""])("is not put anywhere where its key ends with %j", async (name) => {
    const server = await startFakeCache();
    await plant(server, "trivy-db", `sarif-gate-trivy-db-${name}`, await archiveOf({ "db/trivy.db": "x" }));
    const run = runWith(server);
    await run.carried.restore("trivy-db");
    expect(existsSync(join(run.cacheDirectory, "trivy-db"))).toBe(false);
    expect(run.lines).toEqual(["The cache of the repository is not used for trivy-db: its key names no database."]);
  });

  it("that is damaged leaves nothing behind", async () => {
    const server = await startFakeCache();
    const whole = await archiveOf({ "db/trivy.db": "x" });
    await plant(server, "trivy-db", `sarif-gate-trivy-db-${NAME}`, whole.subarray(0, whole.length - 9));
    const run = runWith(server);
    await run.carried.restore("trivy-db");
    expect(readdirSync(join(run.cacheDirectory, "trivy-db"))).toEqual([]);
  });

  it.each([
    ["pull_request", "refs/pull/7/merge"],
    ["merge_group", "refs/heads/gh-readonly-queue/main/pr-7"],
    ["push", "refs/heads/feature"],
    ["release", "refs/tags/v1"],
  ])("is not even asked for on %s of %s", async (event, ref) => {
    const server = await startFakeCache();
    await runWith(server, { event, ref }).carried.restore("safety-db");
    expect(server.messages).toEqual([]);
  });
});

describe("no cache is asked", () => {
  it.each<[string, RunOptions]>([
    ["with `cache: false`", { useCache: false }],
    ["offline", { offline: true }],
    ["where the runner has no cache service", { env: { ACTIONS_RESULTS_URL: "" } }],
    ["where the service is that of before", { env: { ACTIONS_CACHE_SERVICE_V2: "" } }],
    ["without the runner's token", { env: { ACTIONS_RUNTIME_TOKEN: "" } }],
    ["on GitHub Enterprise Server", { env: { GITHUB_SERVER_URL: "https://git.example.com" } }],
    ["on a host that only looks like GitHub's", { env: { GITHUB_SERVER_URL: "https://github.com.example.com" } }],
    ["on a machine that stays", { env: { RUNNER_ENVIRONMENT: "self-hosted" } }],
    ["where the mode of the cache is none", { env: { ACTIONS_CACHE_MODE: "none" } }],
  ])("%s, and the run keeps its results for itself", async (_, options) => {
    const server = await startFakeCache();
    const run = await runAndLeave(server, "results", { "files-1.ndjson": "one" }, options);
    expect([run.carried.results?.keeps, server.messages]).toEqual([true, []]);
  });

  it("for more than the mode allows", async () => {
    const server = await startFakeCache();
    await runAndLeave(server, "results", { "files-1.ndjson": "one" }, { env: { ACTIONS_CACHE_MODE: "Read" } });
    expect(methods(server)).toEqual(["GetCacheEntryDownloadURL"]);
    await runAndLeave(server, "results", { "files-1.ndjson": "one" }, { env: { ACTIONS_CACHE_MODE: "write-only" } });
    expect(methods(server).slice(1)).toEqual(["CreateCacheEntry", "FinalizeCacheEntryUpload"]);
  });

  it("on an address that is not https: the token is not sent there", async () => {
    const server = await startFakeCache();
    const run = runWith(server, { env: { ACTIONS_RESULTS_URL: "http://results.example.com/" } });
    await run.carried.restore("results");
    expect(run.lines).toEqual(["The cache of the repository is not used for results: the service named an address that is not https."]);
  });
});

describe("a fault of the service", () => {
  it.each([
    ["answers 500", 500, "the answer was 500"],
    ["answers 429", 429, "the answer was 429"],
    ["answers 403", 403, "the answer was 403"],
    ["says nothing", "hang", "The operation was aborted due to timeout"],
  ] as const)("which %s ends within the bound, with one line, and nothing is left", async (_, service, because) => {
    const server = await startFakeCache({ service });
    const run = await runAndLeave(server, "results", { "files-1.ndjson": "one" }, { limitMs: 200 });
    expect(run.lines).toEqual([
      `The cache of the repository is not used for results: ${because}.`,
      expect.stringMatching(/^Nothing was left in the cache of the repository /u),
    ]);
    expect([leftBeside(run), readdirSync(resultsOf(run))]).toEqual([[], ["files-1.ndjson"]]);
  });

  it.each([503, 302, "hang"] as const)("whose storage answers %j ends likewise, and no address is shown", async (storage) => {
    const server = await startFakeCache({ storage });
    await plant(server, "results", await prefixOf(server), Buffer.of());
    const run = await runAndLeave(server, "results", { "files-1.ndjson": "one" }, { limitMs: 200 });
    expect(run.lines).toHaveLength(2);
    expect(run.lines.join("\n")).not.toMatch(/signature|127\.0\.0\.1/u);
    expect(leftBeside(run)).toEqual([]);
  });

  it("that cannot be reached costs nothing but a line", async () => {
    const server = await startFakeCache();
    const run = await runAndLeave(server, "results", { "a.json": "1" }, { env: { ACTIONS_RESULTS_URL: "http://127.0.0.1:9/" } });
    expect(run.lines).toHaveLength(2);
  });

  it("ends at once when the run is stopped", async () => {
    const server = await startFakeCache({ service: "hang" });
    const stop = new AbortController();
    const run = runWith(server, { stop: stop.signal, limitMs: 60_000 });
    const restoring = run.carried.restore("results");
    stop.abort();
    await restoring;
    expect(run.lines).toHaveLength(1);
  });

  it("whose storage says nothing holds up the end of the run once, however many parts there are", async () => {
    const server = await startFakeCache({ storage: "hang" });
    const run = runWith(server, { limitMs: 200 });
    await Promise.all([run.carried.restore("results"), run.carried.restore("trivy-db")]);
    writeTree(resultsOf(run), { "a.json": "1" });
    writeTree(run.cacheDirectory, { [`trivy-db/${NAME}/db/trivy.db`]: "advisories" });
    await run.carried.save();
    expect(methods(server).filter((method) => method === "CreateCacheEntry")).toHaveLength(1);
    expect(run.lines.filter((line) => line.startsWith("Nothing was left"))).toHaveLength(2);
  });

  it("that has the key already is a line for whoever debugs", async () => {
    const server = await startFakeCache();
    const one = runWith(server);
    const other = runWith(server);
    for (const run of [one, other]) {
      await run.carried.restore("results");
      writeTree(resultsOf(run), { "a.json": "1" });
    }
    await one.carried.save();
    await other.carried.save();
    expect([server.objects.size, other.lines]).toEqual([1, [expect.stringContaining("takes nothing under this key")]]);
  });

  const prefixOf = async (server: FakeCacheServer) => {
    const probe = await startFakeCache();
    await runWith(probe).carried.restore("results");
    expect(server.messages).toEqual([]);
    return `${String(probe.messages[0]?.body["key"])}${"0".repeat(64)}`;
  };
});
