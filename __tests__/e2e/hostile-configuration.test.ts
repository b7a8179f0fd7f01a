// Whatever configuration, program or module a repository brings, and whatever the environment says: a scan finds the same, starts nothing of it and
// changes nothing. Real scanners, built dist; each comparison has a control that shows what the hostile file does to who obeys it.

import { type ChildProcess, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  checkOutShop,
  commitFiles,
  type Files,
  layTraps,
  type Observation,
  observeAction,
  observeScan,
  RISKY,
  runBare,
  SHOP,
  type Traps,
} from "../support/hostile-repositories.ts";
import { killScanners } from "../support/kill-scanners.ts";
import { makeProject, SAFETY_DATABASE, scanDirectory, TRIVY_DATABASE } from "../support/run-cli.ts";
import { git, repositoryOf, writeTree } from "../support/temporary-tree.ts";

const SCANNERS = ["bandit", "safety", "trivy"] as const;
type Scanner = (typeof SCANNERS)[number];

/** What each scanner finds in the shop without any hostility. */
const TAME = new Map<Scanner, Observation>();

beforeAll(async () => {
  const root = checkOutShop();
  for (const scanner of SCANNERS) TAME.set(scanner, await observeScan(root, ["--scanners", scanner]));
});

describe("the shop as it is", () => {
  it.each(SCANNERS)("fails because of what %s finds, and is not changed", (scanner) => {
    const { verdict, findings, changed, runs } = TAME.get(scanner) ?? {};
    expect([verdict, changed, runs]).toEqual(["fail", [], [`${scanner} completed, 0 missing`]]);
    expect(findings?.length).toBeGreaterThan(1);
  });
});

const ini = (...lines: readonly string[]) => `${["[bandit]", ...lines].join("\n")}\n`;
const BASELINE = JSON.stringify({ results: [], metrics: {}, errors: [], generated_at: "2026-01-01T00:00:00Z" });

const BANDIT: Readonly<Record<string, Files>> = {
  ".bandit with skips": { ".bandit": ini("skips = B404,B602") },
  ".bandit with tests": { ".bandit": ini("tests = B101") },
  ".bandit with exclude and targets": { ".bandit": ini("exclude = *,/,shop.py", "targets = /dev/null", "recursive = false") },
  ".bandit with level and confidence": { ".bandit": ini("level = 4", "confidence = 4") },
  ".bandit with configfile and profile": {
    ".bandit": ini("profile = nothing", "configfile = bandit.yaml"),
    "bandit.yaml": "profiles: {nothing: {include: [B101]}}\nskips: [B404, B602]\nexclude_dirs: ['.']\n",
  },
  ".bandit with baseline": { ".bandit": ini("baseline = planted.json"), "planted.json": BASELINE },
  ".bandit with format and template": { ".bandit": ini("format = custom", "msg-template = ::set-output name=verdict::pass") },
  ".bandit with output and how much": {
    ".bandit": ini("output = written.json", "number = 0", "quiet = true", "verbose = true", "debug = true", "aggregate = file"),
  },
  ".bandit that is no INI file": { ".bandit": "\0[[[" },
  "two .bandit files, and the configuration of projects": {
    ".bandit": ini("skips = B602"),
    "more/.bandit": ini("skips = B404"),
    "bandit.yaml": "skips: [B404, B602]\n",
    "pyproject.toml": '[tool.bandit]\nskips = ["B404", "B602"]\nexclude_dirs = ["."]\n',
    "setup.cfg": ini("skips = B404,B602"),
    "tox.ini": ini("skips = B404,B602"),
  },
};

const REGO = "package trivy\n\nimport rego.v1\n\ndefault ignore := true\n";

