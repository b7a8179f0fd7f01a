import { describe, expect, it } from "vitest";
import { remember } from "../../src/text/remember.ts";

/** Upper case, and every text that it was made of. */
function counting(): { made: string[]; make: (text: string) => string } {
  const made: string[] = [];
  const make = (text: string): string => {
    made.push(text);
    return text.toUpperCase();
  };
  return { made, make };
}

describe("remember", () => {
  it("gives what it is told to make, and makes it once for equal texts", () => {
    const { made, make } = counting();
    const remembered = remember(make);
    expect(["a", "b", "a", "b"].map(remembered)).toEqual(["A", "B", "A", "B"]);
    expect(made).toEqual(["a", "b"]);
  });

  it("remembers results that are false or empty", () => {
    let asked = 0;
    const remembered = remember(() => {
      asked += 1;
      return false;
    });
    expect([remembered("a"), remembered("a"), asked]).toEqual([false, false, 1]);
  });

  it("forgets all when it is full", () => {
    const { made, make } = counting();
    const remembered = remember(make);
    const texts = Array.from({ length: 1_000 }, (_, index) => `text ${index}`);
    for (const text of [...texts, ...texts, "one more", "text 0"]) remembered(text);
    expect(made).toEqual([...texts, "one more", "text 0"]);
  });

  it("keeps no long text", () => {
    const { made, make } = counting();
    const remembered = remember(make);
    for (const length of [2_000, 2_000, 2_001, 2_001]) remembered("x".repeat(length));
    expect(made.map(({ length }) => length)).toEqual([2_000, 2_001, 2_001]);
  });
});
