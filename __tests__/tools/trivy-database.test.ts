import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProcessExit, ProcessRequest } from "../../src/host/ports.ts";
import { trivyDatabase } from "../../src/tools/trivy-database.ts";
import { exited, type ToolHost, temporaryDirectory, toolHost } from "../support/tool-host.ts";
import { boltFile, metadata, writeTrivyDatabase } from "../support/trivy-databases.ts";

const UPDATED = "2026-11-20T06:12:34.123456789Z";

function kindWith(host: ToolHost, repositories: readonly string[] = []) {
  return trivyDatabase({ trivy: async () => "/cache/trivy", repositories, timeoutMs: 60_000, retryAfterMs: 0 }, host);
}

describe("reading Trivy's database", () => {
  const kind = kindWith(toolHost());

  it("takes its dates from its metadata", async () => {
    const directory = writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: UPDATED, NextUpdate: "2026-11-21T06:12:34Z" });
    expect(await kind.read(directory)).toEqual({
      updatedAt: new Date("2026-11-20T06:12:34.123Z"),
      nextUpdate: new Date("2026-11-21T06:12:34Z"),
      flaw: null,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("is undated when the date was never set", async () => {
    const directory = writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: "0001-01-01T00:00:00Z" });
    expect((await kind.read(directory)).updatedAt).toBeNull();
  });

  it.each([
    ["another schema version", metadata({ Version: 1 }), boltFile(), "Version"],
    ["metadata that is not JSON", "{", boltFile(), "JSON"],
    ["metadata without a date", JSON.stringify({ Version: 2 }), boltFile(), "UpdatedAt"],
    ["an empty database file", metadata(), Buffer.alloc(0), "(0 bytes) is not a Trivy database"],
    ["a file that is no database", metadata(), Buffer.alloc(4096, 7), "(4096 bytes) is not a Trivy database"],
  ])("is refused for %s", async (_, json, bytes, named) => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, "db"));
    writeFileSync(join(directory, "db", "metadata.json"), json);
    writeFileSync(join(directory, "db", "trivy.db"), bytes);
    await expect(kind.read(directory)).rejects.toMatchObject({ code: "database-unusable", message: expect.stringContaining(named) });
  });

  it("is refused when the db folder itself was given, with a hint", async () => {
    const directory = writeTrivyDatabase(temporaryDirectory());
    await expect(kind.read(join(directory, "db"))).rejects.toMatchObject({
      code: "database-unusable",
      remedy: expect.stringContaining("holds db/trivy.db and db/metadata.json, not db itself"),
    });
  });
});

describe("downloading Trivy's database", () => {
  /** Trivy that answers these, one start after the other, and then delivers. */
  function scripted(failures: readonly ProcessExit[]) {
    let starts = 0;
    return ({ argv }: ProcessRequest): ProcessExit => {
      const failure = failures[starts++];
      if (failure === undefined) writeTrivyDatabase(argv[argv.indexOf("--cache-dir") + 1] ?? "");
      return failure ?? exited(0);
    };
  }

  const BUSY = exited(1, { stderr: "FATAL\tFatal error\tTOOMANYREQUESTS: retry-after: 1s" });
  const UNREACHABLE = exited(1, {
    stderr: 'FATAL\tFatal error\tGet "https://mirror.gcr.io/v2/": dial tcp: lookup mirror.gcr.io: no such host',
  });

  it("has Trivy do it in a step of its own, with the network and without a target", async () => {
    const host = toolHost({ run: scripted([]), network: { HTTPS_PROXY: "http://proxy" } });
    const directory = temporaryDirectory();
    await kindWith(host).download(directory);
    expect(host.requests[0]?.argv).toEqual([
      "/cache/trivy",
      "fs",
      "--download-db-only",
      "--cache-dir",
      directory,
      "--no-progress",
      "--skip-version-check",
      "--disable-telemetry",
    ]);
    expect(host.requests[0]?.env).toMatchObject({ HTTPS_PROXY: "http://proxy", PATH: "/usr/bin:/bin" });
    expect(host.requests[0]?.cwd.startsWith(directory)).toBe(true);
    expect((await kindWith(host).read(directory)).flaw).toBeNull();
  });

  it("asks the mirrors in their order", async () => {
    const host = toolHost({ run: scripted([]) });
    await kindWith(host, ["a.example/db:2", "b.example/db:2"]).download(temporaryDirectory());
    expect(host.requests[0]?.argv.join(" ")).toContain("--db-repository a.example/db:2,b.example/db:2 ");
  });

  it("tries three times where the registry is busy", async () => {
    const host = toolHost({ run: scripted([BUSY, BUSY]) });
    await kindWith(host).download(temporaryDirectory());
    expect(host.requests).toHaveLength(3);
    expect(host.lines).toHaveLength(2);
  });

  it("gives up after the third", async () => {
    const host = toolHost({ run: scripted([BUSY, BUSY, BUSY, BUSY]) });
    await expect(kindWith(host).download(temporaryDirectory())).rejects.toMatchObject({ code: "download-failed" });
    expect(host.requests).toHaveLength(3);
  });

  it("does not repeat what cannot succeed, and names the remedies", async () => {
    const host = toolHost({ run: scripted([UNREACHABLE]) });
    await expect(kindWith(host).download(temporaryDirectory())).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringContaining("no such host"),
      remedy: expect.stringContaining("`trivy-db-repository`"),
    });
    expect(host.requests).toHaveLength(1);
  });

  it("names a full disk", async () => {
    const host = toolHost({ run: scripted([exited(1, { stderr: "FATAL write /cache/db/trivy.db: no space left on device" })]) });
    await expect(kindWith(host).download(temporaryDirectory())).rejects.toMatchObject({
      code: "install-failed",
      remedy: "Make room there, then run again.",
    });
  });
});