const TRIVY: Readonly<Record<string, Files>> = {
  "trivy.yaml with what to skip": {
    "trivy.yaml":
      "scan:\n  skip-files: ['**/*']\n  skip-dirs: ['**']\n  scanners: [license]\nseverity: [UNKNOWN]\nvulnerability:\n  ignore-unfixed: true\nignore-policy: policy/ignore.rego\n",
    "policy/ignore.rego": REGO,
  },
  "trivy.yaml with where to write and whom to ask": {
    "trivy.yaml":
      "format: table\noutput: written.txt\nexit-code: 0\nserver:\n  addr: http://127.0.0.1:9\ncache:\n  dir: cache\ndb:\n  repository: [localhost:9/db]\ninsecure: true\n",
  },
  ".trivyignore": { ".trivyignore": "CVE-2019-14234\nCVE-2022-28346\nDS-0001\nDS-0002\nDS-0026\nAVD-DS-0002\ngithub-pat\n" },
  ".trivyignore.yaml, modules, plug-ins and checks": {
    ".trivyignore.yaml":
      "vulnerabilities: [{id: CVE-2019-14234}, {id: CVE-2022-28346}]\nsecrets: [{id: github-pat}]\nmisconfigurations: [{id: DS-0001}, {id: DS-0002}]\n",
    ".trivy/modules/spring.wasm": "\0asm\u0001",
    ".trivy/plugins/evil/plugin.yaml": "name: evil\nversion: 0.1.0\nplatforms: [{uri: ./run.sh, bin: ./run.sh}]\n",
    ".trivy/policies/ignore.rego": REGO,
    "policy/ignore.rego": REGO,
    "contrib/ignore.rego": REGO,
  },
  "trivy-secret.yaml": {
    "trivy-secret.yaml": "disable-rules: [github-pat]\nallow-rules:\n  - id: all\n    path: .*\n    description: all\n",
  },
};

const POLICY =
  "security:\n  ignore-cvss-severity-below: 10\n  ignore-cvss-unknown-severity: True\n  continue-on-vulnerability-error: True\n";

const SAFETY: Readonly<Record<string, Files>> = {
  ".safety-policy.yml": { ".safety-policy.yml": POLICY },
  ".safety-policy.yml of version 3, its project and configuration": {
    ".safety-policy.yml":
      "version: '3.0'\nscanning-settings:\n  max-depth: 0\n  exclude: ['**']\nreport:\n  dependency-vulnerabilities:\n    enabled: true\n    auto-ignore-in-report:\n      python: {unpinned-requirements: true}\n      cvss-severity: [unknown, none, low, medium, high, critical]\n",
    ".safety-project.ini": "[project]\nid = evil\nurl = /evil\nname = evil\n",
    "safety.ini": "[settings]\ndata_api_base_url = http://127.0.0.1:9\n",
    ".safety/config.ini": "[settings]\nplatform_enabled = true\n",
  },
};

const CASES = (
  [
    ["bandit", BANDIT],
    ["trivy", TRIVY],
    ["safety", SAFETY],
  ] as const
).flatMap(([scanner, cases]) => Object.entries(cases).map(([name, files]) => [scanner, name, files] as const));

describe("a file of the repository that configures a scanner", () => {
  it.each(CASES)("does not change what %s finds: %s", async (scanner, _name, files) => {
    expect(await observeScan(checkOutShop(files), ["--scanners", scanner])).toEqual(TAME.get(scanner));
  });

  const bare: Readonly<Record<Scanner, readonly string[]>> = {
    bandit: ["-r", ".", "-q", "-f", "json"],
    safety: ["check", "-r", "requirements.txt", "--db", SAFETY_DATABASE, "--output", "json"],
    trivy: [
      "fs",
      "--cache-dir",
      TRIVY_DATABASE,
      "--cache-backend",
      "memory",
      "--skip-db-update",
      "--offline-scan",
      "--scanners",
      "vuln,secret",
      "-f",
      "json",
      ".",
    ],
  };

  it.each([
    ["bandit", ".bandit with skips", /"test_id": "B602"/u],
    ["bandit", ".bandit with tests", /"test_id": "B602"/u],
    ["bandit", ".bandit with exclude and targets", /"test_id": "B602"/u],
    ["bandit", ".bandit with level and confidence", /"test_id": "B404"/u],
    ["safety", ".safety-policy.yml", /"ignored": \{\}/u],
    ["trivy", "trivy.yaml with what to skip", /"VulnerabilityID": "CVE-2019-14234"/u],
    ["trivy", ".trivyignore", /"VulnerabilityID": "CVE-2019-14234"/u],
    ["trivy", "trivy-secret.yaml", /"RuleID": "github-pat"/u],
  ] as const)("would hide findings of %s from who starts it there: %s", (scanner, name, finding) => {
    const files = CASES.find(([, other]) => other === name)?.[2];
    expect(runBare(scanner, bare[scanner], checkOutShop())).toMatch(finding);
    expect(runBare(scanner, bare[scanner], checkOutShop(files))).not.toMatch(finding);
  });
});

