import { describe, expect, it } from "vitest";
import { readTree, shown } from "./tree.ts";

function read(text: string) {
  const { pins, gaps, notices } = readTree({ "Pipfile.lock": text });
  return {
    pins: pins.map(shown),
    gaps: gaps.map(({ line, reason }) => `${line ?? ""} ${reason}`),
    notices: notices.map(({ line }) => line),
  };
}

/** As Pipenv writes it: four blanks, sorted keys. */
const LOCK = JSON.stringify(
  {
    _meta: {
      hash: { sha256: "b546" },
      "pipfile-spec": 6,
      requires: {},
      sources: [{ name: "pypi", url: "https://index.example/simple", verify_ssl: true }],
    },
    default: {
      asgiref: { hashes: ["sha256:034c", "sha256:f959"], markers: "python_version >= '3.11'", version: "==3.13.0" },
      forked: { git: "https://git.example/forked.git", markers: "python_version >= '3.8'", ref: "abc" },
      "local-lib": { editable: true, path: "../local" },
    },
    develop: { asgiref: { hashes: ["sha256:034c"], version: "==3.13.0" }, bundled: { file: "https://files.example/b.zip" } },
    docs: { Sphinx: { index: "pypi", version: "==7.0.1" } },
  },
  null,
  4,
);

const lineOf = (needle: string, from = 0) => LOCK.slice(0, LOCK.indexOf(needle, from)).split("\n").length;

describe("Pipfile.lock", () => {
  it("yields the packages of every category at their version lines, and notices for version control, paths and files", () => {
    expect(read(LOCK)).toEqual({
      pins: [
        `asgiref==3.13.0 ${lineOf('"version"')}`,
        `asgiref==3.13.0 ${lineOf('"version"', LOCK.indexOf('"develop"'))}`,
        `Sphinx==7.0.1 ${lineOf('"==7.0.1"')}`,
      ],
      gaps: [],
      notices: [lineOf('"forked"'), lineOf('"local-lib"'), lineOf('"bundled"')],
    });
  });

  it("is read from one line and with a byte order mark", () => {
    expect(read(`\uFEFF${JSON.stringify(JSON.parse(LOCK))}`)).toMatchObject({
      pins: ["asgiref==3.13.0 1", "asgiref==3.13.0 1", "Sphinx==7.0.1 1"],
      gaps: [],
    });
  });

  it("finds the lines of keys that are written with escapes, and is not misled by texts that look like keys", () => {
    const text =
      '{"_meta": {},\n"default": {\n"x": {\n"note": "\\"version\\": {",\n"markers": ["version",\n"default"],\n"vers\\u0069on"\n: "==1"\n}}}';
    expect(read(text)).toEqual({ pins: ["x==1 7"], gaps: [], notices: [] });
  });

  it("takes the last of two equal keys, as JSON.parse does", () => {
    expect(read('{"_meta": {}, "default": {"x": {"version": "==1",\n"version": "==2"}}}').pins).toEqual(["x==2 2"]);
  });

  it("reads a package called __proto__ like any other invalid name", () => {
    expect(read('{"_meta": {}, "__proto__": {"x": {"version": "==1"}}, "default": {\n"__proto__": {"version": "==1"}}}')).toEqual({
      pins: ["x==1 1"],
      gaps: ["2 has a package without a valid name and exact version (PEP 440)"],
      notices: [],
    });
  });

  it.each([
    ["a version that is not exact", { version: "*" }],
    ["a range", { version: ">=1" }],
    ["a wildcard", { version: "==1.*" }],
    ["a version that is not PEP 440", { version: "==one" }],
    ["a version with more after it", { version: "==1 \n--pre" }],
    ["a version that is not a text", { version: 1 }],
    ["no version and no other place", { hashes: [] }],
    ["no object", "==1"],
    ["nothing", null],
  ])("with a package with %s has a gap at it and hides no other", (_, entry) => {
    const text = `{"_meta": {}, "default": {\n"y": ${JSON.stringify(entry)},\n"x": {"version": "==1"}}}`;
    expect(read(text)).toEqual({
      pins: ["x==1 3"],
      gaps: ["2 has a package without a valid name and exact version (PEP 440)"],
      notices: [],
    });
  });

  it("with a category that is no object has a gap at it", () => {
    expect(read('{"_meta": {},\n"default": []}').gaps).toEqual(["2 has a category that is not an object"]);
  });

  it("without _meta is a gap, and its packages are read all the same", () => {
    expect(read('{"default": {"x": {"version": "==1"}}}')).toMatchObject({
      pins: ["x==1 1"],
      gaps: [" is not a Pipfile.lock: it has no _meta"],
    });
  });

  it.each(["[]", "1", "null", '"x"'])("that holds %s is a gap", (text) => {
    expect(read(text).gaps).toEqual(["1 is not a JSON object"]);
  });

  it("that is not JSON is a gap at the line of the error", () => {
    expect(read('{\n"default": {\n<<<<<<< HEAD\n}}').gaps).toEqual([expect.stringMatching(/^3? is not a JSON object$/u)]);
  });
});
