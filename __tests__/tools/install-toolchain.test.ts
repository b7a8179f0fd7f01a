import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCANNER_IDS } from "../../src/findings/scanner-id.ts";
import { httpsDownloads } from "../../src/host/https-downloads.ts";
import type { ProcessRequest } from "../../src/host/ports.ts";
import { describeToolchain } from "../../src/tools/describe-toolchain.ts";
import { textDigest } from "../../src/tools/file-digest.ts";
import { installToolchain } from "../../src/tools/install-toolchain.ts";
import type { ToolchainOptions } from "../../src/tools/toolchain-options.ts";
import { tarGz } from "../support/archives.ts";
import { executableFile, fakePython } from "../support/fake-python.ts";
import { type Answer, serveOnLoopback } from "../support/loopback.ts";
import { exited, NOW, type ToolHost, temporaryDirectory, toolHost } from "../support/tool-host.ts";
import { writeTrivyDatabase } from "../support/trivy-databases.ts";

const PROGRAM = "trivy";
const SAFETY_DATABASE = JSON.stringify({
  meta: { schema_version: "2.0.0", timestamp: NOW.getTime() / 1000 },
  vulnerable_packages: { django: ["<2"] },
});

interface Machine {
  readonly host: ToolHost;
  readonly options: ToolchainOptions;
  readonly asked: string[];
}

/** A machine with Python, whose network is `answers` over a release and a pair of database files. */
async function machine(answers: ReadonlyMap<string, Answer> = new Map(), changes: Partial<ToolchainOptions> = {}): Promise<Machine> {
  const archive = await tarGz([{ name: "trivy", content: PROGRAM }]);
  const served = new Map<string, Answer>([
    ["/trivy.tar.gz", archive],
    ["/insecure.json", SAFETY_DATABASE],
    ["/insecure_full.json", SAFETY_DATABASE],
    ...answers,
  ]);
  const { url, asked } = await serveOnLoopback(served);
  const python = executableFile(temporaryDirectory(), "python3.12");
  const host = toolHost({
    searchPath: join(python, ".."),
    run: scripted(python),
    downloads: httpsDownloads({ network: {}, wait: async () => undefined }),
  });
  const asset = { archive: "trivy.tar.gz", sha256: await digestOf(archive), member: "trivy" as const };
  const options: ToolchainOptions = {
    scanners: SCANNER_IDS,
    path: "/scanned",
    python: null,
    pythonIndexUrl: null,
    safetyDatabase: null,
    trivyDatabase: null,
    trivyDatabaseRepositories: [],
    useCache: true,
    offline: false,
    maxDatabaseAgeDays: { safety: 45, trivy: 7 },
    timeoutMs: 60_000,
    sources: {
      trivyRelease: { version: "9.9.9", baseUrl: url, redirectHosts: [], assets: new Map([["linux-x64", asset]]) },
      safetyDatabaseUrl: url,
      retryAfterMs: 0,
    },
    ...changes,
  };
  return { host, options, asked };
}

async function digestOf(bytes: Buffer): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return Buffer.from(digest).toString("hex");
}

/** Python that answers who it is, and everything that installs. */
function scripted(python: string) {
  const install = fakePython({ packages: { "package.py": "" } });
  return (request: ProcessRequest) => {
    const { argv } = request;
    if (argv.includes("--download-db-only")) {
      writeTrivyDatabase(argv[argv.indexOf("--cache-dir") + 1] ?? "", { UpdatedAt: NOW.toISOString(), NextUpdate: "2026-11-22T12:00:00Z" });
      return exited(0);
    }
    if (argv[2] !== "-c") return install(request);
    const facts = { implementation: "cpython", version: [3, 12, 4], hasPip: true, hasEnsurepip: true, freeThreaded: false };
    return exited(0, { stdout: JSON.stringify({ ...facts, executable: python, base: python }) });
  };
}

