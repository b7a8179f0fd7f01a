// What must hold for the scanners' lock files: only exact, hashed pins, the decided versions, one set of packages per platform, and no way to another index.
// Reads the committed files only; whether the hashes are those of the index is checked by installing (see the README beside the locks).
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import platforms from "../../src/tools/locks/platforms.json" with { type: "json" };

const DIRECTORY = new URL("../../src/tools/locks/", import.meta.url);
const TOOLS = { bandit: "1.9.4", safety: "3.7.0" };
const PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"];

/** What each platform answers to the only marker tests a lock may contain. */
const MARKER_TESTS = new Map([
  ["darwin-arm64", ['sys_platform == "darwin"', 'platform_machine == "arm64"']],
  ["darwin-x64", ['sys_platform == "darwin"', 'platform_machine == "x86_64"']],
  ["linux-arm64", ['sys_platform == "linux"', 'platform_machine == "aarch64"']],
  ["linux-x64", ['sys_platform == "linux"', 'platform_machine == "x86_64"']],
  ["win32-x64", ['sys_platform == "win32"', 'platform_machine == "AMD64"']],
]);

/** Releases that must never be locked: malicious, vulnerable where we run them, or broken with these tools. */
const DENIED = [
  { name: "litellm", versions: /^1\.82\.[78]$/, reason: "malicious: starts code from a .pth file" },
  { name: "ultralytics", versions: /^8\.3\.4[1256]$/, reason: "malicious: miner" },
  { name: "num2words", versions: /^0\.5\.15$/, reason: "malicious" },
  { name: "cryptography", versions: /^(?:[1-3]?\d|4[0-7])\.|^48\.0\.0$|^49\./, reason: "known advisories" },
  { name: "requests", versions: /^2\.32\.[01]$/, reason: "withdrawn" },
  { name: "typer", versions: /^0\.(?:2[6-9]|[3-9]\d)\.|^[1-9]/, reason: "Safety 3.7.0 cannot import it" },
  { name: "authlib", versions: /^(?:[2-9]|[1-9]\d)\./, reason: "drops the module that Safety 3.7.0 imports" },
  { name: "safety", versions: /^3\.8\./, reason: "needs its vendor's login host on every command" },
];

interface LockedRelease {
  name: string;
  version: string;
  marker: string;
  hashes: string[];
}

function parseRelease(line: string): LockedRelease {
  const [requirement = "", ...hashes] = line.split(" --hash=sha256:");
  const [pin = "", marker = "", ...rest] = requirement.split(" ; ");
  const match = /^([a-z0-9-]+)==([0-9][0-9a-z.]*)$/.exec(pin);
  if (match === null || rest.length > 0 || hashes.length === 0 || !hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)))
    throw new Error(`not an exact pin with sha256 hashes: ${line}`);
  return { name: match[1] ?? "", version: match[2] ?? "", marker, hashes };
}

function readText(file: string): string {
  return readFileSync(new URL(file, DIRECTORY), "utf8");
}

function parseLock(text: string): LockedRelease[] {
  const lines = text.replaceAll(" \\\n    ", " ").trimEnd().split("\n");
  return lines.filter((line) => !line.startsWith("#")).map(parseRelease);
}

function appliesOn(platform: string, marker: string): boolean {
  const truths = MARKER_TESTS.get(platform) ?? [];
  return marker === "" || marker.split(" or ").some((term) => term.split(" and ").every((test) => truths.includes(test)));
}

function denialOf(release: { name: string; version: string }): string | undefined {
  return DENIED.find(({ name, versions }) => name === release.name && versions.test(release.version))?.reason;
}

const locks = Object.entries(TOOLS).flatMap(([tool, version]) =>
  PYTHONS.map((python) => ({ tool, version, python, file: `${tool}-${python}.txt` })),
);

describe("the set of locks", () => {
  it("has one file for every tool and Python minor, and no other", () => {
    const files = readdirSync(DIRECTORY).filter((file) => file.endsWith(".txt"));
    expect(files.sort()).toEqual(locks.map(({ file }) => file).sort());
  });

  it("agrees with platforms.json about tools, versions and Python minors", () => {
    const described = Object.entries(platforms.tools).flatMap(([tool, { version, incomplete }]) =>
      Object.keys(incomplete).map((python) => ({ tool, version, python, file: `${tool}-${python}.txt` })),
    );
    expect(described).toEqual(locks);
  });

  it("was checked for the five platforms that the markers can name", () => {
    expect(Object.keys(platforms.platforms)).toEqual([...MARKER_TESTS.keys()]);
  });

  it("declares only checked platforms as incomplete", () => {
    const declared = Object.values(platforms.tools).flatMap(({ incomplete }) => Object.values(incomplete).flatMap(Object.keys));
    expect(declared.filter((platform) => !MARKER_TESTS.has(platform))).toEqual([]);
  });

  it("names no address and no index in any file of the folder", () => {
    const address = /:\/\/|^\s*(?:-i|-f|-r|-e|--(?:extra-)?index-url|--find-links)\b/m;
    expect(readdirSync(DIRECTORY).filter((file) => address.test(readText(file)))).toEqual([]);
    expect("--index-url https://mirror.example/simple").toMatch(address);
  });

  it("has a licence in the README for every locked package, and for no other", () => {
    const rows = readText("README.md").matchAll(/^\| ([a-z0-9-]+) \| [A-Z][^|]* \| (?:Bandit|Safety|Bandit, Safety) \|$/gm);
    const locked = new Set(locks.flatMap(({ file }) => parseLock(readText(file)).map(({ name }) => name)));
    expect(Array.from(rows, (row) => row[1])).toEqual([...locked].sort());
  });
});

