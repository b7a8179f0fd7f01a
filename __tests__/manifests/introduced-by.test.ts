// Who brings a pin, read from manifests that the real tools wrote (`fixtures/manifests/commands.md`) and from small ones for what those do not have.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Pin } from "../../src/manifests/pin.ts";
import { readTree } from "./tree.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "manifests");

function fixture(directory: string): Record<string, string> {
  const names = readdirSync(join(FIXTURES, directory));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(FIXTURES, directory, name), "utf8")]));
}

/** The pins of one file that somebody brings, `name < who, who`, and how many pins it has. */
function brought(tree: Readonly<Record<string, string>>, path: string) {
  const pins = readTree(tree).pins.filter((pin) => pin.path === path);
  return { count: pins.length, brought: pins.filter((pin) => pin.introducedBy !== undefined).map(line) };
}

function line({ name, introducedBy = [] }: Pin): string {
  return `${name} < ${introducedBy.join(", ")}`;
}

const FLASK = ["click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"].map((name) => `${name} < flask`);
const PYTEST = ["atomicwrites", "attrs", "colorama", "iniconfig", "packaging", "pluggy", "py", "tomli"].map((name) => `${name} < pytest`);
const REQUESTS = ["certifi", "chardet", "idna", "pysocks", "urllib3"].map((name) => `${name} < requests`);
const SECURITY = ["certifi", "cffi", "chardet", "cryptography", "idna", "pycparser", "pyopenssl", "typing-extensions", "urllib3"];

describe("introducedBy, as the real tools write it,", () => {
  it.each([
    ["poetry", "poetry.lock"],
    ["uv", "uv.lock"],
  ])("is known for every transitive package of %s, extras and groups too", (directory, path) => {
    expect(brought(fixture(directory), path)).toEqual({ count: 21, brought: [...FLASK, ...PYTEST, ...REQUESTS].sort() });
  });

  it.each([
    ["pip-compile", "requirements.txt"],
    ["pip-compile", "requirements-line.txt"],
    ["pip-compile", "requirements-hashed.txt"],
    ["uv-pip-compile", "requirements.txt"],
    ["uv-pip-compile", "requirements-hashed.txt"],
  ])("is read from the comments of %s in %s", (directory, path) => {
    const expected = [...FLASK, ...SECURITY.map((name) => `${name} < requests`)].sort();
    expect(brought(fixture(directory), path)).toEqual({ count: 16, brought: expected });
  });

  it("is read from an export of uv, where the project itself stands for what is direct", () => {
    expect(brought(fixture("uv"), "requirements.txt")).toEqual({ count: 15, brought: [...FLASK, ...PYTEST].sort() });
  });

  it("is not known for Pipfile.lock, which has no graph", () => {
    expect(brought(fixture("pipenv"), "Pipfile.lock").brought).toEqual([]);
  });
});

const poetryPackage = (name: string, rest = "") => `[[package]]\nname = "${name}"\nversion = "1.0"\n${rest}\n`;
const METADATA = '[metadata]\nlock-version = "2.1"\n';

describe("introducedBy of poetry.lock", () => {
  const lock = [
    poetryPackage("app", '[package.dependencies]\nMid_Dle = "*"\n'),
    poetryPackage(
      "mid-dle",
      '[package.dependencies]\nleaf = [{version = "1", python = "<3"}, {version = ">1"}]\nspare = {version = "*", optional = true}\n',
    ),
    poetryPackage("leaf"),
    poetryPackage("spare"),
    METADATA,
  ].join("\n");

  it("is by what nobody depends on where no project stands beside it", () => {
    expect(brought({ "poetry.lock": lock }, "poetry.lock").brought).toEqual(["mid-dle < app", "leaf < app"]);
  });

  it.each([
    ["[project]\ndependencies = ['app', 'Mid.dle>=1']"],
    ["[project.optional-dependencies]\nx = ['app', 'mid-dle']"],
    ["[dependency-groups]\nx = ['app', {include-group = 'y'}]\ny = ['mid-dle']"],
    ["[tool.poetry.dependencies]\npython = '^3.10'\napp = '*'\nmid-dle = {version = '*'}"],
    ["[tool.poetry.dev-dependencies]\napp = '*'\nmid-dle = '*'"],
    ["[tool.poetry.group.x.dependencies]\napp = '*'\nmid-dle = '*'"],
  ])("ends at the nearest direct dependency that the project beside it declares: %s", (pyproject) => {
    expect(brought({ "poetry.lock": lock, "pyproject.toml": pyproject }, "poetry.lock").brought).toEqual(["leaf < mid-dle"]);
  });

  it.each(["[project", "[project]\nname = 'x'"])("does not take a project that declares nothing for one: %s", (pyproject) => {
    expect(brought({ "poetry.lock": lock, "pyproject.toml": pyproject }, "poetry.lock").brought).toEqual(["mid-dle < app", "leaf < app"]);
  });

  it("does not follow the project of another directory", () => {
    const tree = { "a/poetry.lock": lock, "pyproject.toml": "[project]\ndependencies = ['leaf']" };
    expect(brought(tree, "a/poetry.lock").brought).toEqual(["mid-dle < app", "leaf < app"]);
  });
});

