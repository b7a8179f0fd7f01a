// `policy check` and `policy adopt` as a person runs them: the built command line, the real scanners, a real git checkout.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeProject, runCli, SAFETY_DATABASE, scanDirectory, TRIVY_DATABASE } from "../support/run-cli.ts";

const DATABASES = ["--offline", "--safety-db", SAFETY_DATABASE, "--trivy-db", TRIVY_DATABASE, "--max-database-age", "any"];
const UNSAFE = 'import subprocess\n\n\ndef run(name):\n    subprocess.run("ls " + name, shell=True)\n';
const OLD_CODE_BASE = {
  "shop/app.py": UNSAFE,
  "requirements.txt": "django==2.2.0\n",
  Dockerfile: "FROM debian:stable\nRUN apt-get update\n",
  "lib/readme.txt": "nothing",
};

function makeCheckout(files: Readonly<Record<string, string>>): string {
  const root = makeProject(files);
  execFileSync("git", ["init", "--quiet", root]);
  return root;
}

function adopt(root: string, argv: readonly string[] = []) {
  return runCli(["policy", "adopt", ".", "--expires", inDays(90), ...DATABASES, ...argv], { cwd: root });
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Every file but those of git, with its text. */
function filesOf(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => !path.startsWith(join(root, ".git/")));
  return new Map(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, "utf8")]));
}

describe("policy adopt", () => {
  it("turns a red scan green, and the next mistake makes it red again", async () => {
    const root = makeCheckout(OLD_CODE_BASE);
    const before = await scanDirectory(root);
    const tree = filesOf(root);
    const adopted = await adopt(root);
    const after = await scanDirectory(root);
    const written = filesOf(root);
    writeFileSync(join(root, "shop", "added.py"), UNSAFE.replace("ls", "du"));
    const again = await scanDirectory(root);
    expect([before.status, adopted.status, after.status, again.status]).toEqual([1, 0, 0, 1]);
    expect(adopted.stdout).toMatch(/^\d+ findings adopted in \.github\/sarif-gate\.yml, accepted up to \d{4}-\d{2}-\d{2}\.\n$/u);
    expect(again.report.reasons.map(({ count }) => count)).toEqual([1]);
    expect(after.report.findings.map(({ id }) => id)).toEqual(before.report.findings.map(({ id }) => id));
    expect([...written].filter(([path]) => path !== ".github/sarif-gate.yml")).toEqual([...tree]);
    expect(written.get(".github/sarif-gate.yml")).toMatch(/reason: "Adopted on \d{4}-\d{2}-\d{2}: B602 in shop\/app\.py:5"/u);
  });

  it("keeps a policy as its author wrote it", async () => {
    const policy = [
      "# ours",
      "version: 1",
      "gate:   {fail-on: low}   # everything",
      "suppressions:",
      "- rule:  B404            # an import",
      "  reason: 'needed'",
      "  expires: never",
      "",
      "exclude: [ Dockerfile,   lib/** ]",
      "",
    ];
    const root = makeCheckout({ ...OLD_CODE_BASE, ".github/sarif-gate.yml": policy.join("\n") });
    const { status } = await adopt(join(root, "shop"));
    const lines = readFileSync(join(root, ".github", "sarif-gate.yml"), "utf8").split("\n");
    expect(status).toBe(0);
    expect(lines.slice(0, 7)).toEqual(policy.slice(0, 7));
    expect(lines.slice(-3)).toEqual(policy.slice(7));
    expect(lines.slice(7, -3).join("\n")).toMatch(/^- finding: \S+\n {2}reason: "Adopted on [^\n]*"\n {2}expires: \S+\n?/u);
  });

  it("adopts nothing of a scan that is not complete", async () => {
    const root = makeCheckout({ ...OLD_CODE_BASE, "shop/broken.py": "def run(:\n" });
    const { status, stderr } = await adopt(root, ["--quiet"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/^Nothing was adopted: the scan is not complete.*\n {2}shop\/broken\.py: /u);
    expect(existsSync(join(root, ".github"))).toBe(false);
  });

  it("writes nothing where nothing gates", async () => {
    const root = makeCheckout({ "app.py": "print(1)\n" });
    const { status, stdout } = await adopt(root, ["--scanners", "bandit"]);
    expect([status, stdout]).toEqual([0, "No finding gates, so there is nothing to adopt.\n"]);
    expect(existsSync(join(root, ".github"))).toBe(false);
  });

  it("follows no link out of the tree", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "sarif-gate-elsewhere-"));
    const root = makeCheckout(OLD_CODE_BASE);
    symlinkSync(elsewhere, join(root, ".github"));
    const { status, stderr } = await adopt(root, ["--quiet"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("symlink")]);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("policy check", () => {
  it("finds the policy of the repository that holds the working directory", async () => {
    const root = makeCheckout({ ".github/sarif-gate.yml": "version: 1\ngate: {fail-on: low}\n", "shop/app.py": "" });
    const { status, stdout, stderr } = await runCli(["policy", "check"], { cwd: join(root, "shop") });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\.\.\/\.github\/sarif-gate\.yml is a valid policy:\n {2}fails on: findings of severity low or above\n/u);
  });

  it("prints every problem with its place, and ends with status 2", async () => {
    const root = makeProject({ "policy.yml": "version: 1\ngates: {}\ninline: maybe\n" });
    const { status, stdout, stderr } = await runCli(["policy", "check", "policy.yml"], { cwd: root });
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^policy\.yml:2:1: .*`gates`.*\npolicy\.yml:3:9: .*`inline`.*\n$/u);
  });
});
