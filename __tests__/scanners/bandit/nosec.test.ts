import { describe, expect, it } from "vitest";
import { hidingLine, nosecComments, parseNosec } from "../../../src/scanners/bandit/nosec.ts";
import type { BanditResult } from "../../../src/scanners/bandit/report.ts";
import { expectLinear } from "../../support/processor-time.ts";

const ids = (comment: string) => {
  const nosec = parseNosec(comment);
  return nosec === null ? null : [...nosec].join(" ");
};

describe("parseNosec", () => {
  it.each([
    ["# nosec", ""],
    ["#nosec:", ""],
    ["# noqa # nosec", ""],
    ["# nosecure", ""],
    ["# nosec because it is ours", ""],
    ["# nosec B101", "B101"],
    ["#nosec:B101", "B101"],
    ["# nosec B101, B602 as both are ours", "B101 B602"],
    ["# nosec B101;B602", "B101 B602"],
    ["# nosec import_pickle, assert_used", "B403 B101"],
    ["# nosec B101 # B602", "B101"],
    ["# nosec B001", "B001"],
  ])("reads %j as %j", (comment, expected) => {
    expect(ids(comment)).toBe(expected);
  });

  it("counts of words that are joined by commas alone only the last, as Bandit does", () => {
    expect(ids("# nosec B101,B602")).toBe("B602");
    expect(ids("# nosec B101,,B602")).toBe("B101 B602");
    expect(ids("# nosec B101B602")).toBe("B602");
  });

  it("hides everything when no word is known", () => {
    expect(ids("# nosec B999")).toBe("");
    expect(ids("# nosec b101")).toBe("");
    expect(ids("# nosec __proto__ constructor")).toBe("");
  });

  it.each(["# NOSEC", "# no sec", "# noqa nosec", "#\uFEFFnosec", "# skip"])("knows %j is none", (comment) => {
    expect(parseNosec(comment)).toBeNull();
  });

  it.each(["B1,", "a", "B1", "#", "# ", "# nosec ", ","])("reads a megabyte of %j in linear time", (piece) => {
    expectLinear(() => parseNosec(`# nosec ${piece.repeat(Math.ceil(1_000_000 / piece.length))}`));
  });
});

describe("nosecComments", () => {
  const lines = (source: string) => [...nosecComments(source).keys()];

  it("gives the lines of comments, not of strings", () => {
    expect(lines("# nosec\nx = '# nosec'\n# other\ny # nosec B101\n")).toEqual([1, 4]);
  });

  it("gives none where a lone carriage return makes lines uncertain", () => {
    expect(lines("a # nosec\r\nb # nosec\r\n")).toEqual([1, 2]);
    expect(lines("a # nosec\rb # nosec\r\n")).toEqual([]);
  });

  it.each([
    ["utf-8", "é", [3]],
    ["UTF_8-unix", "é", [3]],
    ["latin-1", "e", [3]],
    ["cp1252", "e", [3]],
    ["latin-1", "é", []],
    ["utf-7", "e", []],
    ["shift_jis", "e", []],
    ["unicode_escape", "e", []],
  ])("of a source in %s that holds %s are those that are certain", (encoding, text, expected) => {
    expect(lines(`#!/usr/bin/python\n# -*- coding: ${encoding} -*-\n'${text}' # nosec\n`)).toEqual(expected);
  });

  it("takes the first of two declarations of an encoding, and none for one that is not a comment", () => {
    expect(lines("# coding: utf-7\n# coding: utf-8\n# nosec\n")).toEqual([]);
    expect(lines("import a\ndef f(encoding=None): pass # nosec\n")).toEqual([2]);
  });
});

describe("hidingLine", () => {
  const comments = (...entries: [line: number, ids: string][]) =>
    new Map(entries.map(([line, words]) => [line, new Set(words.split(" ").filter(Boolean))]));
  const result = (id: string, named: number, range: readonly number[]) =>
    ({ test_id: id, line_number: named, line_range: range }) as unknown as BanditResult;

  it("is the line of a comment on any line of the statement", () => {
    expect(hidingLine(result("B602", 4, [4, 5, 6]), comments([6, ""]))).toBe(6);
    expect(hidingLine(result("B602", 4, [4, 5, 6]), comments([6, "B602"]))).toBe(6);
    expect(hidingLine(result("B602", 4, [4, 5, 6]), comments([6, "B101"]))).toBeUndefined();
    expect(hidingLine(result("B602", 4, [4, 5, 6]), comments([3, ""], [7, ""]))).toBeUndefined();
  });

  it("is that of the first comment of the statement alone", () => {
    expect(hidingLine(result("B607", 4, [4, 5, 6]), comments([5, "B101"], [6, "B607"]))).toBeUndefined();
    expect(hidingLine(result("B607", 4, [4, 5, 6]), comments([5, "B607"], [6, "B101"]))).toBe(5);
  });

  it("may also be the line that the result names", () => {
    expect(hidingLine(result("B602", 6, [4, 5, 6]), comments([4, "B101"], [6, "B602"]))).toBe(6);
    expect(hidingLine(result("B602", 6, [4, 5, 6]), comments([4, "B101"], [6, ""]))).toBeUndefined();
    expect(hidingLine(result("B602", 6, [4, 5, 6]), comments([4, ""], [6, "B602"]))).toBe(6);
  });

  it("is not the line that names a string, at which Bandit does not look", () => {
    expect(hidingLine(result("B108", 6, [4, 5, 6]), comments([4, "B101"], [6, "B108"]))).toBeUndefined();
  });

  it("may be the first of the file for the check of whole files", () => {
    expect(hidingLine(result("B613", 6, [6]), comments([1, ""]))).toBe(1);
    expect(hidingLine(result("B602", 6, [6]), comments([1, ""]))).toBeUndefined();
  });
});
