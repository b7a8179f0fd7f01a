import { describe, expect, it } from "vitest";
import { logicalLines } from "../../src/manifests/logical-lines.ts";

function lines(text: string) {
  return [...logicalLines(text)].map((line) => [line.text, line.startLine, line.endLine]);
}

describe("logicalLines", () => {
  it("skips empty lines and comments", () => {
    expect(lines("\n  \n# a\n\t# b\nc")).toEqual([["c", 5, 5]]);
  });

  it("keeps a # that no blank precedes", () => {
    expect(lines("git+https://x#egg=y # why")).toEqual([["git+https://x#egg=y", 1, 1]]);
  });

  it("joins continued lines without the backslashes", () => {
    expect(lines("a \\\n b\\\nc\nd")).toEqual([
      ["a  bc", 1, 3],
      ["d", 4, 4],
    ]);
  });

  it("drops all backslashes at either end of a continued line, as pip does", () => {
    expect(lines("\\a\\\\\nb")).toEqual([["ab", 1, 2]]);
  });

  it("does not continue a line whose backslash a blank follows", () => {
    expect(lines("a \\ \nb")).toEqual([
      ["a \\", 1, 1],
      ["b", 2, 2],
    ]);
  });

  it("ends a continuation at a comment line", () => {
    expect(lines("a\\\n#b\nc")).toEqual([
      ["a", 1, 2],
      ["c", 3, 3],
    ]);
  });

  it("strips what Python calls a blank and JavaScript does not, and the reverse not", () => {
    expect(lines("\x1fa\x1f \u00a0\n\uFEFFb")).toEqual([
      ["a", 1, 1],
      ["\uFEFFb", 2, 2],
    ]);
  });

  it("counts a CRLF once", () => {
    expect(lines("a\r\n\r\nb\r\rc")).toEqual([
      ["a", 1, 1],
      ["b", 3, 3],
      ["c", 5, 5],
    ]);
  });
});