async function outcomes({ options, host }: Machine) {
  const toolchain = installToolchain(options, host);
  return await Promise.allSettled(SCANNER_IDS.map((scanner) => toolchain.install(scanner)));
}

/** Names of the Python environments that are installed. */
function environments({ host }: Machine): string[] {
  const directory = join(host.surroundings.cacheDirectory, "python");
  return existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => /-cp312-/.test(name))
        .sort()
    : [];
}

describe("installToolchain", () => {
  it("makes all three scanners ready", async () => {
    const made = await machine();
    const [bandit, safety, trivy] = await outcomes(made);
    const cache = made.host.surroundings.cacheDirectory;
    expect(bandit).toMatchObject({
      value: { installation: { version: "1.9.4", python: "3.12", databaseDirectory: null, database: null }, databaseGap: null },
    });
    expect(safety).toMatchObject({
      value: {
        installation: { version: "3.7.0", python: "3.12", databaseDirectory: expect.stringContaining(join(cache, "safety-db")) },
        databaseGap: null,
        notices: [],
      },
    });
    expect(trivy).toMatchObject({
      value: {
        installation: {
          launch: [join(cache, "trivy", "9.9.9-linux-x64", "trivy")],
          version: "9.9.9",
          python: null,
          database: { origin: "downloaded", ageDays: 0 },
        },
      },
    });
  });

  it("starts and downloads nothing a second time", async () => {
    const made = await machine();
    await outcomes(made);
    made.host.requests.length = 0;
    made.asked.length = 0;
    const again = await outcomes({ ...made, options: { ...made.options, offline: true } });
    expect(again.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
    expect(made.host.requests).toEqual([]);
    expect(made.asked).toEqual([]);
  });

  it("asks for the interpreter once, whoever needs it", async () => {
    const made = await machine();
    await outcomes(made);
    expect(made.host.requests.filter(({ argv }) => argv[2] === "-c")).toHaveLength(1);
  });

  it("installs what was not requested only when it is asked for", async () => {
    const { host, options, asked } = await machine(new Map(), { scanners: ["trivy"] });
    const toolchain = installToolchain(options, host);
    await toolchain.install("trivy");
    expect(asked).toEqual(["/trivy.tar.gz"]);
    expect(host.requests.filter(({ argv }) => argv.includes("pip"))).toEqual([]);
  });

  it("installs Bandit only when it is asked for", async () => {
    const made = await machine();
    const toolchain = installToolchain(made.options, made.host);
    await Promise.all([toolchain.install("safety"), toolchain.install("trivy")]);
    expect(environments(made)).toEqual([expect.stringMatching(/^safety-/)]);
    await toolchain.install("bandit");
    expect(environments(made)).toEqual([expect.stringMatching(/^bandit-/), expect.stringMatching(/^safety-/)]);
  });

  it("reads a database that is there although Trivy cannot be installed, and says what is wrong with Trivy", async () => {
    const made = await machine(new Map([["/trivy.tar.gz", { status: 404 }]]));
    const [, , trivy] = await outcomes(made);
    expect(trivy).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("Trivy 9.9.9 could not be installed") } });
    expect(made.host.requests.filter(({ argv }) => argv.includes("--download-db-only"))).toEqual([]);
  });

  it("lets the other scanners be ready when one cannot be", async () => {
    const made = await machine(new Map([["/trivy.tar.gz", { status: 404 }]]));
    const [bandit, safety, trivy] = await outcomes(made);
    expect([bandit?.status, safety?.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(trivy).toMatchObject({ status: "rejected", reason: { code: "download-failed" } });
  });

  it("keeps a failure until its scanner is asked for", async () => {
    const { host, options } = await machine(new Map(), { offline: true });
    const toolchain = installToolchain(options, host);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(toolchain.install("safety")).rejects.toMatchObject({ code: "install-offline" });
  });

  it("makes Trivy ready on a machine without Python", async () => {
    const made = await machine();
    const host = { ...made.host, surroundings: { ...made.host.surroundings, searchPath: "" } };
    const [bandit, safety, trivy] = await outcomes({ ...made, host });
    expect(bandit).toMatchObject({ reason: { code: "install-unsupported" } });
    expect(safety).toMatchObject({ reason: { code: "install-unsupported" } });
    expect(trivy?.status).toBe("fulfilled");
  });

  it("passes on the gap of a given database and downloads none", async () => {
    const trivyDatabase = writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: "2026-01-01T00:00:00Z" });
    const made = await machine(new Map(), { trivyDatabase });
    const [, , trivy] = await outcomes(made);
    expect(trivy).toMatchObject({ value: { installation: { databaseDirectory: trivyDatabase }, databaseGap: { path: "trivy-db" } } });
    expect(made.host.requests.filter(({ argv }) => argv.includes("--download-db-only"))).toEqual([]);
  });

  it("keeps no database without the cache, and installs scanners there all the same", async () => {
    const made = await machine(new Map(), { useCache: false });
    const [, safety] = await outcomes(made);
    const { scratch, cacheDirectory } = made.host.surroundings;
    expect(safety).toMatchObject({
      value: {
        installation: {
          launch: [expect.stringContaining(cacheDirectory), "-I", "-B", "-c", expect.stringContaining("from safety.cli import cli")],
          databaseDirectory: expect.stringContaining(scratch),
        },
      },
    });
  });

  it("says what is missing for each scanner when nothing is there offline", async () => {
    const made = await machine(new Map(), { offline: true });
    const reasons = (await outcomes(made)).map((outcome) => outcome.status === "rejected" && outcome.reason);
    expect(reasons).toMatchObject([
      { code: "install-offline", message: expect.stringContaining("Bandit 1.9.4 for Python 3.12 is not installed") },
      { code: "install-offline", message: expect.stringContaining("Safety 3.7.0 for Python 3.12 is not installed") },
      { code: "install-offline", message: expect.stringContaining("Trivy 9.9.9 is not installed") },
    ]);
    expect(made.asked).toEqual([]);
  });
});

