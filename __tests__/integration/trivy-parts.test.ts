// What the parts of Trivy's run on a tree rest on, shown with the real Trivy: that secrets are said file by file, that no Python source is read for packages
// and infrastructure, and that of the given database directory nothing but the database is.

import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { canarySecret } from "../../src/scanners/canary.ts";
import type { Command, ScanTarget } from "../../src/scanners/scanner.ts";
import { type Json, scannerOf } from "../scanners/fixture.ts";
import { tarGz } from "../support/archives.ts";
import { writeDockerArchive } from "../support/image-archives.ts";
import { TRIVY_DATABASE } from "../support/run-cli.ts";
import { describeTree, runTrivy, runTrivyPart } from "../support/run-trivy.ts";
import { writeTree } from "../support/temporary-tree.ts";

const [packages, secrets] = scannerOf("trivy").parts;
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-trivy-parts-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const place = () => mkdtempSync(join(scratch, "run-"));
const TOKEN = canarySecret();

const DOCKERFILE = "FROM alpine:latest\nRUN sudo id\n";
const POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: nginx}]}\n";

/** What Trivy says in the results of the first command, whole. */
async function resultsOf(scanned: ScanTarget, change?: (command: Command) => Command): Promise<Json[]> {
  const [report] = await runTrivyPart(packages, scanned, change === undefined ? { directory: place() } : { directory: place(), change });
  return JSON.parse(report?.text ?? "").Results;
}

const targetsOf = (results: readonly Json[]) => [...new Set(results.map(({ Target }) => Target))].sort();

/** The same command with other files in view, none of them edited. */
const showing =
  (files: readonly string[]) =>
  (command: Command): Command => ({ ...command, view: { name: "scan/tree", files } });

describe("secrets", () => {
  const filler = (length: number) => "x y\n".repeat(Math.ceil(length / 4)).slice(0, length);

  async function makeTree(): Promise<ScanTarget> {
    const line = `token = "${TOKEN}"\n`;
    const boundaries = [64, 128].map((kibibytes) => `${filler(kibibytes * 1024 - 20)}${line}`).join("");
    const root = writeTree(join(scratch, "secrets"), {
      "app.py": line,
      "copy of app.py": line,
      "tests/example.md": `${filler(500)}${line}`,
      "lib/module.pyc": Buffer.concat([Buffer.alloc(20), Buffer.from(line)]),
      "lib/data.bin": Buffer.concat([Buffer.alloc(20), Buffer.from(line)]),
      "late.bin": Buffer.concat([Buffer.from(filler(400)), Buffer.alloc(20), Buffer.from(line)]),
      short: "a",
      "large.txt": `${boundaries}${line}`,
      "crlf.ini": `a\r\n${line.trim()}\r\n`,
      "latin.txt": Buffer.from(`\xe9\n${line}`, "latin1"),
      "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { "": { token: TOKEN } } }),
      "run.sh": `#!/bin/sh\n${line}`,
      "archive.tgz": await tarGz([{ name: "a.txt", content: line }]),
      "ignored.py": `# trivy:ignore:*\n${line}`,
    });
    chmodSync(join(root, "run.sh"), 0o755);
    return describeTree(root);
  }

  async function secretsIn(scanned: ScanTarget, files: readonly string[]): Promise<[string, unknown][]> {
    const part = secrets?.byFile?.only(scanned, files);
    if (secrets === undefined || part === undefined) throw new Error("there is no such part");
    const [report] = await runTrivyPart(secrets, part, { directory: place() });
    const { Results }: Json = JSON.parse(report?.text ?? "");
    return Results.map(({ Target, Secrets }: Json) => [Target, Secrets]).filter(([path]: [string]) => path.startsWith("tree/"));
  }

  it("of a file are the same whatever other files Trivy is shown", async () => {
    const scanned = await makeTree();
    const { files } = scanned;
    const together = await secretsIn(scanned, files);
    const halves = [0, 1].map((odd) => files.filter((_, index) => index % 2 === odd));
    const apart = [...(await secretsIn(scanned, halves[0] ?? [])), ...(await secretsIn(scanned, halves[1] ?? []))];
    expect(new Map(apart)).toEqual(new Map(together));
    expect(apart).toHaveLength(together.length);
    const without = ["archive.tgz", "lib/data.bin", "short"];
    expect(together.map(([path]) => path).sort()).toEqual(files.filter((path) => !without.includes(path)).map((path) => `tree/${path}`));
  });
});