const PROGRAMS = [
  "trivy",
  "bandit",
  "safety",
  "git",
  "pip",
  "python",
  "python3",
  "python3.10",
  "python3.13",
  "python3.14",
  "sh",
  "env",
  "tar",
  "node",
];
const MODULES = ["yaml", "json", "os", "re", "typing_extensions", "sitecustomize", "usercustomize", "startup"];
const PACKAGES = ["pip", "bandit", "safety", "stevedore", "rich"];

/** Programs and modules under every name that somebody could start or import by mistake. */
function executables(traps: Traps): Files {
  const folder = (name: string) => [`${name}/__init__.py`, `${name}/__main__.py`, `${name}/cli.py`];
  return Object.fromEntries([
    ...PROGRAMS.flatMap((name) => [name, `bin/${name}`]).map((path) => [path, traps.script(path.replace("/", "-"))]),
    ...MODULES.map((name) => [`${name}.py`, traps.python(name)]),
    ...PACKAGES.filter((name) => !PROGRAMS.includes(name)).flatMap((name) => folder(name).map((path) => [path, traps.python(name)])),
    ...PACKAGES.flatMap((name) => folder(name).map((path) => [`x/${path}`, traps.python(name)])),
    ["evil.pth", `import os; ${traps.python("pth")}`],
    ["home/.gitconfig", `[core]\n\tfsmonitor = ${traps.command("home-monitor")}\n`],
    ["home/.config/pip/pip.conf", "[global]\nindex-url = http://127.0.0.1:9/\n"],
  ]);
}

function hostileEnvironment(root: string, traps: Traps): Record<string, string> {
  const git = { GIT_DIR: "/nonexistent", GIT_EXEC_PATH: root, GIT_TRACE: join(root, "trace"), GIT_EXTERNAL_DIFF: traps.command("diff") };
  return {
    PATH: [".", "", root, join(root, "bin"), process.env["PATH"] ?? ""].join(delimiter),
    HOME: join(root, "home"),
    XDG_CONFIG_HOME: join(root, "home", ".config"),
    BASH_ENV: join(root, "sh"),
    ENV: join(root, "sh"),
    ...git,
    ...{ GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "core.fsmonitor", GIT_CONFIG_VALUE_0: traps.command("environment-monitor") },
    ...{ PYTHONPATH: ":x", PYTHONSTARTUP: join(root, "startup.py"), PYTHONHOME: root, PYTHONUSERBASE: root, PYTHONINSPECT: "1" },
    ...{ PYTHONPYCACHEPREFIX: join(root, "pyc"), PYTHONWARNINGS: "error", PYTHONPROFILEIMPORTTIME: "1" },
    ...{ PIP_INDEX_URL: "http://127.0.0.1:9/", PIP_TARGET: root, PIP_CONFIG_FILE: join(root, "home/.config/pip/pip.conf") },
    ...{ BANDIT_SKIPS: "B602", BANDIT_CONFIG: join(root, "bandit.yaml") },
    ...{ SAFETY_DB_DIR: join(root, "db"), SAFETY_POLICY_FILE: join(root, ".safety-policy.yml"), SAFETY_SYSTEM_CONFIG_PATH: root },
    ...{ SAFETY_API_KEY: "made-up", SAFETY_OUTPUT: "bare", SAFETY_STAGE: "production", SAFETY_PURE_YAML: "false" },
    ...{ TRIVY_CONFIG: join(root, "trivy.yaml"), TRIVY_IGNOREFILE: join(root, ".trivyignore"), TRIVY_SEVERITY: "UNKNOWN" },
    ...{
      TRIVY_SKIP_FILES: "**/*",
      TRIVY_SKIP_DIRS: "**",
      TRIVY_SCANNERS: "license",
      TRIVY_OUTPUT: join(root, "written"),
      TRIVY_FORMAT: "table",
    },
    ...{
      TRIVY_SECRET_CONFIG: join(root, "trivy-secret.yaml"),
      TRIVY_IGNORE_POLICY: join(root, "policy/ignore.rego"),
      TRIVY_SERVER: "http://127.0.0.1:9",
    },
    ...{
      TRIVY_CACHE_DIR: root,
      TRIVY_DB_REPOSITORY: "localhost:9/db",
      TRIVY_MODULE_DIR: join(root, ".trivy/modules"),
      TRIVY_DEBUG: "true",
    },
  };
}

