import { describe, expect, it } from "vitest";
import { clip } from "../../src/sarif/limits.ts";

describe("clip", () => {
  it("leaves text that is as long as the limit", () => {
    expect(clip("abcd", 4)).toBe("abcd");
  });

  it("marks text that was cut, within the limit", () => {
    expect(clip("abcde", 4)).toBe("abc…");
  });

  it("splits no surrogate pair", () => {
    expect(clip("ab😀😀", 4)).toBe("ab…");
  });
});
