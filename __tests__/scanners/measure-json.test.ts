import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureJson } from "../../src/scanners/measure-json.ts";
import { fuzz } from "../support/fuzz.ts";
import { expectLinear } from "../support/processor-time.ts";

/** Values, arrays and objects, levels, and how many of those are empty, counted on the parsed value. */
function count(value: unknown): { values: number; containers: number; depth: number; empty: number } {
  if (typeof value !== "object" || value === null) return { values: 1, containers: 0, depth: 0, empty: 0 };
  const parts = Object.values(value).map(count);
  return {
    values: 1 + parts.reduce((sum, { values }) => sum + values, 0),
    containers: 1 + parts.reduce((sum, { containers }) => sum + containers, 0),
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    empty: parts.reduce((sum, { empty }) => sum + empty, parts.length === 0 ? 1 : 0),
  };
}

describe("measureJson", () => {
  it.each([
    ["1", 1, 0, 0],
    ["[1, 2]", 3, 1, 1],
    ['{"a": {"b": [1, 2, 3]}}', 6, 3, 3],
    ['["[{,", "\\"[", "\\\\", "\\\\\\"{"]', 5, 1, 1],
    ["[[], {}]", 5, 3, 2],
  ])("finds in %s at most %i values, %i arrays and objects, and %i levels", (text, values, containers, depth) => {
    expect(measureJson(text)).toEqual({ values, containers, depth, list: null });
  });

  it("counts every value of any JSON, empty containers twice, and its levels exactly", () => {
    fuzz(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        const { values, containers, depth, empty } = count(value);
        expect(measureJson(JSON.stringify(value, null, space))).toEqual({ values: values + empty, containers, depth, list: null });
      }),
    );
  });

  it("ends on any text, JSON or not", () => {
    fuzz(
      fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", "x", "\n", "é", "😀") }), (text) => {
        expect(measureJson(text).values).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it("takes time in proportion to the text, however it is escaped", () => {
    for (const piece of ['\\"', "\\\\", "[", '"', ","]) {
      const text = `["${piece.repeat(4_000_000)}`;
      expectLinear(() => measureJson(text));
    }
  });
});

describe("the list that measureJson looks for", () => {
  const pieces = (text: string) => {
    const { list } = measureJson(text, "results");
    if (list === null) return null;
    const bounds = [list.open + 1, ...list.cuts, list.close];
    return bounds.slice(1).map((end, index) => text.slice(bounds[index], end));
  };

  it("is the array of that name at the top level, and no other", () => {
    expect(pieces('{"a": {"results": [{}]}, "results" : [ {"b": "]"} , [1], 2 ], "c": "results"}')).toEqual([' {"b": "]"} , [1], 2 ']);
  });

  it("is cut behind every 32nd array or object", () => {
    const text = (count: number) => `{"results": [${Array.from({ length: count }, (_, index) => `{"a": [${index}]}`).join(",")}]}`;
    expect(pieces(text(0))).toEqual([""]);
    expect(pieces(text(31))?.length).toBe(1);
    const cut = pieces(text(65)) ?? [];
    expect(cut.map((piece) => piece.split("a").length - 1)).toEqual([32, 32, 1]);
    expect(cut.slice(1).every((piece) => piece.startsWith(","))).toBe(true);
    expect(`{"results": [${cut.join("")}]}`).toBe(text(65));
  });

  it.each([
    ["there is none", '{"a": []}'],
    ["there are two", '{"results": [], "results": [{}]}'],
    ["it is no array", '{"results": {}}'],
    ["it lies deeper", '{"a": {"results": [{}]}}'],
    ["it does not end", '{"results": [{}'],
    ["another name may stand for it", '{"results": [{}], "res\\u0075lts": []}'],
  ])("is not there when %s", (_, text) => {
    expect(pieces(text)).toBeNull();
  });
});