/** Every file above in one checkout. */
function hostileFiles(traps: Traps): Files {
  const database = JSON.stringify({ meta: { timestamp: 4_000_000_000 }, vulnerable_packages: {} });
  return {
    ...Object.assign({}, ...CASES.map(([, , files]) => files)),
    ...executables(traps),
    "db/insecure.json": database,
    "db/insecure_full.json": database,
  };
}

describe("programs, modules and configuration of the repository, and an environment that leads to them", () => {
  it("change neither findings nor verdict of the command line, and none of them runs", async () => {
    const traps = layTraps();
    const root = checkOutShop(hostileFiles(traps));
    const hostile = await observeScan(root, [], { cwd: root, env: hostileEnvironment(root, traps), traps });
    const tame = checkOutShop();
    expect(hostile).toEqual(await observeScan(tame, [], { cwd: tame }));
    expect(hostile.sprung).toEqual([]);
  });

  it("change neither findings, verdict, outputs nor commands of the action, and none of them runs", async () => {
    const traps = layTraps();
    const root = checkOutShop(hostileFiles(traps));
    const hostile = await observeAction(root, {}, { env: hostileEnvironment(root, traps), traps });
    expect(hostile).toEqual(await observeAction(checkOutShop()));
    expect(hostile.sprung).toEqual([]);
  });

  it("run when somebody names them without a path, or starts Python there", () => {
    const traps = layTraps();
    const root = checkOutShop(hostileFiles(traps));
    const { PATH = "" } = hostileEnvironment(root, traps);
    for (const name of PROGRAMS) spawnSync(name, [], { cwd: root, env: { PATH } });
    const { HOME = "", PATH: own = "" } = process.env;
    spawnSync("python3", ["-m", "bandit"], { cwd: root, env: { HOME, PATH: own, PYTHONPATH: ":x" } });
    expect(traps.sprung()).toEqual(expect.arrayContaining([...PROGRAMS, "sitecustomize"].sort()));
  });
});

/** Settings of git that start a program, and hooks. */
function armGit(directory: string, traps: Traps): void {
  const settings = {
    core: ["fsmonitor", "sshCommand", "pager", "editor", "askPass", "gitProxy", "alternateRefsCommand"],
    'filter "evil"': ["clean", "smudge"],
    'diff "evil"': ["command", "textconv"],
    'merge "evil"': ["driver"],
    diff: ["external"],
    gpg: ["program"],
    credential: ["helper"],
    uploadpack: ["packObjectsHook"],
  };
  const lines = Object.entries(settings).flatMap(([section, keys]) => [
    `[${section}]`,
    ...keys.map((key) => `\t${key} = "${traps.command(`git-${key}`)}; false"`),
  ]);
  const aliases = ["ls-files", "rev-parse", "diff-tree", "cat-file", "status"].map(
    (name) => `\t${name} = "!${traps.command(`alias-${name}`)}"`,
  );
  appendFileSync(join(directory, "config"), `\n${[...lines, "[alias]", ...aliases, "[protocol]", "\tallow = always"].join("\n")}\n`);
  mkdirSync(join(directory, "hooks"), { recursive: true });
  for (const hook of ["post-checkout", "post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"]) {
    writeFileSync(join(directory, "hooks", hook), traps.script(`hook-${hook}`));
    chmodSync(join(directory, "hooks", hook), 0o755);
  }
}

const ATTRIBUTES = "* filter=evil diff=evil merge=evil export-ignore export-subst ident\n*.ini -diff\n*.txt binary\n";

/** The shop with one more risky file than at its base, and a submodule. */
function shopWithHistory(files: Files): string {
  const root = checkOutShop();
  git(root, "submodule", "--quiet", "add", repositoryOf(makeProject({}), { "library.py": RISKY }), "library");
  commitFiles(root, { "new.py": RISKY });
  commitFiles(root, files);
  return root;
}

