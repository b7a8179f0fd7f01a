// What Trivy's search for secrets passes over, against what Trivy 0.74.0 was measured to pass over.

import { describe, expect, it } from "vitest";
import { findBinaryFiles } from "../../src/pipeline/binary-files.ts";

const SECRET = 'token = "0123456789"\n';

/** Files that are not Python: what becomes a gap, and the notices. */
function find(tree: Readonly<Record<string, string | Buffer>>, python: readonly string[] = []) {
  const head = (path: string, count: number) => Buffer.from(tree[path] ?? "").subarray(0, count);
  return findBinaryFiles(Object.keys(tree), python, head);
}

describe("a file that Trivy takes for binary", () => {
  it.each([1, 2, 3, 4, 5, 6, 11, ...range(14, 26), ...range(28, 31), 127])("is a gap when it is text with the byte %i", (byte) => {
    const { gaps, notices } = find({ "a.js": `// ${String.fromCharCode(byte)}\n${SECRET}` });

    expect(gaps).toEqual([
      {
        path: "a.js",
        reason: "a control character at byte 4 makes Trivy take it for binary, so it is not searched for secrets",
        remedy: "Remove the character.",
      },
    ]);
    expect(notices).toEqual([]);
  });

  it.each([7, 8, 9, 10, 12, 13, 27, 32, 126, 0x80])("is none for the character %i", (code) => {
    expect(find({ "a.js": `// ${String.fromCharCode(code)}\n${SECRET}` })).toEqual({ gaps: [], notices: [] });
  });

  it("has its character among the first 300 bytes", () => {
    expect(find({ a: `${"x".repeat(299)}\x01` }).gaps).toMatchObject([{ reason: expect.stringContaining("byte 300 ") }]);
    expect(find({ a: `${"x".repeat(300)}\x01` }).gaps).toEqual([]);
  });

  it("is a notice when it is no text", () => {
    const { gaps, notices } = find({ "a.png": `${SECRET}\0`, "b.gz": Buffer.from([0x1f, 0x8b, ...Buffer.from(SECRET)]) });

    expect(gaps).toEqual([]);
    expect(notices).toEqual([{ message: "2 files that Trivy takes for binary are not searched for secrets (a.png, b.gz)" }]);
  });

  it("names the first three in the one notice", () => {
    const tree = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, `\0${SECRET}`]));

    expect(find(tree).notices).toEqual([{ message: "4 files that Trivy takes for binary are not searched for secrets (a, b, c, …)" }]);
    expect(find({ a: `\0${SECRET}` }).notices).toEqual([{ message: "1 file that Trivy takes for binary is not searched for secrets (a)" }]);
  });

  it("is a gap when it is Python, whatever is in it", () => {
    const tree = { "a.py": `\0${SECRET}`, b: Buffer.from([1, 0xff, ...Buffer.from(SECRET)]) };

    expect(find(tree, ["a.py", "b"]).gaps.map(({ path }) => path)).toEqual(["a.py", "b"]);
    expect(find(tree).gaps).toEqual([]);
  });

  it("is text when only the end of what is read cuts a character", () => {
    expect(find({ a: `\x01${"ä".repeat(8192)}` }).gaps).toHaveLength(1);
  });

  it("is a gap when it is UTF-16, also where the first 300 bytes do not show it", () => {
    const texts = [SECRET, "漢".repeat(400) + SECRET].map((text) => Buffer.from(`\uFEFF${text}`, "utf16le"));
    for (const bytes of [...texts, ...texts.map((text) => Buffer.from(text).swap16())]) {
      expect(find({ a: bytes }).gaps).toEqual([
        { path: "a", reason: "is UTF-16 text, in which Trivy finds no secrets", remedy: "Store it as UTF-8." },
      ]);
    }
  });

  it("is no UTF-16 for its first two bytes alone", () => {
    expect(find({ a: Buffer.from([0xff, 0xfe, 0, 0, ...Buffer.from(SECRET)]) }).gaps).toEqual([]);
    expect(find({ a: Buffer.from([0xff, 0xfe, 0, 0xd8, ...Buffer.from(SECRET)]) }).gaps).toEqual([]);
  });

  it("can hold no secret when it has fewer than ten bytes", () => {
    expect(find({ a: "\x0123456789" }).gaps).toEqual([]);
    expect(find({ a: "\x01234567890" }).gaps).toHaveLength(1);
  });

  it("is none when it is compiled Python, which Trivy searches", () => {
    expect(find({ "a.pyc": `\0${SECRET}` })).toEqual({ gaps: [], notices: [] });
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
