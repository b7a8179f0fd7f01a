// Places that a change puts into the tree it is scanned in: links and names that lead elsewhere, outputs that are not files, and files that are too large or
// nested too deeply to be read. Nothing of what lies outside is told or changed, and every scan ends with a verdict.

import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAction } from "../support/run-action.ts";
import { makeProject, runCli, scanDirectory } from "../support/run-cli.ts";
import { schemaErrors } from "../support/sarif-schema.ts";

const ON_WINDOWS = process.platform === "win32";
const CLEAN = { "app.py": "VALUE = 1\n" };
const OUTPUTS = ["sarif-gate.sarif", "upload.sarif", "report.json"];

/** A directory with one precious file for each output. */
function victimDirectory(): string {
  return makeProject(Object.fromEntries(OUTPUTS.map((name) => [name, "precious"])));
}

function contents(directory: string): string[] {
  return readdirSync(directory).map((name) => `${name}: ${readFileSync(join(directory, name), "utf8")}`);
}

describe.skipIf(ON_WINDOWS)("an output of the command line", { timeout: 60_000 }, () => {
  const scanInto = (project: string, out: string) => runCli(["scan", ".", "--scanners", "bandit", "--out", out], { cwd: project });

  it("is written below the scanned tree, whether its directory exists or not", async () => {
    const project = makeProject({ ...CLEAN, "there/old.txt": "" });
    for (const out of ["there", "new/deep"]) {
      expect(await scanInto(project, out)).toMatchObject({ status: 0 });
      expect(readdirSync(join(project, out))).toEqual(expect.arrayContaining(OUTPUTS));
    }
  });

  it.each(["out", "out/deeper"])(
    "is an error behind a linked directory of the scanned tree (%s), and nothing is written there",
    async (out) => {
      const project = makeProject(CLEAN);
      const victim = victimDirectory();
      mkdirSync(join(victim, "deeper"));
      symlinkSync(victim, join(project, "out"));
      const { status, stdout, stderr } = await scanInto(project, out);
      expect([status, stderr]).toEqual([3, expect.stringMatching(/\/out is a symbolic link[\s\S]*Remove what stands there/u)]);
      expect(stdout).toContain("PASS");
      expect(readdirSync(join(victim, "deeper"))).toEqual([]);
      for (const name of OUTPUTS) expect(readFileSync(join(victim, name), "utf8")).toBe("precious");
    },
  );

  it.each(OUTPUTS)("is an error where a link, a pipe or a directory stands in the place of %s", async (name) => {
    const victim = victimDirectory();
    const kinds: ((path: string) => void)[] = [
      (path) => symlinkSync(join(victim, name), path),
      (path) => symlinkSync(join(victim, "missing"), path),
      (path) => execFileSync("mkfifo", [path]),
      (path) => mkdirSync(path),
    ];
    for (const make of kinds) {
      const project = makeProject({ ...CLEAN, "out/keep.txt": "" });
      make(join(project, "out", name));
      expect(await scanInto(project, "out")).toMatchObject({ status: 3, stderr: expect.stringContaining(`out/${name} is `) });
      expect(readdirSync(join(project, "out")).sort()).toEqual(["keep.txt", name]);
    }
    expect(contents(victim)).toEqual(OUTPUTS.toSorted().map((output) => `${output}: precious`));
  });
});

