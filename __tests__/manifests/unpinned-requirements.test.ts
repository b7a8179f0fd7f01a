import { describe, expect, it } from "vitest";
import { readTree } from "./tree.ts";

function unpinned(tree: Readonly<Record<string, string>>) {
  const { unpinned, notices, gaps } = readTree(tree);
  expect(gaps).toEqual([]);
  expect(notices).toEqual(expect.arrayContaining([...unpinned]));
  return unpinned;
}

describe("requirements without an exact version", () => {
  it("are one notice per file that names the first few", () => {
    expect(unpinned({ "requirements.txt": "a\nb>1\nc\nd\ne\nf\ng==1", "dev-requirements.txt": "x" })).toEqual([
      { path: "dev-requirements.txt", message: "1 requirement (x) without an exact version: no version to check, pin or lock" },
      { path: "requirements.txt", message: "6 requirements (a, b, c, d, e, …) without an exact version: no version to check, pin or lock" },
    ]);
  });

  it("count once by every spelling of a name", () => {
    expect(unpinned({ "requirements.txt": "Zope.Interface\nzope_interface>1" })[0]?.message).toMatch(/^1 requirement /u);
  });

  it("have long names cut", () => {
    expect(unpinned({ "requirements.txt": "x".repeat(5000) })[0]?.message.length).toBeLessThan(150);
  });

  it("do not speak where a constraints file that is included pins them", () => {
    expect(
      unpinned({ "requirements.txt": "-c pins.txt\nDjango\nzope.interface>1", "pins.txt": "django==2.2.0\nzope-interface==5" }),
    ).toEqual([]);
  });

  it("do not speak where a constraints file that an included file includes pins them", () => {
    expect(unpinned({ "requirements.txt": "-r base\ndjango", base: "-c pins", pins: "-r more", more: "django==2.2.0" })).toEqual([]);
  });

  it("speak where the constraints file pins something else or is included from elsewhere only", () => {
    const tree = {
      "requirements.txt": "-c pins\ndjango\nflask",
      pins: "flask==1",
      "dev-requirements.txt": "-r requirements.txt\n-c more",
      more: "django==2.2.0",
    };
    expect(unpinned(tree).map(({ message }) => message)).toEqual([
      "1 requirement (django) without an exact version: no version to check, pin or lock",
    ]);
  });

  it("speak where a file that is required, not a constraint, pins them", () => {
    expect(unpinned({ "requirements.txt": "-r base\ndjango", base: "django==2.2.0 ; python_version < '3'" })).toHaveLength(1);
  });

  it("speak in a file that is included with -r, whatever its name", () => {
    expect(unpinned({ "requirements.txt": "-r base", base: "django" }).map(({ path }) => path)).toEqual(["base"]);
  });

  it.each([
    ["named so", { "constraints.txt": "django<3" }],
    ["included as such", { "requirements.txt": "-c pins", pins: "django<3" }],
  ])("do not speak in a constraints file %s, which requires nothing", (_, tree) => {
    expect(unpinned(tree)).toEqual([]);
  });

  it("do not speak in a .in file with its compiled .txt beside it", () => {
    expect(unpinned({ "requirements/base.in": "django", "requirements/base.txt": "django==2.2.0" })).toEqual([]);
  });

  it("speak in a .in file with another .txt beside it", () => {
    expect(unpinned({ "requirements/base.in": "django", "requirements/dev.txt": "django==2.2.0" }).map(({ path }) => path)).toEqual([
      "requirements/base.in",
    ]);
  });
});
