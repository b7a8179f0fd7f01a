import { describe, expect, it } from "vitest";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { commonFix, fixLine, fixNote, smallestFix } from "../../src/report/fix.ts";
import { dependencyFinding } from "../support/findings.ts";

const django = (version: string) => pypiPackage("django", version);
const openssl = { name: "openssl", version: "3.0.9-1", purl: "pkg:deb/debian/openssl@3.0.9-1" };

describe("smallestFix", () => {
  it.each([
    ["1.11", "1.11.23"],
    ["2.1.5", "2.1.11"],
    ["2.2.0", "2.2.4"],
  ])("goes from %s to %s when three series are fixed, in whatever order they are listed", (installed, fix) => {
    expect(smallestFix(["2.2.4", "1.11.23", "2.1.11"], django(installed))).toBe(fix);
  });

  it("compares versions by PEP 440, not as text", () => {
    expect(smallestFix(["2.10", "2.9.6"], django("2.9.5"))).toBe("2.9.6");
  });

  it("keeps the version as it was published", () => {
    expect(smallestFix(["v2.0.0-Post1"], django("1"))).toBe("v2.0.0-Post1");
  });

  it("prefers a release to a smaller pre-release", () => {
    expect(smallestFix(["3.0rc1", "3.0.dev2", "3.0"], django("2.2"))).toBe("3.0");
  });

  it("takes a pre-release when there is nothing else", () => {
    expect(smallestFix(["3.0rc1", "3.0b2"], django("2.2"))).toBe("3.0b2");
  });

  it.each([
    ["no version is fixed", [], "2.2"],
    ["only older versions are fixed", ["1.0", "2.2.0"], "2.2"],
    ["the fixed versions are not versions", ["latest", ""], "2.2"],
    ["the installed version is not a version", ["3.0"], "master"],
  ])("knows none when %s", (_, fixed, installed) => {
    expect(smallestFix(fixed, django(installed))).toBeNull();
  });

  it("passes over a fixed version that is not a version", () => {
    expect(smallestFix(["soon", "3.0"], django("2.2"))).toBe("3.0");
  });

  it("takes the first that is listed outside PyPI", () => {
    expect(smallestFix(["3.0.11-1~deb12u2", "3.0.10"], openssl)).toBe("3.0.11-1~deb12u2");
  });
});