describe.skipIf(ON_WINDOWS)("an output of the action", { timeout: 60_000 }, () => {
  const inputs = { scanners: "bandit", upload: "never", "sarif-file": "out/all.sarif" };

  it("is written below the workspace, and the files that nobody named are not", async () => {
    const workspace = makeProject({ ...CLEAN, "out/report.json": "precious", "out/upload.sarif": "precious" });
    const { outputs } = await runAction(workspace, inputs);
    expect(outputs.get("verdict")).toBe("pass");
    expect(outputs.get("sarif-file")).toBe(join(workspace, "out", "all.sarif"));
    for (const name of ["report-file", "upload-file"]) expect(existsSync(outputs.get(name) ?? "")).toBe(true);
    expect(["report.json", "upload.sarif"].map((name) => readFileSync(join(workspace, "out", name), "utf8"))).toEqual([
      "precious",
      "precious",
    ]);
  });

  it("is an error below .git", async () => {
    const workspace = makeProject(CLEAN);
    execFileSync("git", ["init", "--quiet"], { cwd: workspace });
    const config = readFileSync(join(workspace, ".git", "config"), "utf8");
    const { outputs, log } = await runAction(workspace, { ...inputs, "sarif-file": ".git/config" });
    expect([outputs.get("verdict"), log]).toEqual(["error", expect.stringContaining(".git is git's")]);
    expect(readFileSync(join(workspace, ".git", "config"), "utf8")).toBe(config);
  });

  it("is an error behind a link in the scanned tree", async () => {
    const workspace = makeProject(CLEAN);
    const victim = victimDirectory();
    symlinkSync(victim, join(workspace, "out"));
    const before = contents(victim);
    const { status, log, outputs, summary } = await runAction(workspace, inputs);
    expect([status, outputs.get("verdict"), outputs.get("sarif-file")]).toEqual([1, "error", ""]);
    expect(log).toMatch(/^::error::.*\/out is a symbolic link.*Remove what stands there/mu);
    expect(summary).toContain("symbolic link");
    expect(contents(victim)).toEqual(before);
  });

  it("is an error behind a link in another checkout of the workspace", async () => {
    const workspace = makeProject({ "trusted/app.py": "VALUE = 1\n", "head/app.py": "VALUE = 1\n" });
    for (const checkout of ["trusted", "head"]) execFileSync("git", ["init", "--quiet"], { cwd: join(workspace, checkout) });
    const victim = victimDirectory();
    symlinkSync(victim, join(workspace, "head", "out"));
    const before = contents(victim);
    const { outputs, log } = await runAction(workspace, { ...inputs, path: "trusted", "sarif-file": "head/out/all.sarif" });
    expect([outputs.get("verdict"), log]).toEqual(["error", expect.stringContaining("head/out is a symbolic link")]);
    expect(contents(victim)).toEqual(before);
  });
});

const FOREIGN = "foreignbytesfromoutside";

