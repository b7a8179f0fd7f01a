import { describe, expect, it } from "vitest";
import { type Beside, readTree, shown } from "./tree.ts";

/** Pins with their paths, gaps with line and reason. */
function read(tree: Readonly<Record<string, string>>, beside: Beside = {}) {
  const { pins, gaps, manifests } = readTree(tree, beside);
  return {
    pins: pins.map((pin) => `${pin.path}: ${shown(pin)}`),
    gaps: gaps.map(({ path, line, reason }) => `${path}:${line ?? ""} ${reason}`),
    manifests,
  };
}

describe("an include", () => {
  it.each([
    "-r base",
    "-rbase",
    "--requirement base",
    "--requirement=base",
    "--requirem base",
    "-r 'base'",
    '-r "base"',
    "-r ./base",
    "-r\tbase",
    "-r x/../base",
    "-c base",
    "-cbase",
    "--constraint base",
    "--constraint=base",
  ])("is followed when written as %s, and its pins stand at its own path and line", (line) => {
    expect(read({ "requirements.txt": `${line}\nflask==1.0`, base: "\ndjango==2.2.0" })).toEqual({
      pins: ["base: django==2.2.0 2", "requirements.txt: flask==1.0 2"],
      gaps: [],
      manifests: ["base", "requirements.txt"],
    });
  });

  it("is relative to the including file", () => {
    expect(read({ "api/requirements.txt": "-r deps/base", "api/deps/base": "-r ../../shared", shared: "django==2.2.0" }).pins).toEqual([
      "shared: django==2.2.0 1",
    ]);
  });

  it.each(["-r deps\\base", "-r .\\deps\\base", "-r deps\\\\base"])("may have Windows separators: %s", (line) => {
    expect(read({ "requirements.txt": line, "deps/base": "django==2.2.0" }).pins).toEqual(["deps/base: django==2.2.0 1"]);
  });

  it.each(['-r "my base"', "-r my\\ base"])("may have a blank in its name: %s", (line) => {
    expect(read({ "requirements.txt": line, "my base": "django==2.2.0" }).pins).toEqual(["my base: django==2.2.0 1"]);
  });

  it("of a line with several is followed like the first", () => {
    expect(read({ "requirements.txt": "-r a -c b", a: "x==1", b: "y==2" }).pins).toEqual(["a: x==1 1", "b: y==2 1"]);
  });

  it("beside a requirement is followed too", () => {
    expect(read({ "requirements.txt": "x==1 -r a", a: "y==2" }).pins).toEqual(["a: y==2 1", "requirements.txt: x==1 1"]);
  });

  it("is read once, however often it is named and found", () => {
    expect(
      read({
        "requirements.txt": "-r requirements-base.txt\n-r ./requirements-base.txt",
        "requirements-base.txt": "x==1",
        "requirements-dev.txt": "-c requirements-base.txt",
      }).pins,
    ).toEqual(["requirements-base.txt: x==1 1"]);
  });

  it("may lead back to where it came from", () => {
    expect(read({ "requirements.txt": "-r a\nx==1", a: "-r b\ny==2", b: "-r requirements.txt\n-r b\nz==3" })).toEqual({
      pins: ["a: y==2 2", "b: z==3 3", "requirements.txt: x==1 2"],
      gaps: [],
      manifests: ["a", "b", "requirements.txt"],
    });
  });

  it("may be nested ten thousand deep", () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => [`r/${index}`, `-r ${index + 1}`] as const);
    expect(read({ ...Object.fromEntries(chain), "r/10000": "x==1", "requirements.txt": "-r r/0" }).pins).toEqual(["r/10000: x==1 1"]);
  });

  it("may name a file that is not among the files of the scan", () => {
    expect(read({ "api/requirements.txt": "-r ../base.txt" }, { ignored: { "base.txt": "x==1" } }).pins).toEqual(["base.txt: x==1 1"]);
  });

  it("of a lock is read as that lock", () => {
    const lock = '{"_meta": {}, "default": {"x": {"version": "==1"}}}';
    expect(read({ "requirements.txt": "-c Pipfile.lock" }, { ignored: { "Pipfile.lock": lock } })).toMatchObject({
      pins: ["Pipfile.lock: x==1 1"],
      gaps: [],
    });
  });

  it.each([
    ["missing", "-r base", "names with -r a file that is missing"],
    ["a missing constraints file", "-c base", "names with -c a file that is missing"],
    ["without a name", '-r ""', "names with -r what is not a regular file (symbolic links are not followed)"],
    ["outside of the root", "-r ../../x", "names with -r a file outside of the scanned root"],
    ["the directory above the root", "-r ../..", "names with -r a file outside of the scanned root"],
    ["outside of the root by a detour", "-r a/../../../x", "names with -r a file outside of the scanned root"],
    ["outside of the root with Windows separators", "-r ..\\..\\x", "names with -r a file outside of the scanned root"],
    ["absolute", "-r /etc/passwd", "names with -r a file outside of the scanned root"],
    ["absolute on Windows", "-r C:\\x", "names with -r a file outside of the scanned root"],
    ["on a share", "-r \\\\host\\x", "names with -r a file outside of the scanned root"],
    ["a URL", "-r https://files.example/base.txt", "names with -r a URL, which is not read"],
    ["a file URL", "-r file:///base.txt", "names with -r a URL, which is not read"],
    ["a symbolic link", "-r link", "names with -r what is not a regular file (symbolic links are not followed)"],
    ["named by an environment variable", "-r ${ENVIRONMENT}.txt", "names with -r a file that is missing"],
  ])("is a gap at its line: %s", (_, line, reason) => {
    const { gaps, pins } = read({ "api/requirements.txt": `x==1\n${line}` }, { notRegular: ["api/link", "api"] });
    expect({ gaps, pins }).toEqual({ gaps: [`api/requirements.txt:2 ${reason}`], pins: ["api/requirements.txt: x==1 1"] });
  });

  it("that exists and cannot be read is a gap of its own", () => {
    expect(read({ "requirements.txt": "-r base" }, { unreadable: ["base"] })).toEqual({
      pins: [],
      gaps: ["base: cannot be read"],
      manifests: ["requirements.txt"],
    });
  });
});