describe("commonFix", () => {
  it("is the largest of the smallest fixes where one series fixes all", () => {
    expect(commonFix([["2.2.4", "2.1.11"], ["2.2.28", "3.2.13"], ["2.2.10"]], django("2.2.0"))).toEqual({ version: "2.2.28", closes: 3 });
  });

  it("does not stop at a version whose series was mended later", () => {
    expect(commonFix([["2.2.28", "3.2.13", "4.0.4"], ["3.2.1"]], django("2.2.0"))).toEqual({ version: "3.2.13", closes: 2 });
  });

  it("does not trust a version whose series is neither that of the fix below nor that of the fix above", () => {
    expect(commonFix([["1.26.5", "3.1"], ["2.0"]], django("1.25"))).toEqual({ version: "3.1", closes: 2 });
  });

  it("takes a version of a series that was mended before", () => {
    expect(
      commonFix(
        [
          ["2.2.28", "3.2.13", "4.0.4"],
          ["3.2.25", "4.2.11"],
        ],
        django("2.2.0"),
      ),
    ).toEqual({ version: "3.2.25", closes: 2 });
  });

  it("says how many it closes when some have no fix", () => {
    expect(commonFix([["1.4"], [], ["1.2"]], django("1.0"))).toEqual({ version: "1.4", closes: 2 });
  });

  it("is unknown when nothing has a fix", () => {
    expect(commonFix([[], []], django("1.0"))).toBeNull();
  });

  it("is unknown outside PyPI when different versions are named", () => {
    expect(commonFix([["3.0.11-1"], ["3.0.13-1"]], openssl)).toBeNull();
  });

  it("is the one version that is named for all outside PyPI", () => {
    expect(commonFix([["3.0.13-1"], ["3.0.13-1"]], openssl)).toEqual({ version: "3.0.13-1", closes: 2 });
  });

  it("copes with a package of a thousand advisories", () => {
    const lists = Array.from({ length: 1_000 }, (_, index) => [`1.${index % 50}.${index}`, `2.${index % 40}.${index}`, `3.0.${index}`]);
    const started = performance.now();
    expect(commonFix(lists, django("0.9"))).toEqual({ version: "1.49.999", closes: 1_000 });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("fixLine", () => {
  const at = (path: string) => dependencyFinding({ location: { path, startLine: 1, endLine: 1 } });

  it.each([
    ["requirements.txt", "django==2.2.4"],
    ["deps/base.in", "django==2.2.4"],
    ["a/poetry.lock", "poetry update django"],
    ["uv.lock", "uv lock --upgrade-package django==2.2.4"],
    ["b/c/Pipfile.lock", "pipenv upgrade django==2.2.4"],
    ["pylock.toml", "lock again with django>=2.2.4"],
    ["pylock.dev.toml", "lock again with django>=2.2.4"],
  ])("for %s is %s", (path, line) => {
    expect(fixLine(at(path), "2.2.4")).toBe(line);
  });

  it.each([
    [["security"], null, "django[security]==2.2.4"],
    [["a", "b.c"], 'python_version >= "3"', 'django[a,b.c]==2.2.4 ; python_version >= "3"'],
    [
      [],
      "sys_platform == 'win32' and (extra != 'x' or os_name in 'a, b')",
      "django==2.2.4 ; sys_platform == 'win32' and (extra != 'x' or os_name in 'a, b')",
    ],
  ])("keeps the extras %j and the marker %j of a requirement", (extras, marker, line) => {
    expect(fixLine({ ...at("requirements.txt"), requirement: { extras, marker, hashed: true } }, "2.2.4")).toBe(line);
  });

  it.each([
    [["$(id)"], null],
    [["a]; id"], null],
    [[], "python_version > `id`"],
    [[], "x == '$HOME'"],
    [[], "x == 1; id"],
    [[], "x == 1 | id"],
    [[], "x == 1 # \u202e"],
    [[], "a".repeat(201)],
  ])("is unknown for the extras %j and the marker %j, which nobody should paste", (extras, marker) => {
    expect(fixLine({ ...at("requirements.txt"), requirement: { extras, marker, hashed: false } }, "2.2.4")).toBeNull();
  });

  it.each([
    ["requirements.txt", "pip-compile", "pip-compile --upgrade-package django==2.2.4"],
    ["requirements.txt", "uv pip compile", "uv pip compile --upgrade-package django==2.2.4"],
    ["requirements.txt", "uv export", "uv lock --upgrade-package django==2.2.4"],
    ["pylock.toml", "uv export", "uv lock --upgrade-package django==2.2.4"],
    ["pylock.toml", "pdm", "pdm update django"],
  ] as const)("for %s that %s wrote is %s", (path, tool, line) => {
    expect(fixLine({ ...at(path), tool }, "2.2.4")).toBe(line);
  });

  it("quotes an epoch for the shell, and not in a file", () => {
    expect(fixLine(at("uv.lock"), "1!2.0")).toBe("uv lock --upgrade-package 'django==1!2.0'");
    expect(fixLine(at("requirements.txt"), "1!2.0")).toBe("django==1!2.0");
  });

  it("is unknown for an image", () => {
    expect(fixLine(dependencyFinding({ run: "trivy-image" }), "2.2.4")).toBeNull();
  });

  it("is unknown outside PyPI", () => {
    expect(fixLine(dependencyFinding({ package: openssl }), "3.0.13-1")).toBeNull();
  });

  it.each(["x;id", "$(id)", "-e", "a b", ""])("is unknown for a package called %j, which nobody should paste", (name) => {
    expect(fixLine(dependencyFinding({ package: { ...django("2.2.0"), name } }), "2.2.4")).toBeNull();
  });

  it.each(["2.2.4; id", "$(id)", "latest", ""])("is unknown for a version %j, which nobody should paste", (version) => {
    expect(fixLine(at("requirements.txt"), version)).toBeNull();
  });
});

describe("fixNote", () => {
  const at = (path: string) => dependencyFinding({ location: { path, startLine: 1, endLine: 1 } });
  const hashed = { extras: [], marker: null, hashed: true };

  it("is absent for a line that stands for itself", () => {
    expect(fixNote({ ...at("requirements.txt"), requirement: { ...hashed, hashed: false } }, "2.2.4")).toBeNull();
  });

  it("asks for new hashes where the line has some", () => {
    expect(fixNote({ ...at("requirements.txt"), requirement: hashed }, "2.2.4")).toBe(
      "Replace the line's hashes too: they are those of the old version.",
    );
  });

  it.each(["pip-compile", "uv pip compile"] as const)("refers to the whole command of %s, which writes the hashes itself", (tool) => {
    expect(fixNote({ ...at("requirements.txt"), tool, requirement: hashed, introducedBy: ["a", "b"] }, "2.2.4")).toBe(
      "Add the files and options of the command at the top of the file. It comes with a, b: what excludes the version has to be upgraded too.",
    );
  });

  it("asks to export again", () => {
    expect(fixNote({ ...at("requirements.txt"), tool: "uv export", introducedBy: ["a"] }, "2.2.4")).toBe(
      "Then export the file again. It comes with a: what excludes the version has to be upgraded too.",
    );
  });

  it.each(["poetry.lock", "uv.lock", "pylock.toml"])("speaks of the project's own requirement in %s", (path) => {
    expect(fixNote(at(path), "2.2.4")).toBe("Where the project's own requirement excludes the version, raise that first.");
  });

  it("says what pipenv does to Pipfile", () => {
    expect(fixNote(at("Pipfile.lock"), "2.2.4")).toBe(
      "It writes the package into Pipfile too. Where the project's own requirement excludes the version, raise that first.",
    );
  });

  it("is absent where there is no line", () => {
    expect(fixNote({ ...at("requirements.txt"), run: "trivy-image", requirement: hashed }, "2.2.4")).toBeNull();
  });
});
