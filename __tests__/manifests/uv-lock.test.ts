import { describe, expect, it } from "vitest";
import { readTree, shown } from "./tree.ts";

function read(text: string) {
  const { pins, gaps, notices } = readTree({ "uv.lock": text });
  return {
    pins: pins.map(shown),
    gaps: gaps.map(({ line, reason }) => `${line ?? ""} ${reason}`),
    notices: notices.map(({ line }) => line),
  };
}

/** As uv writes it for a workspace. */
const LOCK = `version = 1
revision = 5
requires-python = ">=3.10"
resolution-markers = [
    "python_full_version >= '3.11'",
    "python_full_version < '3.11'",
]

[manifest]
members = [
    "a",
    "shop",
]

[[package]]
name = "a"
version = "0.1.0"
source = { editable = "packages/a" }
dependencies = [
    { name = "idna" },
]

[package.metadata]
requires-dist = [{ name = "idna", specifier = "==3.4" }]

[[package]]
name = "asgiref"
version = "3.12.1"
source = { registry = "https://index.example/simple" }
resolution-markers = [
    "python_full_version < '3.11'",
]
sdist = { url = "https://files.example/asgiref-3.12.1.tar.gz", hash = "sha256:59dc", size = 37660 }
wheels = [
    { url = "https://files.example/asgiref-3.12.1-py3-none-any.whl", hash = "sha256:fe38", size = 25478 },
]

[[package]]
name = "asgiref"
version = "3.13.0"
source = { registry = "https://index.example/simple" }

[[package]]
name = "local-lib"
version = "0.1.0"
source = { directory = "local" }

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "a" },
    { name = "asgiref", version = "3.12.1", source = { registry = "https://index.example/simple" }, marker = "python_full_version < '3.11'" },
    { name = "local-lib" },
]

[package.dev-dependencies]
dev = [
    { name = "asgiref", version = "3.13.0", source = { registry = "https://index.example/simple" } },
]
`;

function single(source: string, version = 'version = "1.0"') {
  return read(`version = 1\n\n[[package]]\nname = "x"\n${version}\nsource = ${source}`);
}

describe("uv.lock", () => {
  it("yields every version of every package at its line, nothing for the workspace, and a notice for a local directory", () => {
    expect(read(LOCK)).toEqual({ pins: ["asgiref==3.12.1 28", "asgiref==3.13.0 40"], gaps: [], notices: [43] });
  });

  it.each(['{ virtual = "." }', '{ editable = "." }', '{ virtual = "docs" }'])("says nothing about the project's own %s", (source) => {
    expect(single(source)).toEqual({ pins: [], gaps: [], notices: [] });
  });

  it("says nothing about an own project whose version is dynamic", () => {
    expect(single('{ editable = "." }', "")).toEqual({ pins: [], gaps: [], notices: [] });
  });

  it.each([
    '{ editable = "../lib" }',
    '{ directory = "lib" }',
    '{ path = "lib-1.0.tar.gz" }',
    '{ git = "https://git.example/x.git?rev=main#abc" }',
    '{ url = "https://files.example/x.zip" }',
  ])("has a notice for a package from %s", (source) => {
    expect(single(source)).toEqual({ pins: [], gaps: [], notices: [3] });
  });

  it.each(['{ registry = "https://index.example/simple" }', '{ registry = "../wheels" }', "{}"])("yields a pin from %s", (source) => {
    expect(single(source)).toEqual({ pins: ["x==1.0 5"], gaps: [], notices: [] });
  });

  it("leaves a gap where a package of an index has no version", () => {
    expect(single('{ registry = "https://index.example/simple" }', "")).toEqual({
      pins: [],
      gaps: ["3 has a package without a valid name and version (PEP 440)"],
      notices: [],
    });
  });

  it.each(['version = 2\n[[package]]\nname = "x"\nversion = "1"', '[[package]]\nname = "x"\nversion = "1"'])(
    "leaves a gap where its own version is not known, and reads the packages: %j",
    (text) => {
      const { pins, gaps } = read(text);
      expect(pins).toHaveLength(1);
      expect(gaps).toEqual([" is not a uv.lock of a version that is known here"]);
    },
  );

  it("may lock nothing", () => {
    expect(read('version = 1\nrequires-python = ">=3.12"\n')).toEqual({ pins: [], gaps: [], notices: [] });
  });

  it("that is not TOML is a gap at the line of the error", () => {
    expect(read("version = 1\n\n=======\n").gaps).toEqual(["3 is not valid TOML"]);
  });
});