describe("readManifests", () => {
  it("reads nothing from a tree without manifests", () => {
    expect(readTree({ "app.py": "import django", "notes.txt": "django==2.2.0" })).toEqual({
      pins: [],
      gaps: [],
      notices: [],
      unpinned: [],
      manifests: [],
    });
  });

  it("leaves a gap where a manifest cannot be read", () => {
    expect(read({}, { unreadable: ["requirements.txt", "app.py"] })).toEqual({
      pins: [],
      gaps: ["requirements.txt: cannot be read"],
      manifests: [],
    });
  });

  it("leaves a gap where a manifest is too long", () => {
    expect(read({ "requirements.txt": "\n".repeat(2 ** 24 + 1) }).gaps).toEqual([
      "requirements.txt: is longer than the 16777216 characters that are parsed",
    ]);
  });

  it("orders pins, gaps, notices and manifests by path and line", () => {
    const reading = readTree({
      "requirements.txt": "b==1\n!\na==1\n!",
      "api/requirements.txt": "c==1\n-e .\n!\n.",
      Pipfile: "[packages]\nx = 1",
    });
    expect(reading.pins.map(shown)).toEqual(["c==1 1", "b==1 1", "a==1 3"]);
    expect(reading.gaps.map(({ path, line }) => [path, line])).toEqual([
      ["api/requirements.txt", 3],
      ["requirements.txt", 2],
      ["requirements.txt", 4],
    ]);
    expect(reading.notices.map(({ path, line }) => [path, line])).toEqual([
      ["api/requirements.txt", 2],
      ["api/requirements.txt", 4],
    ]);
    expect(reading.manifests).toEqual(["api/requirements.txt", "requirements.txt"]);
  });
});
