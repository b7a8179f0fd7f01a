import { describe, expect, it } from "vitest";
import { inPieces } from "../../src/text/in-pieces.ts";

describe("inPieces", () => {
  it("keeps the text and makes few pieces of many parts", () => {
    const parts = Array.from({ length: 1_000 }, (_, index) => `${index} ${"x".repeat(300)}\n`);
    const pieces = [...inPieces(parts)];
    expect(pieces.join("")).toBe(parts.join(""));
    expect(pieces.slice(0, -1).every(({ length }) => length >= 65_536)).toBe(true);
    expect(pieces.length).toBeLessThan(6);
  });

  it("is one empty piece of nothing", () => {
    expect([...inPieces([])]).toEqual([""]);
  });
});
