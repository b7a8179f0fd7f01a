import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_LINES, sourceLines } from "../../src/text/source-lines.ts";
import { fuzz } from "../support/fuzz.ts";
import { textsOf } from "../support/source-lines.ts";

describe("sourceLines", () => {
  it.each([
    ["", [""]],
    ["\n", [""]],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\n\n", ["a", ""]],
    ["\uFEFFa\nb", ["a", "b"]],
    ["a\r\nb\r\n", ["a", "b"]],
    ["a\rb\r", ["a", "b"]],
    ["a\n\rb", ["a", "", "b"]],
  ])("counts the lines of %j as Python's parser does", (source, expected) => {
    expect(textsOf(sourceLines(source, "python"))).toEqual(expected);
  });

  it("takes a line feed alone for the end of a line where a scanner does", () => {
    expect(textsOf(sourceLines("a\r\nb\rc\n", "line-feed"))).toEqual(["a\r", "b\rc"]);
  });

  it("gives the lines that a split gives, and what stands between any two", () => {
    const source = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r", "\r\n", "é", " ", "\uFEFF") });
    const ways = fc.constantFrom(["python", /\r\n|\r|\n/] as const, ["line-feed", /\n/] as const);
    fuzz(
      fc.property(source, ways, fc.nat(8), fc.nat(8), (text, [end, pattern], first, more) => {
        const lines = sourceLines(text, end);
        const last = new RegExp(`(?:${pattern.source})$`);
        const expected = text
          .replace(/^\uFEFF/, "")
          .replace(last, "")
          .split(pattern);
        expect(expected.map((_, index) => lines.line(index + 1))).toEqual(expected);
        expect([lines.count, lines.line(expected.length + 1)]).toEqual([expected.length, undefined]);
        const between = lines.between(first + 1, first + 1 + more);
        expect(between.split(pattern).join("")).toBe(expected.slice(first, first + 1 + more).join(""));
      }),
    );
  });

  it("has no line below the first or behind the last", () => {
    const lines = sourceLines("a\nb\n", "python");
    expect([0, 1, 2, 3].map(lines.line)).toEqual([undefined, "a", "b", undefined]);
    expect([lines.between(0, 1), lines.between(2, 9), lines.between(3, 3), lines.between(2, 1)]).toEqual(["", "b", "", ""]);
  });

  it("has none of a source that cannot be read", () => {
    expect([NO_LINES.count, NO_LINES.line(1), NO_LINES.between(1, 2)]).toEqual([0, undefined, ""]);
  });
});
