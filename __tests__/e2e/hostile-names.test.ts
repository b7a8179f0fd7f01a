// Names are data: of files, folders, packages and the workspace itself, and so are the inputs. Whatever they say, the scan sees the same, the runner
// obeys nothing, and every channel stays readable. Real scanners, built dist; the same tree with tame names is the control.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { INPUTS } from "../../src/config/inputs.ts";
import type { ReportJson } from "../../src/report/report-schema.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { checkOutShop, type Files, layTraps, RISKY, reportOf, runBare, SECRET, SHOP, snapshot } from "../support/hostile-repositories.ts";
import { type ActionResult, runAction } from "../support/run-action.ts";
import { makeProject, type Report, runCli, SAFETY_DATABASE, scanDirectory, TRIVY_DATABASE } from "../support/run-cli.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { schemaErrors } from "../support/sarif-schema.ts";
import { repositoryOf } from "../support/temporary-tree.ts";

const traps = layTraps();
const MARK = traps.command("name").slice(": >> ".length).replaceAll("/", "\\057");

/** Each is a file name without `/`; a shell would run the middle ones. */
const NAMES = [
  "a\n::error file=x,line=1::p",
  "a\r::set-output name=verdict::pass",
  "##[add-mask]fail",
  "::add-mask::fail",
  "\u00A0::stop-commands::x",
  "nel\u0085::debug::x",
  "line\u2028::warning::x",
  "escape\u001B[2J\u0007",
  "\u202Egnp.exe",
  "-r",
  "--exit-zero",
  "--skip-files=**",
  " two  spaces ",
  `quo'te"s`,
  `$(printf x >$(printf '${MARK}'))`,
  `;printf x >$(printf '${MARK}');`,
  `\`printf x >$(printf '${MARK}')\``,
  "%2e%2e",
  "..%2f..%2fetc",
  "100%",
  "back\\slash",
  "#fragment?query",
  "<img src=x>",
  "a|b",
  "[x](javascript:x)",
  "@admin",
  "*",
  "n".repeat(240),
];

/** Everything that can be found, under each name: a Python file, a manifest, an image and a secret. */
function filesOf(names: readonly string[]): Files {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`${name}.py`, RISKY],
      [`${name}.ini`, SHOP["settings.ini"] ?? ""],
      [`${name}/requirements.txt`, "django==2.2.0\n"],
      [`${name}/Dockerfile`, SHOP["Dockerfile"] ?? ""],
    ]),
  );
}

interface ActionScan extends ActionResult {
  readonly report: ReportJson;
  readonly changed: boolean;
}

async function scanWithAction(root: string): Promise<ActionScan> {
  const before = snapshot(root);
  const result = await runAction(root, { upload: "never", ...freshDatabases() });
  return { ...result, report: reportOf(result), changed: snapshot(root).join("\n") !== before.join("\n") };
}

const commandNames = ({ log }: ActionResult) =>
  runnerCommands(log)
    .map(({ name }) => name)
    .sort();

/** Tags of HTML in Markdown, in order of their names. */
const tags = ({ summary }: ActionResult) => (summary.match(/<\/?[a-z]+/giu) ?? []).sort();

const UNREADABLE = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/u;