describe("introducedBy of uv.lock", () => {
  const own = (name: string, needs: string) =>
    `[[package]]\nname = "${name}"\nversion = "0"\nsource = { editable = "${name}" }\ndependencies = [{ name = "${needs}" }]\n`;
  const registry = (name: string, needs = "") =>
    `[[package]]\nname = "${name}"\nversion = "1.0"\nsource = { registry = "https://index.example" }\ndependencies = [${needs}]\n`;

  it("starts from every member of a workspace", () => {
    const lock = `version = 1\n[manifest]\nmembers = ["a", "b"]\n${own("a", "x")}${own("b", "y")}${registry("leaf")}${registry("x", '{ name = "leaf" }')}${registry("y", '{ name = "leaf" }')}`;
    expect(brought({ "uv.lock": lock }, "uv.lock").brought).toEqual(["leaf < x, y"]);
  });

  it.each(['requirements = [{ name = "x" }]', '[manifest.dependency-groups]\ndev = [{ name = "x" }]'])(
    "starts from a script or a bare workspace: %s",
    (manifest) => {
      const lock = `version = 1\n[manifest]\n${manifest}\n${registry("leaf")}${registry("x", '{ name = "leaf" }')}`;
      expect(brought({ "uv.lock": lock }, "uv.lock").brought).toEqual(["leaf < x"]);
    },
  );
});

describe("introducedBy of pylock.toml", () => {
  const lock = (needs: string) =>
    `lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "app"\nversion = "1"\n${needs}\n[[packages]]\nname = "leaf"\nversion = "1"\n`;

  it.each(['dependencies = [{ name = "leaf" }]', "[packages.tool.pdm]\ndependencies = [\"leaf>=1; python_version > '3'\"]"])(
    "is read from %s",
    (needs) => {
      expect(brought({ "pylock.toml": lock(needs) }, "pylock.toml").brought).toEqual(["leaf < app"]);
    },
  );

  it("is not known where no package says what it needs", () => {
    expect(brought({ "pylock.toml": lock(""), "pyproject.toml": "[project]\ndependencies = ['app']" }, "pylock.toml").brought).toEqual([]);
  });
});

