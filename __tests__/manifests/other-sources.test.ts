import { describe, expect, it } from "vitest";
import { readTree } from "./tree.ts";

const PYPROJECT = '[project]\nname = "shop"\ndependencies = ["django"]\n';
const UV_LOCK = `version = 1

[manifest]
members = ["shop", "cart"]

[[package]]
name = "shop"
source = { virtual = "." }

[[package]]
name = "cart"
version = "0.1.0"
source = { editable = "packages/cart" }
`;

describe("a project that declares dependencies", () => {
  it.each([
    ["pyproject.toml", PYPROJECT],
    ["pyproject.toml", '[project.optional-dependencies]\ndocs = ["sphinx"]'],
    ["pyproject.toml", '[dependency-groups]\ndev = ["pytest"]'],
    ["pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\ndjango = "^4"'],
    ["pyproject.toml", '[tool.poetry.group.dev.dependencies]\npytest = "*"'],
    ["pyproject.toml", '[tool.poetry.dev-dependencies]\npytest = "*"'],
    ["Pipfile", '[packages]\ndjango = "*"'],
    ["Pipfile", '[docs]\nsphinx = "*"'],
    ["setup.py", "setup(install_requires=['django'])"],
    ["setup.cfg", "[options]\ninstall_requires =\n    django"],
  ])("has no version to check: %s with %j", (path, text) => {
    const { unpinned, notices, gaps } = readTree({ [`api/${path}`]: text });
    expect(unpinned).toEqual([
      {
        path: `api/${path}`,
        message: "declares dependencies, and no lock or requirements file stands beside it: no version to check, pin or lock",
      },
    ]);
    expect({ notices, gaps }).toEqual({ notices: unpinned, gaps: [] });
  });

  it.each([
    ["a lock", { "api/poetry.lock": 'package = []\n[metadata]\nlock-version = "2.1"' }],
    ["a requirements file", { "api/requirements.txt": "django==2.2.0" }],
    ["requirements in a directory of that name", { "api/requirements/base.txt": "django==2.2.0" }],
  ])("is quiet beside %s", (_, tree) => {
    expect(readTree({ "api/pyproject.toml": PYPROJECT, ...tree }).notices).toEqual([]);
  });

  it("is quiet as a member of a workspace that the lock of the root resolves", () => {
    expect(readTree({ "uv.lock": UV_LOCK, "pyproject.toml": PYPROJECT, "packages/cart/pyproject.toml": PYPROJECT }).notices).toEqual([]);
  });

  it("speaks below a lock that does not name it", () => {
    expect(readTree({ "uv.lock": UV_LOCK, "packages/other/pyproject.toml": PYPROJECT }).notices.map(({ path }) => path)).toEqual([
      "packages/other/pyproject.toml",
    ]);
  });

  it("speaks beside a lock in a format that is not read", () => {
    expect(readTree({ "pdm.lock": "", "pyproject.toml": PYPROJECT }).notices.map(({ path }) => path)).toEqual([
      "pdm.lock",
      "pyproject.toml",
    ]);
  });
});

describe("a project that declares none", () => {
  it.each([
    ["pyproject.toml", ""],
    ["pyproject.toml", '[project]\nname = "shop"\ndependencies = []\n[build-system]\nrequires = ["setuptools"]'],
    ["pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"'],
    ["pyproject.toml", "project = 1\ntool = []"],
    ["Pipfile", '[[source]]\nname = "x"\n[packages]\n[requires]\npython_version = "3"\n[scripts]\na = "b"'],
    ["setup.py", "setup()"],
    ["setup.cfg", "[flake8]\nmax-line-length = 100"],
    ["environment.yml", "stage: production"],
  ])("is quiet: %s with %j", (path, text) => {
    expect(readTree({ [path]: text })).toMatchObject({ notices: [], gaps: [], manifests: [] });
  });
});

describe("a format that is not read", () => {
  it.each([
    ["environment.yml", "name: x\ndependencies:\n  - django=2.2"],
    ["environment-dev.yaml", "dependencies: []"],
    ["conda.yaml", "dependencies:\n  - pip"],
    ["conda-lock.yml", "version: 1"],
    ["pdm.lock", "[[package]]"],
    ["pixi.lock", "version: 6"],
  ])("is named in a notice: %s", (path, text) => {
    expect(readTree({ [path]: text })).toMatchObject({
      notices: [{ path, message: "is in a format that is not read: its packages are not looked up" }],
      unpinned: [],
      gaps: [],
    });
  });
});

describe("a project file out of order", () => {
  it.each(["pyproject.toml", "Pipfile"])("is a notice when %s is not TOML", (path) => {
    expect(readTree({ [path]: "[project" })).toMatchObject({
      notices: [{ path, message: "is not valid TOML: whether it declares dependencies is not known" }],
      gaps: [],
    });
  });

  it("is a gap when it cannot be read", () => {
    expect(readTree({}, { unreadable: ["setup.py"] }).gaps).toEqual([{ path: "setup.py", reason: "cannot be read" }]);
  });
});
