import { computeRollingHashes } from "@microsoft/sarif";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineHashes } from "../../src/sarif/line-hash.ts";
import { fuzz } from "../support/fuzz.ts";

const END = "c129715d7a2bc9a3";

/** Line breaks and blanks in every combination, characters beyond the basic plane, and enough text to fill a block. */
const fileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(" ", "\t", "\n", "\r", "\r\n", "\r \n", "\u2028", "\uFEFF", "\uFFFF", "x".repeat(120)),
      fc.string({ unit: "binary", maxLength: 20 }),
    ),
    {
      maxLength: 40,
    },
  )
  .map((pieces) => pieces.join(""));

describe("lineHashes", () => {
  it("hashes only the end mark in an empty text", () => {
    expect([...lineHashes("")]).toEqual([[1, `${END}:1`]]);
  });

  it("gives the values of codeql-action's own tests", () => {
    expect([...lineHashes(" a\nb\n  \t\tc\n d").values()]).toEqual([
      "271789c17abda88f:1",
      "54703d4cd895b18:1",
      "180aee12dab6264:1",
      "a23a3dc5e078b07b:1",
    ]);
  });

  it("counts equal hashes in the order of lines", () => {
    const line = `${"x".repeat(120)}\n`;
    expect([...lineHashes(line.repeat(3)).values()].slice(0, 3).map((hash) => hash.split(":")[1])).toEqual(["1", "2", "3"]);
  });

  it("gives an empty last line to a text that ends in a line break", () => {
    expect(lineHashes("a\n").get(2)).toBe(`${END}:1`);
  });

  it("ignores spaces and tabs", () => {
    expect(lineHashes("if x:\n\ty = 1\n")).toEqual(lineHashes("ifx:\n    y=1\n"));
  });

  it.each(["\r\n", "\r"])("takes %j for a line feed", (lineBreak) => {
    expect(lineHashes(`a${lineBreak}b${lineBreak}`)).toEqual(lineHashes("a\nb\n"));
  });

  it("keeps a byte order mark as part of the first line", () => {
    expect(lineHashes("\uFEFFa\nb").get(1)).not.toBe(lineHashes("a\nb").get(1));
    expect(lineHashes("\uFEFFa\nb").get(2)).toBe(lineHashes("a\nb").get(2));
  });

  it("returns only the wanted lines, with the values they have among all lines", () => {
    const text = "a\n".repeat(400);
    expect([...lineHashes(text, new Set([200]))]).toEqual([[200, lineHashes(text).get(200)]]);
  });

  it("does not count a line that differs from the wanted one in a single unit", () => {
    const lines = [...Array(100).keys()].map((at) => `${"x".repeat(at)}y${"x".repeat(99 - at)}\n`);
    const wanted = `${"x".repeat(100)}\n`;
    const text = wanted + lines.join("") + wanted;
    expect(lineHashes(text, new Set([102])).get(102)).toMatch(/:2$/u);
  });

  it("counts another line of the same hash, though its text differs", () => {
    // 37 * a + z = 37 * b + U
    const text = ["az", "bU"].map((start) => `${start}${"x".repeat(98)}\n`).join("");
    expect(lineHashes(text, new Set([2])).get(2)).toMatch(/:2$/u);
    expect(computeRollingHashes(text).get(2)).toBe(lineHashes(text, new Set([2])).get(2));
  });

  it("returns nothing for lines that the text does not have", () => {
    expect(lineHashes("a\nb", new Set([0, 3, -1])).size).toBe(0);
    expect(lineHashes("a\nb", new Set([2])).size).toBe(1);
  });

  it("agrees with Microsoft's implementation on any text", () => {
    fuzz(
      fc.property(fileText, (text) => {
        expect([...lineHashes(text)]).toEqual([...computeRollingHashes(text)]);
      }),
    );
  });

  it("gives the wanted lines of any text the values they have among all lines", () => {
    fuzz(
      fc.property(fileText, fc.uniqueArray(fc.integer({ min: -1, max: 40 })), (text, lines) => {
        const wanted = new Set(lines);
        expect([...lineHashes(text, wanted)]).toEqual([...lineHashes(text)].filter(([line]) => wanted.has(line)));
      }),
    );
  });
});
