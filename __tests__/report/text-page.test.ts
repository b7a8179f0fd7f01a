import { describe, expect, it } from "vitest";
import { alignRows, buildPage, cellWidth, pad, wrap } from "../../src/report/text-page.ts";

const plain = buildPage({ color: false, width: 80 });
const limits = { maxLines: 2, ellipsis: "…" };

describe("cellWidth", () => {
  it.each([
    ["plain", 5],
    ["naïve", 5],
    ["nai\u0308ve", 5],
    ["日本語", 6],
    ["🐍", 2],
    ["", 0],
  ])("of %j is %i", (text, width) => {
    expect(cellWidth(text)).toBe(width);
  });
});

describe("pad", () => {
  it("fills wide characters to the same width", () => {
    expect([pad("日本", 6), pad("abcd", 6), pad("ab", 6, true)]).toEqual(["日本  ", "abcd  ", "    ab"]);
  });

  it("leaves a longer text whole", () => {
    expect(pad("abcdef", 3)).toBe("abcdef");
  });
});

describe("wrap", () => {
  it("breaks at spaces", () => {
    expect(wrap("one two three", 7, limits)).toEqual(["one two", "three"]);
  });

  it("leaves a word whole that is longer than the line", () => {
    expect(wrap("a https://example.org/long b", 6, { ...limits, maxLines: 3 })).toEqual(["a", "https://example.org/long", "b"]);
  });

  it("ends with an ellipsis within the width when the text has more lines than allowed", () => {
    expect(wrap("one two three four five", 9, limits)).toEqual(["one two", "three …"]);
  });

  it("leaves text of exactly the allowed lines whole", () => {
    expect(wrap("one two three", 7, limits)).toEqual(["one two", "three"]);
  });

  it("makes one empty line of nothing", () => {
    expect(wrap("", 7, limits)).toEqual([""]);
  });
});

describe("alignRows", () => {
  it("makes each column as wide as its widest cell", () => {
    const rows = [
      [{ text: "a" }, { text: "10", right: true }],
      [{ text: "bcd" }, { text: "5", right: true }],
    ];
    expect(alignRows(rows, plain)).toEqual(["a    10", "bcd   5"]);
  });
});

describe("a page", () => {
  it("paints with the first style outermost", () => {
    expect(buildPage({ color: true, width: 80 }).paint("x", "bold", "red")).toBe("\u001b[1m\u001b[31mx\u001b[39m\u001b[22m");
  });

  it("paints nothing without colour", () => {
    expect(plain.paint("x", "bold", "red")).toBe("x");
  });

  it("is never narrower than 40 columns", () => {
    expect(buildPage({ color: false, width: 3 }).width).toBe(40);
  });
});