describe("a repository of hostile names", () => {
  let tame: ActionScan;
  let hostile: ActionScan;

  beforeAll(async () => {
    tame = await scanWithAction(repositoryOf(makeProject({}), filesOf(NAMES.map((_, index) => `tame-${index}`))));
    hostile = await scanWithAction(repositoryOf(makeProject({}), filesOf(NAMES)));
  });

  it.each(NAMES.map((name, index) => [index, name] as const))("is scanned whole under hostile name %i", (_, name) => {
    const under = (report: Report, prefix: string) =>
      report.findings
        .filter(({ path }) => [".py", ".ini", "/requirements.txt", "/Dockerfile"].some((suffix) => path === prefix + suffix))
        .map(({ path, rule, severity, startLine, scanners }) => [path.slice(prefix.length), rule, severity, startLine, scanners])
        .sort();
    const expected = under(tame.report, "tame-0");
    expect(new Set(expected.map(([suffix]) => suffix)).size).toBe(4);
    expect(under(hostile.report, name)).toEqual(expected);
  });

  it("has the verdict, the counts and the complete runs of one with tame names", () => {
    const facts = ({ status, outputs, report }: ActionScan) => [
      status,
      ...["verdict", "findings", "critical", "high", "medium", "low"].map((name) => outputs.get(name)),
      ...report.runs.map(({ status, coverage }) => [status, coverage?.expected, coverage?.missing]),
    ];
    expect(facts(hostile)).toEqual(facts(tame));
    expect(hostile.outputs.get("verdict")).toBe("fail");
  });

  it("makes the runner obey nothing but our own commands", () => {
    expect(commandNames(hostile)).toEqual(commandNames(tame));
    expect([...hostile.exported.keys()]).toEqual([...tame.exported.keys()]);
    expect(runnerCommands(NAMES.join("\n")).length).toBeGreaterThan(5); // the control: printed as they are, names are commands
  });

  it("leaves no character in log and summary that moves the cursor, ends a line or turns text around", () => {
    expect([UNREADABLE.exec(hostile.log), UNREADABLE.exec(hostile.summary)]).toEqual([null, null]);
    expect(UNREADABLE.exec(NAMES.join(""))).not.toBeNull();
  });

  it("adds no markup to the summary", () => {
    expect(tags(hostile)).toEqual(tags(tame));
    expect(hostile.summary.length).toBeLessThan(1024 * 1024);
  });

  it("is named exactly in a SARIF that is valid, percent-encoded and relative", () => {
    const log = JSON.parse(readFileSync(hostile.outputs.get("sarif-file") ?? "", "utf8")) as unknown;
    expect(schemaErrors(log)).toEqual([]);
    const uris = [...JSON.stringify(log).matchAll(/"artifactLocation":\{"uri":"([^"]*)"/gu)].map((match) => match[1] ?? "");
    expect(uris.filter((uri) => !/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+$/u.test(uri) || uri.startsWith("/"))).toEqual([]);
    expect([...new Set(uris.map((uri) => decodeURIComponent(uri).replace(/^\.\//u, "")))].sort()).toEqual(
      Object.keys(filesOf(NAMES)).sort(),
    );
  });

  it("is left as it was, and nothing in a name is run", () => {
    expect([tame.changed, hostile.changed, traps.sprung()]).toEqual([false, false, []]);
  });
});

describe("hostile names of packages", () => {
  const packages = [
    "</td><img src=x>",
    "::error::x",
    "x##[add-mask]fail",
    "--exit-zero",
    "a\u001B[2J",
    "\u202Ex",
    "$(id)",
    ";id",
    "../../etc",
    "a|b",
  ];
  const lines = (names: readonly string[]) => names.map((name) => `${name}==1.0\n`).join("");
  const pipfile = (names: readonly string[]) =>
    JSON.stringify({ _meta: { sources: [] }, default: Object.fromEntries(names.map((name) => [name, { version: "==1.0" }])), develop: {} });
  const poetry = (names: readonly string[]) =>
    names.map((name) => `[[package]]\nname = ${JSON.stringify(name)}\nversion = "1.0"\n`).join("\n");
  const project = (names: readonly string[]) =>
    repositoryOf(makeProject({}), { "requirements.txt": lines(names), "Pipfile.lock": pipfile(names), "poetry.lock": poetry(names) });

  it("are an error that names each line, with no command and no markup of theirs", async () => {
    const tame = await scanWithAction(project(packages.map((_, index) => `!${index}`)));
    const hostile = await scanWithAction(project(packages));
    expect([tame.outputs.get("verdict"), hostile.outputs.get("verdict"), hostile.changed]).toEqual(["error", "error", false]);
    const lines = hostile.report.gaps.flatMap(({ path, line }) => (path === "requirements.txt" ? [line] : []));
    expect(lines).toEqual(packages.map((_, index) => index + 1));
    expect(new Set(hostile.report.gaps.map(({ path }) => path)).size).toBe(3);
    const own = ["endgroup", "error", "group", "warning", "notice", "debug"];
    expect([commandNames(hostile).filter((name) => !own.includes(name)), UNREADABLE.exec(hostile.log + hostile.summary)]).toEqual([
      [],
      null,
    ]);
    expect(hostile.log).not.toMatch(/^::error::x/mu);
    expect(hostile.summary).not.toContain("<img");
  });
});

/** What is found below each of the folders, without the folder's name. */
function byFolder(report: Report, folders: readonly string[]) {
  return folders.map((folder) =>
    report.findings
      .filter(({ path }) => path.startsWith(`${folder}/`))
      .map(({ path, rule, severity, startLine }) => `${path.slice(folder.length)}:${startLine} ${rule} ${severity}`)
      .sort(),
  );
}

describe("folders and workspaces that a scanner would pass over by their names", () => {
  const folders = [
    "plain",
    "x.gitlab",
    "my.github_helpers",
    "aCVSb",
    ".eggs_x",
    "x.egg",
    ".tox.d",
    "my.svn",
    "dev",
    "proc",
    "sys",
    "vendor",
    "build",
    "tests",
  ];
  let root: string;
  let report: Report;

  beforeAll(async () => {
    const files = folders.flatMap((folder) => Object.entries(SHOP).map(([path, content]) => [`${folder}/${path}`, content] as const));
    root = checkOutShop(Object.fromEntries(files), join(makeProject({}), "foo.github.io"));
    ({ report } = await scanDirectory(root));
  });

  it("are scanned like any other: a risky file in foo.github.io fails the gate", () => {
    expect([report.verdict, report.runs.flatMap(({ coverage }) => coverage?.missing)]).toEqual(["fail", []]);
    expect(report.findings.some(({ path, rule }) => path === "shop.py" && rule === "B602")).toBe(true);
  });

  it.each(folders)("%s has every finding", (folder) => {
    const [plain, found] = byFolder(report, ["plain", folder]);
    expect(plain?.length).toBeGreaterThan(5);
    expect(found).toEqual(plain);
  });

  it("are passed over by who starts the scanners there", () => {
    expect(JSON.parse(runBare("bandit", ["-r", root, "-q", "-f", "json"], makeProject({})))).toMatchObject({ results: [] });
    const secrets = runBare(
      "trivy",
      ["fs", "--scanners", "secret", "--cache-backend", "memory", "--cache-dir", TRIVY_DATABASE, "-f", "json", "."],
      root,
    );
    expect([secrets.includes('"plain/settings.ini"'), /"(?:dev|proc|sys|tests)\/settings\.ini"/u.test(secrets)]).toEqual([true, false]);
  });
});

describe("a secret", () => {
  const places = [
    "settings.ini",
    "tests/key.ini",
    "test/key.ini",
    "example/key.ini",
    "examples/key.ini",
    "vendor/key.ini",
    "locale/key.ini",
    "usr/share/key.ini",
    "lib/python3/site-packages/key.ini",
    "README.md",
    "docs/page.md",
    "data.example",
  ];
  let root: string;
  let report: Report;

  beforeAll(async () => {
    root = repositoryOf(makeProject({}), Object.fromEntries(places.map((path) => [path, `token = ${SECRET}\n`])));
    ({ report } = await scanDirectory(root, ["--scanners", "trivy"]));
  });

  it.each(places)("in %s is found", (path) => {
    expect(report.findings.filter((finding) => finding.path === path).map(({ kind, rule }) => `${kind} ${rule}`)).toEqual([
      "secret github-pat",
    ]);
  });

  it("in most of them is not found by Trivy's own rules", () => {
    const text = runBare(
      "trivy",
      ["fs", "--scanners", "secret", "--cache-backend", "memory", "--cache-dir", TRIVY_DATABASE, "-f", "json", "."],
      root,
    );
    expect(places.filter((path) => text.includes(`"${path}"`)).length).toBeLessThan(places.length / 2);
  });
});

describe("a file that nobody can look at whole", () => {
  const chain = (terms: number) => `x = ${Array.from({ length: terms }, () => "1").join(" + ")}\n`;
  const defects: Files = {
    "chain.py": chain(990),
    "poetry.lock": "[[package]\nname = \n",
    "app/uv.lock": "version = 1\n[[package]]\nname = 1\n",
    "web/Pipfile.lock": '{"default": {"django": ',
    "worker/pylock.toml": "packages = 1\n",
    [`${Array.from({ length: 60 }, () => "deep").join("/")}/chain.py`]: chain(1200),
  };

  it("is an error that names each", async () => {
    const { report, status } = await scanDirectory(repositoryOf(makeProject({}), defects));
    expect([status, report.verdict]).toEqual([3, "error"]);
    const missing = JSON.stringify(report);
    expect(Object.keys(defects).filter((path) => !missing.includes(`"path": "${path}`) && !missing.includes(`"path":"${path}`))).toEqual(
      [],
    );
  });

  it("is no error when it is well formed, however deep it lies", async () => {
    const deep = `${Array.from({ length: 60 }, () => "deep").join("/")}/chain.py`;
    const { report } = await scanDirectory(repositoryOf(makeProject({}), { "chain.py": chain(700), [deep]: chain(700) }));
    expect([report.verdict, report.reasons]).toEqual(["pass", []]);
  });
});

describe("a hostile input of the action", () => {
  const mark = (name: string) => traps.command(name);
  const root = checkOutShop();
  const tame = snapshot(root);
  const values = (name: string) =>
    [
      ["a shell's command", `$(${mark(name)});${mark(name)}; \`${mark(name)}\` x y`],
      ["an option", "--exit-zero"],
    ] as const;
  const cases = Object.entries(INPUTS)
    .filter(([name, { offered }]) => offered !== "cli" && !["safety-db", "trivy-db", "sarif-file"].includes(name))
    .flatMap(([name]) => values(name).map(([kind, value]) => [name, kind, value] as const));

  it.each(cases)("`%s` that looks like %s is one value or a configuration error, and is never run", async (name, _kind, value) => {
    const { status, outputs, log } = await runAction(root, {
      scanners: "bandit",
      upload: "never",
      offline: "true",
      [name]: value,
    });
    // Either the step ends before a scan, or the scan finds what it finds anyway.
    expect([status, `${outputs.get("verdict")} ${outputs.get("findings")}`]).toEqual([1, expect.stringMatching(/^(?:error |fail 2$)/u)]);
    expect(
      runnerCommands(log).filter(
        (command) => !["error", "warning", "notice", "group", "endgroup", "debug", "add-mask"].includes(command.name),
      ),
    ).toEqual([]);
    expect(traps.sprung()).toEqual([]);
    expect(snapshot(root)).toEqual(tame);
  });

  it("that names a file is the name of that file", async () => {
    const shop = checkOutShop();
    const name = "--exit-zero;$(id) `id` x";
    const { outputs } = await runAction(shop, { scanners: "bandit", upload: "never", offline: "true", "sarif-file": name });
    expect([outputs.get("verdict"), outputs.get("sarif-file")]).toEqual(["fail", join(shop, name)]);
    expect(snapshot(shop).filter((line) => !line.startsWith(`"${name}" `)).length).toBe(snapshot(shop).length - 1);
  });

  it("finds two things where no input is hostile", async () => {
    const { status, outputs } = await runAction(root, { scanners: "bandit", upload: "never", offline: "true" });
    expect([status, outputs.get("verdict"), outputs.get("findings")]).toEqual([1, "fail", "2"]);
  });
});

describe("a hostile argument of the command line", () => {
  it.each(["--exit-zero", "-x", "--skip=B602"])("%j is not handed to a scanner", async (word) => {
    const { status, stdout } = await runCli(["scan", checkOutShop(), "--safety-db", SAFETY_DATABASE, word]);
    expect([status, stdout]).toEqual([2, ""]);
  });
});
