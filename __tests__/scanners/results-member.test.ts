import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GateError } from "../../src/errors.ts";
import { decodeLongReport, decodeReport } from "../../src/scanners/report-json.ts";
import { findArray } from "../../src/scanners/results-member.ts";
import { fuzz } from "../support/fuzz.ts";

const result = z.unknown();
const report = z.object({ results: z.array(result), other: z.unknown().optional() });

/** What a text is as a whole, read at once and result by result; an error is told by its code. */
function bothWays(text: string): [unknown, unknown] {
  const attempt = (read: () => unknown) => {
    try {
      return read();
    } catch (thrown) {
      if (thrown instanceof GateError) return thrown.code;
      throw thrown;
    }
  };
  const long = () => {
    const { report: rest, count, results } = decodeLongReport("Bandit", text, { report, result });
    const all = [...results];
    expect(all).toHaveLength(count);
    return { ...rest, results: all };
  };
  return [attempt(() => decodeReport("Bandit", text, report)), attempt(long)];
}

/** Results as reports have them, and what stands around them. */
const reports = fc.record({
  before: fc.jsonValue({ maxDepth: 2 }),
  results: fc.array(fc.oneof({ weight: 5, arbitrary: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) }, fc.jsonValue()), {
    maxLength: 5,
  }),
  other: fc.jsonValue({ maxDepth: 2 }),
});
const layout = fc.constantFrom(undefined, 1, "\t");

describe("findArray", () => {
  it("finds every element of an array at the top level, and no other array of that name", () => {
    const text = '{"a": {"results": [{}]}, "results": [ {"b": "]"} , [1] ], "c": "results"}';
    const place = findArray(text, "results");
    expect(place?.bounds.map((bound, index, all) => (index % 2 === 0 ? text.slice(bound, all[index + 1]) : ""))).toEqual([
      '{"b": "]"}',
      "",
      "[1]",
      "",
    ]);
    expect([text[place?.open ?? 0], text[place?.close ?? 0]]).toEqual(["[", "]"]);
  });

  it.each([
    ["there is none", '{"a": []}'],
    ["there are two", '{"results": [], "results": [{}]}'],
    ["it is no array", '{"results": {}}'],
    ["it lies deeper", '{"a": {"results": [{}]}}'],
    ["an element is neither array nor object", '{"results": [{}, 1]}'],
    ["no comma stands between two elements", '{"results": [{} {}]}'],
    ["a comma stands behind the last one", '{"results": [{},]}'],
    ["it does not end", '{"results": [{}'],
  ])("finds nothing when %s", (_, text) => {
    expect(findArray(text, "results")).toBeNull();
  });
});

describe("a report that is read result by result", () => {
  it("is what it is as a whole", () => {
    fuzz(
      fc.property(reports, layout, (value, space) => {
        const [whole, long] = bothWays(JSON.stringify(value, null, space));
        expect(long).toStrictEqual(whole);
      }),
    );
  });

  it("is refused exactly where it is refused as a whole, whatever one character of it became", () => {
    const edit = fc.record({ at: fc.nat(), by: fc.constantFrom("", ",", "[", "]", "{", "}", '"', "\\", " ", ":", "1", "\u00a0") });
    fuzz(
      fc.property(reports, layout, edit, fc.boolean(), (value, space, { at, by }, inserted) => {
        const text = JSON.stringify(value, null, space);
        const index = at % text.length;
        const [whole, long] = bothWays(text.slice(0, index) + by + text.slice(inserted ? index : index + 1));
        expect(long).toStrictEqual(whole);
      }),
    );
  });

  it("is what its last member of a name says, however that is written", () => {
    const [whole, long] = bothWays('{"results": [{}], "res\\u0075lts": [{"a": 1}]}');
    expect(whole).toEqual({ results: [{ a: 1 }] });
    expect(long).toStrictEqual(whole);
  });

  it("names the place of what is wrong", () => {
    const strict = { report: z.object({ results: z.array(z.object({ line: z.int() })) }), result: z.object({ line: z.int() }) };
    const { results } = decodeLongReport("Bandit", '{"results": [{"line": 1}, {"line": "x"}]}', strict);
    expect(() => [...results]).toThrow(/results\[1\]\.line: /u);
  });
});