describe("the identity of a scanner", () => {
  /** A machine on which nothing can be installed, and who its scanners are. */
  async function identify(changes: Partial<ToolchainOptions> = {}, made?: Machine) {
    const { options, host } = made ?? (await machine());
    const toolchain = installToolchain({ ...options, scanners: ["bandit"], offline: true, ...changes }, host);
    return await Promise.all(SCANNER_IDS.map((scanner) => toolchain.identify(scanner)));
  }

  it("is told without installing anything", async () => {
    const made = await machine();
    expect(await identify({}, made)).toEqual(
      ["1.9.4", "3.7.0", "9.9.9"].map((version) => ({ version, digest: expect.stringMatching(/^[0-9a-f]{64}$/) })),
    );
    expect(made.host.requests.every(({ argv }) => argv[2] === "-c")).toBe(true);
    expect(environments(made)).toEqual([]);
  });

  it("starts no process where the interpreter is remembered", async () => {
    const made = await machine();
    await identify({}, made);
    made.host.requests.length = 0;
    await identify({}, made);
    expect(made.host.requests).toEqual([]);
  });

  it("is the same in the next run, and another for each scanner", async () => {
    const made = await machine();
    const [one, next] = [await identify({}, made), await identify({}, made)];
    expect(next).toEqual(one);
    expect(new Set(one.map(({ digest }) => digest)).size).toBe(3);
  });

  it("is another on another platform", async () => {
    const made = await machine();
    const [bandit, safety] = await identify({}, made);
    const host = { ...made.host, platform: { os: "linux", arch: "arm64", cores: 2 } } as const;
    const toolchain = installToolchain({ ...made.options, scanners: [] }, host);
    expect((await toolchain.identify("bandit")).digest).not.toBe(bandit?.digest);
    expect((await toolchain.identify("safety")).digest).not.toBe(safety?.digest);
    await expect(toolchain.identify("trivy")).rejects.toMatchObject({ code: "install-unsupported" });
  });

  it("is another with another interpreter at another place", async () => {
    const [here, there] = [await identify(), await identify()];
    expect(there[0]?.digest).not.toBe(here[0]?.digest);
    expect(there[2]?.version).toBe(here[2]?.version);
  });

  it("is refused where there is no Python", async () => {
    const made = await machine();
    const host = { ...made.host, surroundings: { ...made.host.surroundings, searchPath: "" } };
    const toolchain = installToolchain({ ...made.options, scanners: [] }, host);
    await expect(toolchain.identify("bandit")).rejects.toMatchObject({ code: "install-unsupported" });
  });
});