describe("introducedBy of a requirements file", () => {
  const read = (text: string) => brought({ "requirements.txt": text }, "requirements.txt").brought;

  it.each([
    [
      "a list in one line",
      "app==1  # via -r requirements.in\nleaf==1  # via app, bee\nbee==1  # via -r requirements.in\n",
      ["leaf < app, bee"],
    ],
    ["an older line number", "app==1\n    # via -r requirements.in (line 3)\nleaf==1\n    # via app\n", ["leaf < app"]],
    ["a project's file", "app==1\n    # via shop (pyproject.toml)\nleaf==1\n    # via App[extra]\n", ["leaf < app"]],
    ["CRLF", "app==1\r\n    # via -r requirements.in\r\nleaf==1\r\n    # via\r\n    #   app\r\n", ["leaf < app"]],
    [
      "a constraint, which asks for nothing",
      "app==1\n    # via -r requirements.in\nleaf==1\n    # via\n    #   -c constraints.txt\n    #   app\n",
      ["leaf < app"],
    ],
  ])("understands %s", (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("takes a pin without such a comment for a direct one, as uv exports those of groups", () => {
    expect(read("app==1\nleaf==1\n    # via app\n")).toEqual(["leaf < app"]);
  });

  it("is absent for what a package needs that is not pinned here: the project, or one from a URL", () => {
    expect(read("app==1\n    # via -r a.in\nleaf==1\n    # via\n    #   app\n    #   elsewhere\n")).toEqual([]);
  });

  it("is absent for what the input asks for too", () => {
    expect(read("app==1\n    # via -r a.in\nleaf==1\n    # via\n    #   -r a.in\n    #   app\n")).toEqual([]);
  });

  it.each(["app==1\nleaf==1  # viable, app\n", "app==1\nleaf==1\n    # needed via app\n", "app==1\nleaf==1\n\n    # via app\n"])(
    "is not read from another comment: %j",
    (text) => {
      expect(read(text)).toEqual([]);
    },
  );
});

describe("a hostile graph", () => {
  const via = (names: readonly string[]) => `\n    # via\n${names.map((name) => `    #   ${name}\n`).join("")}`;

  it("of cycles ends", () => {
    const text = `a==1${via(["-r x.in", "c"])}b==1${via(["a", "b"])}c==1${via(["b"])}`;
    expect(brought({ "requirements.txt": text }, "requirements.txt").brought).toEqual(["b < a", "c < a"]);
  });

  it("names five of a thousand that bring a package, the first by name", () => {
    const roots = Array.from({ length: 1_000 }, (_, index) => `p${String(index).padStart(4, "0")}`);
    const text = `${roots.map((name) => `${name}==1${via(["-r x.in"])}`).join("")}leaf==1${via(roots)}`;
    expect(brought({ "requirements.txt": text }, "requirements.txt").brought).toEqual(["leaf < p0000, p0001, p0002, p0003, p0004"]);
  });

  it("of many roots above a long chain is walked in moderate time", () => {
    const roots = Array.from({ length: 20_000 }, (_, index) => `r${index}`);
    const chain = Array.from({ length: 20_000 }, (_, index) => `c${index}==1${via([index === 0 ? "r0" : `c${index - 1}`])}`);
    const text = `${roots.map((name) => `${name}==1${via(["-r x.in"])}`).join("")}c==1${via(roots)}${chain.join("")}`;
    const started = performance.now();
    expect(brought({ "requirements.txt": text }, "requirements.txt").brought).toHaveLength(20_001);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("never names what is too long for a name", () => {
    const long = "a".repeat(101);
    expect(brought({ "requirements.txt": `${long}==1${via(["-r x.in"])}leaf==1${via([long])}` }, "requirements.txt").brought).toEqual([]);
  });

  it("that asks for one package of many needs over and over is walked once", () => {
    const needs = Array.from({ length: 20_000 }, (_, index) => `p${index} = "1"`).join("\n");
    const lock = `[[package]]\nname = "app"\nversion = "1"\n[package.dependencies]\n${needs}\n[[package]]\nname = "p7"\nversion = "1"\n${METADATA}`;
    const pyproject = `[project]\ndependencies = [${"'app',".repeat(20_000)}]`;
    const started = performance.now();
    expect(brought({ "poetry.lock": lock, "pyproject.toml": pyproject }, "poetry.lock").brought).toEqual(["p7 < app"]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("of two hundred thousand requirements does not exhaust the stack", () => {
    const needs = Array.from({ length: 200_000 }, (_, index) => `{name="p${index}",extra=["x"]}`).join(",");
    const lock = `version = 1\n[[package]]\nname = "own"\nversion = "0"\nsource = { virtual = "." }\ndependencies = [${needs}]\n[[package]]\nname = "p0"\nversion = "1"\ndependencies = [{name="leaf"}]\n[[package]]\nname = "leaf"\nversion = "1"\n`;
    expect(brought({ "uv.lock": lock }, "uv.lock").brought).toEqual(["leaf < p0"]);
  });
});

describe("the tool of a manifest", () => {
  const tools = (directory: string) => [...new Set(readTree(fixture(directory)).pins.map(({ path, tool }) => `${path}: ${tool}`))];

  it("is the one that its header names", () => {
    expect([...tools("pip-compile"), ...tools("uv-pip-compile"), ...tools("uv")]).toEqual([
      "requirements-hashed.txt: pip-compile",
      "requirements-line.txt: pip-compile",
      "requirements.in: undefined",
      "requirements.txt: pip-compile",
      "requirements-hashed.txt: uv pip compile",
      "requirements.in: undefined",
      "requirements.txt: uv pip compile",
      "requirements.txt: uv export",
      "uv.lock: undefined",
    ]);
  });

  it("is taken for pip-compile where comments name who needs a pin and no header tells", () => {
    expect(readTree({ "requirements.txt": "a==1\n    # via -r x.in\n" }).pins[0]?.tool).toBe("pip-compile");
  });

  it("is PDM where pylock.toml says so", () => {
    const lock = 'lock-version = "1.0"\ncreated-by = "pdm"\n[[packages]]\nname = "a"\nversion = "1"\n';
    expect(readTree({ "pylock.toml": lock }).pins[0]?.tool).toBe("pdm");
  });
});

describe("the parts of a requirement", () => {
  const parts = (text: string) => readTree({ "requirements.txt": text }).pins[0]?.requirement;

  it("are extras, marker and whether it has hashes", () => {
    expect(parts("Requests [security, socks]==2.20.0 ;  python_version >= '3' \\\n  --hash=sha256:ab")).toEqual({
      extras: ["security", "socks"],
      marker: "python_version >= '3'",
      hashed: true,
    });
  });

  it("are absent where it is name and version alone", () => {
    expect(parts("requests==2.20.0 # a comment")).toBeUndefined();
  });
});
