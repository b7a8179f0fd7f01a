// Names that are one file on this disk, by the place that each is said to have.

import { describe, expect, it } from "vitest";
import { findSharedPlaces } from "../../src/pipeline/shared-places.ts";

/** The paths of the gaps, and the paths whose place was asked for. */
function find(places: Readonly<Record<string, string | null>>) {
  const asked: string[] = [];
  const gaps = findSharedPlaces(Object.keys(places), (path) => {
    asked.push(path);
    return places[path] ?? null;
  });
  return { gaps, paths: gaps.map(({ path }) => path), asked };
}

describe("names that are alike", () => {
  it("are gaps when they share their place", () => {
    expect(find({ "src/a.py": "1", "src/A.py": "1" }).gaps).toEqual([
      {
        path: "src/A.py",
        reason: "shares its place on this file system with src/a.py: only one of them was looked at",
        remedy: "Rename one of them, or scan on a file system that tells upper and lower case apart.",
      },
      expect.objectContaining({ path: "src/a.py", reason: expect.stringContaining("src/A.py") }),
    ]);
  });

  it("are none when each has its own place", () => {
    expect(find({ "src/A.py": "1", "src/a.py": "2" }).gaps).toEqual([]);
  });

  it("are none when they are not there", () => {
    expect(find({ "src/A.py": null, "src/a.py": null }).gaps).toEqual([]);
  });

  it.each([
    ["a directory's case", "Src/a.py", "src/a.py"],
    ["normalisation", "\u00e9.py", "e\u0301.py"],
    ["case and normalisation", "\u00c9.py", "e\u0301.py"],
    ["a sigma", "\u03c3.py", "\u03c2.py"],
    ["a final capital sigma", "\u03b1\u03c3", "\u03b1\u03a3"],
    ["the Kelvin sign", "\u212a.py", "k.py"],
    ["a sharp s", "\u00df.py", "\u1e9e.py"],
  ])("may differ in %s", (_, one, other) => {
    expect(find({ [one]: "1", [other]: "1" }).paths).toEqual([one, other].sort());
    expect(find({ [one]: "1", [other]: "2" }).paths).toEqual([]);
  });

  it("may be three, of which two share a place", () => {
    expect(find({ ABC: "1", abc: "1", Abc: "2" }).paths).toEqual(["ABC", "abc"]);
  });

  it("may be three in one place", () => {
    expect(find({ ABC: "1", abc: "1", Abc: "1" }).gaps[0]?.reason).toContain("with abc, Abc: only one");
  });
});

describe("any other name", () => {
  it("is none, and its place is not asked for", () => {
    expect(find({ "a.py": "1", "b.py": "1", "src/a.py": "1" })).toEqual({ gaps: [], paths: [], asked: [] });
    expect(find({ "a.py": "1", "A.py": "1", "b.py": "1" }).asked).toEqual(["a.py", "A.py"]);
  });

  it("is none when it is listed twice", () => {
    expect(findSharedPlaces(["a.py", "a.py"], () => "1")).toEqual([]);
  });
});