describe("describeToolchain", () => {
  const states = async ({ options, host }: Machine) =>
    (await describeToolchain(options, host)).map(({ what, state }) => `${what}: ${state}`);

  it("says what is absent, and installs nothing", async () => {
    const made = await machine();
    expect(await states(made)).toEqual([
      "Python: ready",
      "Bandit 1.9.4 for Python 3.12: absent",
      "Safety 3.7.0 for Python 3.12: absent",
      "Trivy 9.9.9: absent",
      "Safety's database: absent",
      "Trivy's database: absent",
    ]);
    expect(made.asked).toEqual([]);
    expect(made.host.requests.every(({ argv }) => argv[2] === "-c")).toBe(true);
  });

  it("says where everything is, with digests", async () => {
    const made = await machine();
    await outcomes(made);
    const described = await describeToolchain(made.options, made.host);
    expect(described.map(({ state }) => state)).toEqual(Array(6).fill("ready"));
    expect(described[3]).toEqual({
      what: "Trivy 9.9.9",
      state: "ready",
      where: join(made.host.surroundings.cacheDirectory, "trivy", "9.9.9-linux-x64"),
      digest: textDigest(PROGRAM),
      remark: "installed and verified",
    });
    expect(described.slice(4).map(({ remark }) => remark)).toEqual(["of 2026-11-21", "of 2026-11-21"]);
  });

  it("says what is damaged, and repairs nothing", async () => {
    const made = await machine();
    await outcomes(made);
    const trivy = join(made.host.surroundings.cacheDirectory, "trivy", "9.9.9-linux-x64", "trivy");
    chmodSync(trivy, 0o700);
    writeFileSync(trivy, "evil");
    expect((await states(made))[3]).toBe("Trivy 9.9.9: damaged");
    expect((await states(made))[3]).toBe("Trivy 9.9.9: damaged");
  });

  it("says that a given database is unusable when it is too old, which no download will change", async () => {
    const trivyDatabase = writeTrivyDatabase(temporaryDirectory(), { UpdatedAt: "2026-01-01T00:00:00Z" });
    const made = await machine(new Map(), { trivyDatabase, safetyDatabase: temporaryDirectory() });
    expect((await states(made)).slice(4)).toEqual(["Safety's database: unusable", "Trivy's database: unusable"]);
  });

  it("says that there is no Python, for all that need it", async () => {
    const made = await machine();
    rmSync(made.host.surroundings.searchPath, { recursive: true });
    expect((await states(made)).slice(0, 4)).toEqual(["Python: unusable", "Bandit: unusable", "Safety: unusable", "Trivy 9.9.9: absent"]);
  });

  it("names a platform without wheels", async () => {
    const made = await machine();
    const host = { ...made.host, platform: { os: "linux", arch: "other", cores: 2 } } as const;
    const described = await describeToolchain(made.options, host);
    expect(described.slice(1, 4).map(({ what, state, remark }) => [what, state, remark.includes("linux-other")])).toEqual([
      ["Bandit", "unusable", true],
      ["Safety", "unusable", true],
      ["Trivy", "unusable", true],
    ]);
  });
});
