import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GateError } from "../../src/errors.ts";
import {
  decodeLongReport,
  decodeReport,
  MAX_REPORT_CONTAINERS,
  MAX_REPORT_DEPTH,
  MAX_REPORT_VALUES,
  mapOf,
} from "../../src/scanners/report-json.ts";
import { fuzz } from "../support/fuzz.ts";

const schema = z.object({ items: z.array(z.object({ line: z.int() })), byName: mapOf(z.object({ count: z.int() })).optional() });
const decode = (text: string) => decodeReport("Bandit", text, schema);

function nested(depth: number): string {
  return `${"[".repeat(depth)}${"]".repeat(depth)}`;
}

describe("decodeReport", () => {
  it("returns what the schema declares and nothing else", () => {
    expect(decode('{"items": [{"line": 1, "code": "secret"}], "more": 1}')).toEqual({ items: [{ line: 1 }] });
  });

  it("names the scanner and the place of what is wrong", () => {
    expect(() => decode('{"items": [{"line": 1}, {"line": "2"}]}')).toThrow(/Bandit cannot be read: items\[1\]\.line: /u);
  });

  it("names the top level when that is wrong", () => {
    expect(() => decode("[]")).toThrow(/the top level: /u);
  });

  it.each(["", "{", "not json hunter2", '{"items": "hunter2"}', '{"items": [{"line": "hunter2"}]}'])("quotes nothing of %j", (text) => {
    expect(() => decode(text)).toThrow(/^The report of Bandit cannot be read: (?!.*hunter2)/u);
  });

  it("refuses a report that is nested too deeply, however deep, and takes one that is not", () => {
    const within = `{"items": [], "deep": ${nested(MAX_REPORT_DEPTH - 2)}}`;
    expect(decode(within)).toEqual({ items: [] });
    for (const depth of [MAX_REPORT_DEPTH, 200_000]) {
      expect(() => decode(`{"items": [], "deep": ${nested(depth)}}`)).toThrow(/nested more than 64 levels/u);
    }
  });

  it("refuses a report that is too large", () => {
    const items = (count: number) => `{"items": [${Array(count).fill('{"line":1}').join(",")}]}`;
    const most = MAX_REPORT_CONTAINERS - 2;
    expect(decode(items(most)).items).toHaveLength(most);
    expect(() => decode(items(most + 1))).toThrow(/^Bandit wrote a report of more than 500000 arrays and objects\.$/u);
    const numbers = (count: number) => `{"items": [], "more": [${Array(count).fill("1").join(",")}]}`;
    expect(decode(numbers(MAX_REPORT_VALUES - 10))).toEqual({ items: [] });
    expect(() => decode(numbers(MAX_REPORT_VALUES))).toThrow(/^Bandit wrote a report of more than 2500000 values\.$/u);
  });

  it("looks at nothing after the first problem, so that no list of all fills the memory", () => {
    const looksAt = (text: string) => {
      const seen: unknown[] = [];
      const even = z.custom<number>((value) => seen.push(value) > 0 && Number(value) % 2 === 0);
      const many = z.object({ items: z.array(z.object({ line: even })), byName: mapOf(even).optional() });
      try {
        decodeReport("Bandit", text, many);
      } catch {}
      return seen;
    };
    expect(looksAt('{"items": [{"line": 2}, {"line": 3}, {"line": 5}, {"line": 6}]}')).toEqual([2, 3]);
    expect(looksAt('{"items": [], "byName": {"a": 2, "b": 3, "c": 5, "d": 6}}')).toEqual([2, 3]);
    expect(looksAt('{"items": [{"line": 2}, {"line": 4}], "byName": {"a": 6}}')).toEqual([2, 4, 6]);
  });
});

describe("mapOf", () => {
  it("keeps keys that have a meaning on objects", () => {
    const text = '{"items": [], "byName": {"__proto__": {"count": 1}, "constructor": {"count": 2}, "toString": {"count": 3}}}';
    expect([...(decode(text).byName ?? [])]).toEqual([
      ["__proto__", { count: 1 }],
      ["constructor", { count: 2 }],
      ["toString", { count: 3 }],
    ]);
  });

  it("leaves objects elsewhere as they are", () => {
    decode('{"items": [], "byName": {"__proto__": {"count": 1, "polluted": true}}}');
    expect("polluted" in {}).toBe(false);
  });

  it("names the key whose value is wrong", () => {
    expect(() => decode('{"items": [], "byName": {"a/b.py": {"count": "1"}}}')).toThrow(/byName\["a\/b\.py"\]\.count/u);
  });

  it.each(["[]", "1", "null", '"x"'])("is no %s", (value) => {
    expect(() => decode(`{"items": [], "byName": ${value}}`)).toThrow(/byName: expected an object/u);
  });
});

const result = z.unknown();
const report = z.object({ results: z.array(result), other: z.unknown().optional() });

/** What a text is as a whole, read at once and piece by piece; an error is told by its code. */
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
    const { report: rest, results } = decodeLongReport("Bandit", text, { report, result });
    return { ...rest, results: [...results] };
  };
  return [attempt(() => decodeReport("Bandit", text, report)), attempt(long)];
}

/** A few results around the place where a piece ends, which is behind every 32nd. */
const results = fc
  .tuple(
    fc.constantFrom(0, 30, 31, 32, 63),
    fc.array(fc.oneof({ weight: 5, arbitrary: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) }, fc.jsonValue()), {
      maxLength: 5,
    }),
  )
  .map(([before, some]) => [...Array.from({ length: before }, () => ({})), ...some]);

/** Results as reports have them, and what stands around them. */
const reports = fc.record({ before: fc.jsonValue({ maxDepth: 2 }), results, other: fc.jsonValue({ maxDepth: 2 }) });
const layout = fc.constantFrom(undefined, 1, "\t");

describe("a report that is read piece by piece", () => {
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
    for (const last of [[{ a: 1 }], []]) {
      const [whole, long] = bothWays(`{"results": [{}], "res\\u0075lts": ${JSON.stringify(last)}}`);
      expect(whole).toEqual({ results: last });
      expect(long).toStrictEqual(whole);
    }
  });

  it("names the place of what is wrong", () => {
    const strict = { report: z.object({ results: z.array(z.object({ line: z.int() })) }), result: z.object({ line: z.int() }) };
    const placeOf = (index: number) => {
      const lines = Array.from({ length: 70 }, (_, line) => ({ line: line === index ? "x" : line }));
      return () => [...decodeLongReport("Bandit", JSON.stringify({ results: lines }), strict).results];
    };
    for (const index of [0, 31, 32, 33, 64, 69]) expect(placeOf(index)).toThrow(`results[${index}].line: `);
    expect(placeOf(-1)()).toHaveLength(70);
  });
});