/** A tree whose links and names lead out of it, and a neighbour whose name begins the same. */
function leadingOut(): string {
  const parent = mkdtempSync(join(tmpdir(), "sarif-gate-places-"));
  const outside = join(parent, "tree-evil");
  const tree = join(parent, "tree");
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  write(join(outside, "evil.py"), `${FOREIGN} = 1\nimport os\nos.chmod("/x", 0o777)\nA = "ghp_${"a1B2".repeat(9)}"\n`);
  write(join(outside, "evil.txt"), `${FOREIGN}==1.0\ndjango==2.2.0\n`);
  write(join(outside, "poetry.lock"), `[[package]]\nname = "${FOREIGN}"\nversion = "1.0"\n`);
  write(join(outside, "Dockerfile"), `FROM ${FOREIGN}:latest\n`);
  write(join(outside, "chart", "Chart.yaml"), `apiVersion: v2\nname: ${FOREIGN}\nversion: 1.0.0\n`);
  write(
    join(outside, "chart", "templates", "a.yaml"),
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${FOREIGN}}\nspec: {containers: [{name: a, image: b}]}\n`,
  );
  write(join(tree, "own.py"), "import os\nos.chmod('/tmp/x', 0o777)\n");
  write(join(tree, "dir", "own.py"), "assert True\n");
  write(join(tree, "k8s", "own.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n");
  const links: [string, string][] = [
    ["link.py", "../tree-evil/evil.py"],
    ["in.py", "own.py"],
    ["loop.py", "loop.py"],
    ["linked", "../tree-evil"],
    ["up", ".."],
    ["requirements-link.txt", "../tree-evil/evil.txt"],
    ["poetry.lock", "../tree-evil/poetry.lock"],
    ["Dockerfile", "../tree-evil/Dockerfile"],
    ["chart", "../tree-evil/chart"],
    ["k8s/templates", "../../tree-evil/chart/templates"],
  ];
  for (const [name, target] of links) symlinkSync(target, join(tree, name));
  return tree;
}

/** As far as a file of this system can have such a name. */
const NAMES = [
  "C:\\x.py",
  "..%2fx.py",
  "%2e%2e%2fx.py",
  "file:x.py",
  "a\nb.py",
  "a?b#c.py",
  "..\\x.py",
  "-x.py",
  "é.py",
  "~/x.py",
  "$(x).py",
  "https:/host/x.py",
];

interface Log {
  readonly runs: readonly {
    readonly originalUriBaseIds?: Readonly<Record<string, { readonly uri?: string }>>;
    readonly results: readonly {
      readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
    }[];
  }[];
}

function urisOf(text: string): string[] {
  const { runs } = JSON.parse(text) as Log;
  return runs.flatMap(({ results }) =>
    results.flatMap(({ locations }) => locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri)),
  );
}

describe.skipIf(ON_WINDOWS)("a tree whose links lead elsewhere", { timeout: 120_000 }, () => {
  it("is scanned without a byte of what lies there, and its own files are", async () => {
    const tree = leadingOut();
    const { status, stdout, stderr, report, out } = await scanDirectory(tree, ["--fail-on", "low"]);
    expect(status).toBe(1);
    expect(report.findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(expect.arrayContaining(["B103 own.py", "B101 dir/own.py"]));
    expect(report.findings.every(({ path }) => ["own.py", "dir/own.py", "k8s/own.yaml"].includes(path))).toBe(true);
    for (const text of [stdout, stderr, ...OUTPUTS.map((name) => readFileSync(join(out, name), "utf8"))]) {
      expect(text).not.toContain(FOREIGN);
      expect(text).not.toContain("tree-evil");
    }
    expect(stdout).toMatch(/is a symbolic link/u);
  });

  it("is scanned with those bytes where they lie in the tree, also as a hard link", async () => {
    const tree = leadingOut();
    linkSync(join(tree, "..", "tree-evil", "evil.py"), join(tree, "hard.py"));
    const { report } = await scanDirectory(tree, ["--scanners", "bandit,trivy", "--fail-on", "low"]);
    expect(report.findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(
      expect.arrayContaining(["B103 hard.py", "github-pat hard.py"]),
    );
  });

  it.each([
    "-r ../tree-evil/evil.txt",
    "-r requirements-link.txt",
    "-r linked/evil.txt",
    "-c up/tree-evil/evil.txt",
    "-r /etc/passwd",
    "-r ..%2ftree-evil/evil.txt",
    "-r file:///etc/passwd",
    "-r //host/share/evil.txt",
    "-r up/tree/../tree-evil/evil.txt",
    "-r ..\\tree-evil\\evil.txt",
  ])("cannot be left by the include %s, which is a gap", async (line) => {
    const tree = leadingOut();
    writeFileSync(join(tree, "requirements.txt"), `${line}\n`);
    const { status, stdout, stderr, out } = await scanDirectory(tree, ["--scanners", "safety", "--fail-on", "never"]);
    expect([status, stdout]).toEqual([3, expect.stringContaining("requirements.txt:1")]);
    for (const text of [stdout, stderr, ...OUTPUTS.slice(0, 1).map((name) => readFileSync(join(out, name), "utf8"))]) {
      expect(text).not.toContain(FOREIGN);
      expect(text).not.toContain("root:x");
      expect(text).not.toContain("django");
    }
  });

  it("reads an include that stays inside", async () => {
    const tree = leadingOut();
    writeFileSync(join(tree, "requirements.txt"), "-r dir/more.txt\n");
    writeFileSync(join(tree, "dir", "more.txt"), "django==2.2.0\n");
    const { status, report } = await scanDirectory(tree, ["--scanners", "safety"]);
    expect([status, report.findings[0]?.path]).toEqual([1, "dir/more.txt"]);
  });

  it("cannot bring a policy through a link, which is an error", async () => {
    const tree = leadingOut();
    writeFileSync(join(tree, "..", "tree-evil", "policy.yml"), "version: 1\ngate: {fail-on: never}\n");
    mkdirSync(join(tree, ".github"));
    symlinkSync("../../tree-evil/policy.yml", join(tree, ".github", "sarif-gate.yml"));
    const { status, stderr } = await runCli(["scan", tree, "--scanners", "bandit"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("sarif-gate.yml")]);
  });
});

describe.skipIf(ON_WINDOWS)("a name that could be taken for another place", { timeout: 120_000 }, () => {
  it("is a relative address below the root in valid SARIF, and decodes to the name", async () => {
    const project = makeProject(Object.fromEntries(NAMES.map((name) => [name, "import os\nos.chmod('/srv/x', 0o777)\n"])));
    const { status, report, out } = await scanDirectory(project, ["--scanners", "bandit"]);
    expect(status).toBe(1);
    expect(report.findings.map(({ path }) => path).sort()).toEqual(NAMES.toSorted());
    for (const name of ["sarif-gate.sarif", "upload.sarif"]) {
      const text = readFileSync(join(out, name), "utf8");
      expect(schemaErrors(JSON.parse(text))).toEqual([]);
      const uris = urisOf(text);
      expect(uris.map((uri) => decodeURIComponent(uri)).sort()).toEqual(NAMES.toSorted());
      const root = "https://root.example/a/b/";
      for (const uri of uris) expect(decodeURIComponent(new URL(uri, root).href)).toBe(root + decodeURIComponent(uri));
    }
  });
});

const DEEP = 200_000;
const nested = (open: string, middle: string, close: string, count = DEEP) => open.repeat(count) + middle + close.repeat(count);
const indented = (line: (level: number) => string, count: number) =>
  Array.from({ length: count }, (_, level) => `${" ".repeat(level)}${line(level)}\n`).join("");

/** Files that our own readers take in, each with what it says, if it says anything. */
const MONSTERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a Pipfile.lock of nested lists": { "Pipfile.lock": nested("[", "", "]") },
  "a Pipfile.lock of nested mappings": { "Pipfile.lock": `{"default":${nested('{"a":', "1", "}")}}` },
  "a Pipfile.lock without an end": { "Pipfile.lock": `{"default":${"[".repeat(DEEP)}` },
  "a poetry.lock of nested lists": { "poetry.lock": `[[package]]\nname = ${nested("[", "1", "]")}\n` },
  "a uv.lock of nested tables": { "uv.lock": `version = 1\n[[package]]\nname = ${nested("{a=", "1", "}")}\n` },
  "a pylock.toml of dotted keys": { "pylock.toml": `${"a.".repeat(DEEP)}a = 1\n` },
  "a pyproject.toml of nested lists": { "pyproject.toml": `[project]\ndependencies = ${nested("[", "'a'", "]")}\n` },
  "a Kubernetes manifest of nested lists": { "a.yaml": `apiVersion: v1\nkind: Pod\nspec: ${nested("[", "1", "]")}\n` },
  "a Kubernetes manifest of nested mappings": { "a.yaml": `apiVersion: v1\nkind: Pod\nspec:\n${indented(() => " a:", 3_000)}` },
  "a Kubernetes manifest of nested dashes": { "a.yaml": `apiVersion: v1\nkind: Pod\nspec:\n${"- ".repeat(DEEP)}a\n` },
  "a Kubernetes manifest as nested JSON": { "a.json": `{"apiVersion":"v1","kind":"Pod","spec":${nested('{"a":', "1", "}")}}` },
  "a CloudFormation template as nested JSON": {
    "a.json": `{"AWSTemplateFormatVersion":"2010-09-09","Resources":${nested('{"a":', "1", "}")}}`,
  },
  "a CloudFormation template of nested lists": {
    "a.yaml": `AWSTemplateFormatVersion: "2010-09-09"\nResources: ${nested("[", "1", "]")}\n`,
  },
  "a requirement of five megabytes": { "requirements.txt": `django==${"1.".repeat(2_500_000)}0\n` },
  "a requirement with 100,000 extras": { "requirements.txt": `django[${"a,".repeat(100_000)}b]==2.2.0\n` },
  "a requirement with nested markers": { "requirements.txt": `django==2.2.0 ; ${nested("(", "python_version > '3'", ")")}\n` },
  "a requirement over 200,000 lines": { "requirements.txt": `django==2.2.0 \\\n${"  --hash=sha256:aa \\\n".repeat(DEEP)}\n` },
  "100,000 includes of one file": { "requirements.txt": "-r a.txt\n".repeat(100_000), "a.txt": "django==4.2.16\n" },
  "100,000 includes of missing files": {
    "requirements.txt": Array.from({ length: 100_000 }, (_, index) => `-r ${index}.txt\n`).join(""),
  },
  "files that include each other": {
    "requirements.txt": "-r a.txt\n",
    "a.txt": "-r b.txt\n-r requirements.txt\n",
    "b.txt": "-r a.txt\ndjango==4.2.16\n",
  },
  "a chain of 3,000 includes": Object.fromEntries(
    Array.from({ length: 3_000 }, (_, index) => [index === 0 ? "requirements.txt" : `${index}.txt`, `-r ${index + 1}.txt\n`]),
  ),
  "Python of five megabytes of brackets": { "app.py": "(".repeat(5_000_000) },
  "Python of 60,000 suppressed lines": { "app.py": "x = 1  # nosec B101\n".repeat(60_000) },
  "Python of an open string of five megabytes": { "app.py": `x = """${"# nosec\n".repeat(600_000)}` },
};

describe("a file that is too large or nested too deeply", { timeout: 240_000 }, () => {
  it("is small in the control, which passes", async () => {
    const project = makeProject({ ...CLEAN, "requirements.txt": "-r a.txt\n", "a.txt": "django==5.2.8\n" });
    expect(await scanDirectory(project, ["--fail-on", "never"])).toMatchObject({ status: 0 });
  });

  it.each(Object.entries(MONSTERS))("ends with a verdict in 512 MiB: %s", async (_, files) => {
    const project = makeProject({ ...CLEAN, ...files });
    const scanners = basename(Object.keys(files)[0] ?? "") === "app.py" ? "bandit" : "safety";
    const env = { NODE_OPTIONS: "--max-old-space-size=512" };
    const { status, stderr, report } = await scanDirectory(project, ["--scanners", scanners, "--fail-on", "never", "--timeout", "2"], {
      env,
    });
    expect([0, 3]).toContain(status);
    expect(stderr).not.toMatch(/bug in sarif-gate|heap|RangeError|Maximum call stack/u);
    expect(report.verdict).toBe(status === 0 ? "pass" : "error");
  });
});
