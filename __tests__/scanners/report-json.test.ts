import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decodeReport, MAX_REPORT_CONTAINERS, MAX_REPORT_DEPTH, MAX_REPORT_VALUES, mapOf } from "../../src/scanners/report-json.ts";

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