describe("packages and infrastructure", () => {
  const NAMED = {
    "Cargo.lock": 'version = 3\n[[package]]\nname = "smallvec"\nversion = "0.6.0"\nsource = "registry+https://example.com"\n',
    "Gemfile.lock": "GEM\n  remote: https://example.com/\n  specs:\n    rack (1.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack\n",
    "go.mod": "module a\n\ngo 1.21\n\nrequire example.com/b v1.0.0\n",
    "k8s.yaml": POD,
    "package-lock.json": JSON.stringify({
      name: "a",
      lockfileVersion: 3,
      packages: { "": { name: "a" }, "node_modules/lodash": { version: "4.17.20" } },
    }),
    "poetry.lock": '[[package]]\nname = "flask"\nversion = "0.12.2"\n',
    "requirements.txt": "flask==0.12.2\n",
    "stack.json": JSON.stringify({ AWSTemplateFormatVersion: "2010-09-09", Resources: { B: { Type: "AWS::S3::Bucket" } } }),
    "uv.lock": `version = 1
[[package]]
name = "a"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "flask" }]
[[package]]
name = "flask"
version = "0.12.2"
source = { registry = "https://example.com" }
`,
  };
  const DIRECTORIES = ["", "vendor/", "node_modules/x/", "a-1.0.dist-info/", "a.egg-info/", "usr/lib/", "templates/"];

  it("are read from no Python source, whatever it is called and wherever it lies, but from one called Dockerfile", async () => {
    const python = DIRECTORIES.flatMap((directory) => Object.entries(NAMED).map(([name, text]) => [`${directory}${name}.py`, text]));
    const root = writeTree(join(scratch, "python"), {
      ...Object.fromEntries(python),
      "requirements.txt": NAMED["requirements.txt"],
      "stub/requirements.txt.pyi": NAMED["requirements.txt"],
      "LICENSE.py": "MIT License",
      "Dockerfile.py": DOCKERFILE,
    });
    chmodSync(join(root, "uv.lock.py"), 0o755);
    const scanned = describeTree(root);
    const ours = await resultsOf(scanned);
    expect(ours).toEqual(await resultsOf(scanned, showing(scanned.files)));
    expect(targetsOf(ours)).toEqual(["canary/requirements.txt", "tree/Dockerfile.py", "tree/requirements.txt"]);
  });

  it("are read from each of these files under its own name", async () => {
    const scanned = describeTree(writeTree(join(scratch, "named"), NAMED));
    const results = await resultsOf(scanned);
    expect(targetsOf(results)).toEqual(["canary/requirements.txt", ...Object.keys(NAMED).map((name) => `tree/${name}`)].sort());
  });

  it("are read from any file that a project of Maven names, Python source or not", async () => {
    const own = "<modelVersion>4.0.0</modelVersion><groupId>g</groupId>";
    const parent =
      "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version><relativePath>parent.py</relativePath></parent>";
    const dependency = "<groupId>org.example</groupId><artifactId>d</artifactId>";
    const managed = `<dependencyManagement><dependencies><dependency>${dependency}<version>1.2.3</version></dependency></dependencies></dependencyManagement>`;
    const root = writeTree(join(scratch, "maven"), {
      "pom.xml": `<project>${own}<artifactId>c</artifactId>${parent}<dependencies><dependency>${dependency}</dependency></dependencies></project>`,
      "parent.py": `<project>${own}<artifactId>p</artifactId><version>1</version><packaging>pom</packaging>${managed}</project>`,
    });
    const scanned = describeTree(root);
    const versions = (results: readonly Json[]) =>
      results.flatMap(({ Packages = [] }) =>
        Packages.filter(({ Name }: Json) => Name === "org.example:d").map(({ Version }: Json) => Version),
      );
    expect(versions(await resultsOf(scanned))).toEqual(["1.2.3"]);
    expect(versions(await resultsOf(scanned, showing(["pom.xml"])))).not.toEqual(["1.2.3"]);
  });
});

describe("a given database directory", () => {
  /** A copy of the database beside which checks lie that say nothing. */
  function poisoned(): string {
    const directory = mkdtempSync(join(scratch, "database-"));
    cpSync(join(TRIVY_DATABASE, "db"), join(directory, "db"), { recursive: true });
    mkdirSync(join(directory, "policy", "content"), { recursive: true });
    return directory;
  }

  /** Every entry below, with what would change if it was written. */
  const entriesOf = (directory: string) =>
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .sort()
      .map((path) => {
        const { mtimeMs, size, ino } = statSync(join(directory, path));
        return [path, mtimeMs, size, ino];
      });

  const root = join(scratch, "poisoned");
  const makeTree = () => describeTree(writeTree(root, { Dockerfile: DOCKERFILE, "pod.yaml": POD, "requirements.txt": "flask==0.12.2\n" }));

  it("that holds checks of its own hides no misconfiguration", async () => {
    const scanned = makeTree();
    const [clean, other] = [
      await runTrivy(scanned, { directory: place() }),
      await runTrivy(scanned, { directory: place(), database: poisoned() }),
    ];
    expect(other).toEqual(clean);
    expect(new Set(clean.findings.map(({ location }) => location.path))).toEqual(new Set(["Dockerfile", "pod.yaml", "requirements.txt"]));
  });

  it("that holds checks of its own hides them from Trivy where it is its cache directory", async () => {
    const database = poisoned();
    const change = ({ argv, ...command }: Command): Command => ({
      ...command,
      argv: argv.map((word, index) => (argv[index - 1] === "--cache-dir" ? database : word)),
    });
    const results = await resultsOf(makeTree(), change);
    expect(results.flatMap(({ Misconfigurations = [] }) => Misconfigurations)).toEqual([]);
    expect(targetsOf(results)).toContain("tree/requirements.txt");
  });

  it("is left as it was by a run on a tree and one on an image", async () => {
    const database = poisoned();
    const before = entriesOf(database);
    const digest = readFileSync(join(database, "db", "trivy.db"));
    await runTrivy(makeTree(), { directory: place(), database });
    const path = join(scratch, "image.tar");
    await writeDockerArchive(path, "django", "2.2.0");
    const scanned: ScanTarget = { ...makeTree(), image: { kind: "archive", path, name: "shop" } };
    const { findings } = await runTrivy(scanned, { directory: place(), database, scanner: scannerOf("trivy-image") });
    expect(findings.length).toBeGreaterThan(0);
    expect(entriesOf(database)).toEqual(before);
    expect(readFileSync(join(database, "db", "trivy.db")).equals(digest)).toBe(true);
  });
});
