import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { httpsDownloads } from "../../src/host/https-downloads.ts";
import { textDigest } from "../../src/tools/file-digest.ts";
import { SAFETY_DATABASE_URL, safetyDatabase } from "../../src/tools/safety-database.ts";
import { serveOnLoopback } from "../support/loopback.ts";
import { temporaryDirectory, toolHost } from "../support/tool-host.ts";

const TIMESTAMP = 1_763_200_800;
const META = { schema_version: "2.0.0", timestamp: TIMESTAMP, advisory: "…" };
const PACKAGES = { django: ["<1.9"] };

const database = (meta: object = META, vulnerable_packages: unknown = PACKAGES) => JSON.stringify({ meta, vulnerable_packages });

function directoryWith(insecure: string, insecureFull: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "insecure.json"), insecure);
  writeFileSync(join(directory, "insecure_full.json"), insecureFull);
  return directory;
}

const kind = safetyDatabase({ url: SAFETY_DATABASE_URL, timeoutMs: 1000 }, toolHost());

describe("reading Safety's database", () => {
  it("takes its date from the timestamp, in seconds, and its digest from both files", async () => {
    expect(await kind.read(directoryWith(database(), `${database()} `))).toEqual({
      updatedAt: new Date(TIMESTAMP * 1000),
      digest: textDigest(`${database()}${database()} `),
      flaw: null,
      nextUpdate: null,
    });
  });

  it("is as old as the older of the two files", async () => {
    const older = database({ ...META, timestamp: TIMESTAMP - 86_400 });
    expect((await kind.read(directoryWith(database(), older))).updatedAt).toEqual(new Date((TIMESTAMP - 86_400) * 1000));
  });

  it("takes the date in words where there is no timestamp, as UTC", async () => {
    const worded = database({ schema_version: "2.0.0", last_updated: "2025-11-15 10:00:00" });
    expect((await kind.read(directoryWith(worded, worded))).updatedAt).toEqual(new Date("2025-11-15T10:00:00Z"));
  });

  it.each([{ schema_version: "2.0.0" }, { schema_version: "2.0.0", last_updated: "yesterday" }])(
    "is undated when one file is: %j",
    async (meta) => {
      expect((await kind.read(directoryWith(database(), database(meta)))).updatedAt).toBeNull();
    },
  );

  it("has a flaw when either file holds no packages", async () => {
    expect((await kind.read(directoryWith(database(META, {}), database()))).flaw).toBe("holds no packages (insecure.json)");
    expect((await kind.read(directoryWith(database(), database(META, {})))).flaw).toBe("holds no packages (insecure_full.json)");
  });

  const advisories = (...specs: string[]) => [
    { advisory: "…", specs: specs.slice(0, 1) },
    { advisory: "…", specs: specs.slice(1) },
  ];
  const flawOf = async (short: object, full: object, [from, to] = [TIMESTAMP, TIMESTAMP]) =>
    (await kind.read(directoryWith(database({ ...META, timestamp: from }, short), database({ ...META, timestamp: to }, full)))).flaw;

  it.each([
    ["the same specifiers", { django: ["<1.9", "<2.2"] }, { django: advisories("<1.9", "<2.2") }],
    ["a specifier more in the short file", { django: ["<1.9", "<2.2", "<3"] }, { django: advisories("<1.9", "<2.2") }],
    ["a package without specifiers", { django: ["<1.9"], flask: [] }, { django: advisories("<1.9") }],
  ])("has no flaw when its files have %s", async (_, short, full) => {
    expect(await flawOf(short, full)).toBeNull();
  });

  it.each([
    ["a specifier", { django: ["<1.9"] }, { django: advisories("<1.9", "<2.2") }],
    ["all specifiers of a package", { django: ["<1.9"], flask: [] }, { django: advisories("<1.9"), flask: advisories("<1") }],
    ["a package", { django: ["<1.9"] }, { django: advisories("<1.9"), flask: advisories("<1") }],
    ["an inherited name", { django: ["<1.9"] }, { django: advisories("<1.9"), constructor: advisories("<1") }],
  ])("has a flaw when the short file lacks %s", async (_, short, full) => {
    expect(await flawOf(short, full)).toMatch(
      /^holds two files that do not belong together: they differ in the package (django|flask|constructor)$/u,
    );
  });

  it.each([
    ["a package", { django: advisories("<1.9") }],
    ["all advisories of a package", { django: advisories("<1.9"), flask: [] }],
  ])("has a flaw when the full file lacks %s", async (_, full) => {
    expect(await flawOf({ django: ["<1.9"], flask: ["<1"] }, full)).toContain("the package flask");
  });

  it("has a flaw when its files are more than a day apart, in either order", async () => {
    const [short, full] = [{ django: ["<1.9"] }, { django: advisories("<1.9") }];
    expect(await flawOf(short, full, [TIMESTAMP, TIMESTAMP - 86_400])).toBeNull();
    expect(await flawOf(short, full, [TIMESTAMP, TIMESTAMP - 86_401])).toContain("different days");
    expect(await flawOf(short, full, [TIMESTAMP - 86_401, TIMESTAMP])).toContain("different days");
  });

  it.each([
    ["a broken file", '{"meta": {', "insecure_full.json: "],
    ["half a file", database().slice(0, -2), "insecure_full.json: "],
    ["another schema", database({ ...META, schema_version: "3.0.0" }), "schema_version"],
    ["no meta", '{"vulnerable_packages": {}}', "meta"],
    ["no packages key", '{"meta": {"schema_version": "2.0.0"}}', "vulnerable_packages"],
    ["a package that is no list", database(META, { django: "<1.9" }), "django"],
    ["an advisory without specifiers", database(META, { django: [{ advisory: "…" }] }), "django"],
    ["a list of packages", database(META, ["django"]), "vulnerable_packages"],
    ["a page instead of data", "<html>", "insecure_full.json: "],
    ["a timestamp that is none", database({ ...META, timestamp: "soon" }), "timestamp"],
  ])("is refused for %s", async (_, text, named) => {
    await expect(kind.read(directoryWith(database(), text))).rejects.toMatchObject({
      code: "database-unusable",
      message: expect.stringContaining(named),
      remedy: expect.stringContaining("`safety-db`"),
    });
  });

  it("is refused when a file is missing, naming it", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "insecure.json"), database());
    await expect(kind.read(directory)).rejects.toThrow(join(directory, "insecure_full.json"));
  });
});

describe("downloading Safety's database", () => {
  const downloads = httpsDownloads({ network: {}, wait: async () => undefined });

  it("gets both files", async () => {
    const server = await serveOnLoopback(
      new Map([
        ["/insecure.json", database()],
        ["/insecure_full.json", database()],
      ]),
    );
    const directory = temporaryDirectory();
    const loopback = safetyDatabase({ url: server.url, timeoutMs: 5000 }, toolHost({ downloads }));
    await loopback.download(directory);
    expect(server.asked.sort()).toEqual(["/insecure.json", "/insecure_full.json"]);
    expect((await loopback.read(directory)).flaw).toBeNull();
  });

  it("fails when one of them cannot be had", async () => {
    const server = await serveOnLoopback(new Map([["/insecure.json", database()]]));
    const directory = join(temporaryDirectory(), "new");
    mkdirSync(directory);
    const loopback = safetyDatabase({ url: server.url, timeoutMs: 5000 }, toolHost({ downloads }));
    await expect(loopback.download(directory)).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringContaining("insecure_full.json"),
    });
  });

  it("asks the address that Safety itself uses", () => {
    expect(SAFETY_DATABASE_URL).toBe("https://pyup.io/aws/safety/free/2.0.0");
  });
});
