// Holds package-lock.json to dependencies.lock, the list of packages that a person has looked at, and npm to settings that run no foreign code.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { temporaryDirectories } from "./support/temporary-tree.ts";

const ROOT = join(import.meta.dirname, "..");
const temporaryDirectory = temporaryDirectories();
const ACCEPTED = read("dependencies.lock");
const RUNTIME_LICENCES = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];
/** They unpack a binary for SARIF's own validator, only in tests; `ignore-scripts` keeps even these from running. */
const WITH_INSTALL_SCRIPT = ["@microsoft/sarif-multitool-darwin", "@microsoft/sarif-multitool-linux"];

interface LockEntry {
  readonly version: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
  readonly link?: boolean;
}

interface Lock {
  readonly packages: Record<string, LockEntry>;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function lock(): Lock {
  return JSON.parse(read("package-lock.json")) as Lock;
}

/** What stands between a lock and the accepted list, as `new: …` and `gone: …`; empty when they agree. */
function differences(changed: Lock): string[] {
  const path = join(temporaryDirectory(), "package-lock.json");
  writeFileSync(path, JSON.stringify(changed));
  const listed = execFileSync(process.execPath, [join(ROOT, "scripts", "list-dependencies.mjs"), path], { encoding: "utf8" }).split("\n");
  const accepted = ACCEPTED.split("\n");
  return [
    ...listed.filter((line) => !accepted.includes(line)).map((line) => `new: ${line}`),
    ...accepted.filter((line) => !listed.includes(line)).map((line) => `gone: ${line}`),
  ];
}

/** Packages of a lock that would be fetched or run without proof of what they are. */
function untrusted({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .filter(
      ([path, entry]) =>
        !entry.integrity?.startsWith("sha512-") ||
        entry.link === true ||
        (entry.hasInstallScript === true && !(entry.dev === true && WITH_INSTALL_SCRIPT.includes(path.replace("node_modules/", "")))),
    )
    .map(([path]) => path);
}

const NEWCOMER: LockEntry = { version: "1.0.0", integrity: "sha512-AAAA", license: "MIT" };

/** Names of accepted packages of one use. */
function acceptedNames(use: string): string[] {
  const lines = ACCEPTED.split("\n").map((line) => line.split(" "));
  return lines.filter(([first]) => first === use).map(([, name = ""]) => name);
}

describe("dependencies.lock", () => {
  it("names exactly the packages of package-lock.json, with version, licence and use", () => {
    expect(differences(lock())).toEqual([]);
  });

  it("makes a new transitive package fail by its name", () => {
    const { packages } = lock();
    expect(differences({ packages: { ...packages, "node_modules/undici/node_modules/newcomer": NEWCOMER } })).toEqual([
      "new: runtime newcomer 1.0.0 MIT",
    ]);
  });

  it("makes another version of a known package fail", () => {
    const { packages } = lock();
    const yaml = packages["node_modules/yaml"] ?? NEWCOMER;
    const changed = differences({ packages: { ...packages, "node_modules/yaml": { ...yaml, version: "9.9.9" } } });
    expect(changed).toEqual(["new: runtime yaml 9.9.9 ISC", `gone: runtime yaml ${yaml.version} ISC`]);
  });

  it("makes a package that is gone fail", () => {
    const { "node_modules/yaml": yaml, ...packages } = lock().packages;
    expect(differences({ packages })).toEqual([`gone: runtime yaml ${yaml?.version} ISC`]);
  });

  it("makes a development package that becomes a runtime one fail", () => {
    const { packages } = lock();
    const { dev: _, ...vitest } = packages["node_modules/vitest"] ?? NEWCOMER;
    expect(differences({ packages: { ...packages, "node_modules/vitest": vitest } })).toContain(
      `new: runtime vitest ${vitest.version} MIT`,
    );
  });

  it("gives every runtime package a licence that lets us pass it on", () => {
    const runtime = ACCEPTED.split("\n").filter((line) => line.startsWith("runtime "));
    const foreign = (lines: readonly string[]) => lines.filter((line) => !RUNTIME_LICENCES.includes(line.split(" ").slice(3).join(" ")));
    expect(runtime.length).toBeGreaterThan(30);
    expect(foreign(runtime)).toEqual([]);
    expect(foreign(["runtime newcomer 1.0.0 GPL-3.0-only", "runtime newcomer 1.0.0 (no licence)"])).toHaveLength(2);
  });

  it("lists as runtime every package whose licence dist carries", () => {
    const licences = ["main", "cli"].map((entry) => `\n${read(`dist/${entry}.licenses.txt`)}`).join("\n");
    const bundled = (use: string) => acceptedNames(use).filter((name) => licences.includes(`\n${name}\n`));
    expect(bundled("runtime")).toContain("undici");
    expect(bundled("runtime").length).toBeGreaterThan(30);
    expect(bundled("development").filter((name) => !acceptedNames("runtime").includes(name))).toEqual([]);
  });
});

describe("package-lock.json", () => {
  it("has a SHA-512 for every package, and no install script that a person has not accepted", () => {
    expect(untrusted(lock())).toEqual([]);
  });

  it.each<[string, Partial<LockEntry>]>([
    ["an install script", { hasInstallScript: true }],
    ["only a SHA-1", { integrity: "sha1-AAAA" }],
    ["a link to a directory", { link: true }],
  ])("would not pass with a package that has %s", (_, change) => {
    expect(untrusted({ packages: { "node_modules/newcomer": NEWCOMER } })).toEqual([]);
    expect(untrusted({ packages: { "node_modules/newcomer": { ...NEWCOMER, ...change } } })).toEqual(["node_modules/newcomer"]);
  });

  it("would not pass with a package without a digest", () => {
    expect(untrusted({ packages: { "node_modules/newcomer": { version: "1.0.0" } } })).toEqual(["node_modules/newcomer"]);
  });
});

describe("settings of npm and Dependabot", () => {
  it("run no install script and save exact versions", () => {
    expect(read(".npmrc").split("\n")).toEqual(expect.arrayContaining(["ignore-scripts=true", "save-exact=true"]));
  });

  it("are those that npm itself reads in this directory", () => {
    // Without the settings that npm hands to its own children, and without those of whoever runs the tests.
    const env = { PATH: process.env["PATH"], npm_config_userconfig: devNull };
    const config = (cwd: string) =>
      execFileSync("npm", ["config", "get", "ignore-scripts"], { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    expect(config(ROOT)).toBe("true");
    expect(config(temporaryDirectory())).toBe("false");
  });

  it("let a release of npm packages and of actions ripen for a week, and propose updates in groups", () => {
    interface Update {
      readonly "package-ecosystem": string;
      readonly cooldown?: { readonly "default-days"?: number };
      readonly groups?: object;
    }
    const { updates } = parse(read(".github/dependabot.yml")) as { updates: Update[] };
    expect(updates.map((update) => update["package-ecosystem"])).toEqual(["npm", "github-actions"]);
    expect(updates.filter(({ cooldown, groups }) => (cooldown?.["default-days"] ?? 0) < 7 || groups === undefined)).toEqual([]);
  });
});
