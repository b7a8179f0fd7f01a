import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pythonComments } from "../../../src/scanners/bandit/python-comments.ts";
import { fuzz } from "../../support/fuzz.ts";
import { expectLinear } from "../../support/processor-time.ts";

const comments = (source: string) => [...pythonComments(source)].map(({ line, text }) => `${line} ${text}`);

describe("pythonComments", () => {
  it("finds comments with their lines", () => {
    expect(comments("# a\n\nx = 1  # b # c\n  # d")).toEqual(["1 # a", "3 # b # c", "4 # d"]);
  });

  it.each([
    ["a string", `"# a"`],
    ["a string with an escaped quote", `"\\"# a"`],
    ["a raw string, where a backslash keeps the quote too", `r"\\"# a"`],
    ["a triple-quoted string with quotes and line ends", `'''\n'' # a\n\\'''# a'''`],
    ["a string that a backslash continues", `"\\\n# a"`],
    ["a string that a backslash continues before CRLF", `"\\\r\n# a"`],
    ["bytes that look like a named character", `b"\\N{" "# a"`],
    ["text of an f-string", `f"{x}# a{{# a}}"`],
    ["a string in an f-string", `f"{x["# a"]}{f"{"# a"}"}"`],
    ["a format specification", `f"{x!r:#x}{x:{y}#}" "# a"`],
    ["an f-string with a named character", `f"\\N{NUMBER SIGN}# a"`],
    ["a raw f-string with a field behind a backslash", `rf"\\N{x}\\{x}# a"`],
    ["a t-string", `t"{x}# a" Rt'{x}# a'`],
    ["an f-string behind a byte order mark", `\uFEFFf"{x["# a"]}"`],
    ["a string behind a word that is no prefix", `xf"{"# b`],
  ])("finds none in %s, and the next one behind it", (_, source) => {
    const lines = source.split("\n").length;
    expect(comments(`${source}  # b`).at(-1)).toMatch(new RegExp(`^${lines} # b`, "u"));
    expect(comments(`${source}  # b`)).toHaveLength(1);
  });

  it("finds comments in the fields of f-strings, also of nested ones", () => {
    expect(comments(`f"{x # a\n}" # b`)).toEqual(["1 # a", "2 # b"]);
    expect(comments(`f'''{f"{[ # a\n1]:{y # b\n}}"}# no''' # c`)).toEqual(["1 # a", "2 # b", "3 # c"]);
  });

  it("takes no colon in brackets for the begin of a format specification", () => {
    expect(comments(`f"{(lambda: '#')():#}{x[1:2]}{ {1: '#'}[1] }" # b`)).toEqual(["1 # b"]);
  });

  it("counts CRLF as one line end, and form feeds and line separators as none", () => {
    expect(comments("# a\r\n\f# b\u2028c\v\x85d\r\n# e")).toEqual(["1 # a", "2 # b\u2028c\v\x85d", "3 # e"]);
  });

  it("gives comments with ascending lines for any text", () => {
    const piece = fc.constantFrom(
      `"`,
      `'`,
      `"""`,
      "'''",
      "f",
      "rf",
      "{",
      "}",
      "{{",
      ":",
      "\\",
      "\n",
      "#",
      "(",
      ")",
      "\\N{",
      "x",
      " ",
      "!",
      "\r\n",
      "é",
    );
    fuzz(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const source = pieces.join("");
        const lines = [...pythonComments(source)].map(({ line }) => line);
        expect(lines).toEqual([...new Set(lines)].sort((a, b) => a - b));
        expect(lines.at(-1) ?? 1).toBeLessThanOrEqual(source.split("\n").length);
      }),
    );
  });

  it.each([`"`, `f"{`, `f"{x:`, "'''", "#", "a", "\\", `"\\N{`, `f"\\N{`, "(", "}", "# a\n", `f'{x:\n}'`, `f"{"`, "{{", `""`])(
    "reads a megabyte of %j in linear time",
    (piece) => {
      const source = piece.repeat(Math.ceil(1_000_000 / piece.length));
      expectLinear(() => Array.from(pythonComments(source)));
    },
  );
});