describe("git configuration, attributes, hooks and submodules of the repository", () => {
  const argv = ["--base", "HEAD~2", "--scope", "new"];

  it("start nothing and change nothing, with a base to compare with", async () => {
    const traps = layTraps();
    const root = shopWithHistory({ ".gitattributes": ATTRIBUTES });
    armGit(join(root, ".git"), traps);
    armGit(join(root, ".git/modules/library"), traps);
    appendFileSync(join(root, ".git/modules/library/config"), `[submodule "library"]\n\tupdate = !${traps.command("update")}\n`);
    appendFileSync(join(root, ".git/config"), `[submodule "library"]\n\tupdate = !${traps.command("update")}\n\tignore = all\n`);
    appendFileSync(join(root, ".git/info/attributes"), ATTRIBUTES);
    const hostile = await observeScan(root, argv, { traps });
    expect(hostile).toEqual(await observeScan(shopWithHistory({ "README.txt": "The shop\n" }), argv));
    expect([hostile.sprung, hostile.changed, hostile.findings.every(({ state }) => state === "unchanged")]).toEqual([[], [], true]);
    spawnSync("git", ["status"], { cwd: root });
    spawnSync("git", ["diff", "HEAD~2", "HEAD"], { cwd: root });
    expect(traps.sprung()).toEqual(expect.arrayContaining(["git-fsmonitor", "git-command"])); // the control
  });

  it("cannot make a submodule that is not there an update that runs", async () => {
    const traps = layTraps();
    const missing = (update: string): string => {
      const root = checkOutShop();
      const modules = `[submodule "evil"]\n\tpath = evil\n\turl = --upload-pack=${traps.command("url")}\n\tupdate = ${update}\n`;
      writeTree(root, { ".gitmodules": modules });
      git(root, "update-index", "--add", "--cacheinfo", `160000,${git(root, "rev-parse", "HEAD")},evil`);
      git(root, "config", "submodule.evil.update", update);
      mkdirSync(join(root, "evil"));
      return root;
    };
    const hostile = await observeScan(missing(`!${traps.command("update")}`), ["--scanners", "bandit"], { traps });
    expect(hostile).toEqual(await observeScan(missing("checkout"), ["--scanners", "bandit"]));
    expect([hostile.verdict, hostile.sprung]).toEqual(["error", []]);
  });
});

const PLANTED = "planted-report";
const REPORTS: Files = Object.fromEntries(
  ["bandit.json", "safety.json", "trivy.json", "report.json", "results.sarif", "upload.sarif", "sarif-gate.sarif"].map((name) => [
    name,
    JSON.stringify({
      version: "2.1.0",
      verdict: "pass",
      runs: [],
      findings: [],
      errors: [],
      metrics: { _totals: {} },
      results: [{ test_id: PLANTED, ruleId: PLANTED, filename: "shop.py", line_number: 1, issue_severity: "LOW" }],
    }),
  ]),
);

describe("reports that the repository holds", () => {
  const written = (out: string) => readdirSync(out).map((name) => readFileSync(join(out, name), "utf8"));

  it("are not taken for those of a scan", async () => {
    const { report, out } = await scanDirectory(checkOutShop(REPORTS));
    expect(report.verdict).toBe("fail");
    expect(written(out).filter((text) => text.includes(PLANTED))).toEqual([]);
  });

  it.runIf(process.platform === "linux")("are not taken for those of scanners that die", async () => {
    const during = (child: ChildProcess) => {
      const timer = killScanners(child.pid, /from (?:bandit|safety)\.cli|\/trivy fs /u);
      onTestFinished(() => clearInterval(timer));
    };
    const { status, report, out } = await scanDirectory(checkOutShop(REPORTS), [], { during });
    expect([status, report.verdict, report.findings]).toEqual([3, "error", []]);
    expect(report.runs.map((run) => run.status)).toEqual(["failed", "failed", "failed"]);
    expect(written(out).filter((text) => text.includes(PLANTED))).toEqual([]);
  });
});

describe("the shop", () => {
  it("has a finding in every one of its files, so that none can be lost unseen", () => {
    const paths = [...TAME.values()].flatMap(({ findings }) => findings.map(({ path }) => path));
    expect([...new Set(paths)].sort()).toEqual(Object.keys(SHOP).sort());
  });
});