describe.each(locks)("$file", ({ tool, version, python, file }) => {
  const text = readText(file);
  const releases = parseLock(text);

  it("says which tool and Python it is for", () => {
    expect(text.split("\n")[0]).toBe(`# ${tool}==${version} for CPython ${python}, made by make-locks.py`);
  });

  it("pins the decided version of the tool everywhere", () => {
    expect(releases.filter(({ name }) => name === tool)).toMatchObject([{ version, marker: "" }]);
  });

  it("is sorted by name and version, and so are the hashes, without repetition", () => {
    const keys = releases.map((release) => `${release.name} ${release.version}`);
    expect(keys).toEqual([...new Set(keys)].sort());
    for (const { hashes } of releases) expect(hashes).toEqual([...new Set(hashes)].sort());
  });

  it("uses only marker tests that some checked platform answers", () => {
    const tests = releases.flatMap(({ marker }) => marker.split(/ or | and /)).filter((test) => test !== "");
    const known = new Set([...MARKER_TESTS.values()].flat());
    expect(tests.filter((test) => !known.has(test))).toEqual([]);
  });

  it.each([...MARKER_TESTS.keys()])("gives %s every package once, colorama on Windows alone", (platform) => {
    const names = releases.filter(({ marker }) => appliesOn(platform, marker)).map(({ name }) => name);
    const all = new Set(releases.map(({ name }) => name));
    if (platform !== "win32-x64") all.delete("colorama");
    expect(names).toEqual([...all]);
  });

  it("holds no denied release", () => {
    expect(releases.filter((release) => denialOf(release) !== undefined)).toEqual([]);
  });
});

describe("the decided versions of Safety's dependencies", () => {
  it.each(PYTHONS)("are locked for Python %s", (python) => {
    const pins = new Map(parseLock(readText(`safety-${python}.txt`)).map(({ name, version }) => [name, version]));
    expect([pins.get("typer"), pins.get("authlib"), pins.get("click")]).toEqual(["0.25.1", "1.9.8", "8.5.1"]);
  });

  it.each(PYTHONS)("keep the old cryptography to macOS on Intel for Python %s", (python) => {
    const old = parseLock(readText(`safety-${python}.txt`)).filter(({ name, version }) => name === "cryptography" && version === "48.0.1");
    expect(old.map(({ marker }) => marker)).toEqual(['sys_platform == "darwin" and platform_machine == "x86_64"']);
  });
});

describe("the checks above", () => {
  const hash = "0".repeat(64);

  it("accept an exact pin with a hash", () => {
    expect(parseRelease(`a-b==1.0 ; sys_platform == "win32" --hash=sha256:${hash}`)).toEqual({
      name: "a-b",
      version: "1.0",
      marker: 'sys_platform == "win32"',
      hashes: [hash],
    });
  });

  it.each([
    "a==1.0",
    `a>=1.0 --hash=sha256:${hash}`,
    `a==1.* --hash=sha256:${hash}`,
    `a==1.0 --hash=md5:${hash}`,
    `a==1.0 --hash=sha256:${hash.slice(1)}`,
    `a @ file:a.whl --hash=sha256:${hash}`,
    `-r b.txt --hash=sha256:${hash}`,
  ])("refuse %s", (line) => {
    expect(() => parseRelease(line)).toThrow("not an exact pin");
  });

  it.each([
    ["litellm", "1.82.8"],
    ["cryptography", "47.0.0"],
    ["cryptography", "49.0.0"],
    ["typer", "0.26.0"],
    ["typer", "1.0.0"],
    ["authlib", "2.0.0"],
    ["safety", "3.8.1"],
  ])("deny %s %s", (name, version) => {
    expect(denialOf({ name, version })).toBeDefined();
  });

  it.each([
    ["litellm", "1.82.6"],
    ["cryptography", "50.0.2"],
    ["typer", "0.25.1"],
  ])("do not deny %s %s", (name, version) => {
    expect(denialOf({ name, version })).toBeUndefined();
  });
});
