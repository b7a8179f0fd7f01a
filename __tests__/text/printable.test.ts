import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { disarmCommands, printable, printableJson, printableProse } from "../../src/text/printable.ts";
import { fuzz } from "../support/fuzz.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { expectLinear } from "../support/processor-time.ts";
import { runnerCommands } from "../support/runner-commands.ts";

describe("the runner's rules (the oracle)", () => {
  it.each(COMMAND_SEEDS)("finds the command in %j", (seed) => {
    expect(runnerCommands(seed)).not.toEqual([]);
  });

  it("finds no command in ordinary lines, not even with colons or brackets", () => {
    expect(runnerCommands("a::error::b\n## [error]\n#[error]\n::\n::unknown::x\n##[error")).toEqual([]);
  });
});

describe("printable", () => {
  it.each(COMMAND_SEEDS)("leaves no command in %j", (seed) => {
    expect(runnerCommands(printable(seed))).toEqual([]);
  });

  it("leaves no command in 10,000 hostile texts, alone, indented or after a label", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        const shown = printable(text);
        expect(runnerCommands([shown, `  ${shown}`, `- ${shown}`].join("\n"))).toEqual([]);
      }),
    );
  });

  it("leaves one line of visible, well-formed characters of 10,000 hostile texts", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u);
      }),
    );
  });

  it("is idempotent, so a line of printable parts that make a command together is disarmed by a second pass", () => {
    fuzz(
      fc.property(hostileText, hostileText, (left, right) => {
        const line = printable(printable(left) + printable(right));
        expect(runnerCommands(line)).toEqual([]);
        expect(printable(line)).toBe(line);
      }),
    );
  });

  it("leaves ordinary text of any language as it is", () => {
    const text = "src/données/日本語 (v2)/a::b.py [x] #1 naïve – 🐍";
    expect(printable(text)).toBe(text);
  });

  it.each([
    ["\u001b[31m", "\\u001B[31m"],
    ["a\r\nb\u0085c\u0000\u0007", "a\\u000D\\u000Ab\\u0085c\\u0000\\u0007"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\u202A\u202E\u2066\u2069\u200E\u200F\u061C", "\\u202A\\u202E\\u2066\\u2069\\u200E\\u200F\\u061C"],
    ["a\u200Bb\uFEFF\u00AD\u3164", "a\\u200Bb\\uFEFF\\u00AD\\u3164"],
    ["\u{E0041}", "\\u{E0041}"],
    ["\uD800a\uDC00", "\\uD800a\\uDC00"],
    ["x ##[error]y", "x ##\\u005Berror]y"],
    ["\u00A0::error::y", "\u00A0\\u003A:error::y"],
  ])("shows %j as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("counts what it leaves out of a long text", () => {
    expect(printable("abcdef", 4)).toBe("abcd…(+2)");
  });

  it("leaves text of exactly the limit whole", () => {
    expect(printable("abcd", 4)).toBe("abcd");
  });

  it("does not cut a character in two", () => {
    expect(printable("ab🐍cd", 3)).toBe("ab…(+4)");
  });

  it.each(MARKUP_SEEDS.concat("\u001b[", "##[", " :", "\u00A0"))("takes linear time on a million units of %j", (seed) => {
    const text = seed.repeat(Math.ceil(1_000_000 / seed.length)).slice(0, 1_000_000);
    expectLinear(() => printable(text));
  });
});

describe("disarmCommands", () => {
  it("leaves escapes of a terminal alone, which are ours where it is used", () => {
    expect(disarmCommands("\u001b[1mok\u001b[22m ##[error]x")).toBe("\u001b[1mok\u001b[22m ##\\u005Berror]x");
  });

  it("sees a command behind colours", () => {
    expect(disarmCommands("  \u001b[1m\u001b[31m ::error::x")).toBe("  \u001b[1m\u001b[31m \\u003A:error::x");
  });
});

describe("printableJson", () => {
  it("loses nothing and leaves neither commands nor invisible characters", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        const json = printableJson(JSON.stringify({ [text]: text }));
        expect(JSON.parse(json)).toEqual({ [text]: text });
        expect(runnerCommands(json)).toEqual([]);
        expect(printable(json)).toBe(json);
      }),
    );
  });

  it("escapes the one control character that JSON need not", () => {
    expect(printableJson('"a\u007Fb"')).toBe('"a\\u007Fb"');
  });

  it("leaves the line feeds between values, and says nothing else in another way there", () => {
    const lines = ["[", JSON.stringify("a"), ",", JSON.stringify("\u2028##[b]"), "]", ""].join("\n");
    expect(printableJson(lines)).toBe('[\n"a"\n,\n"\\u2028##\\u005Bb]"\n]\n');
  });
});

describe("printableProse", () => {
  it("joins lines with a space", () => {
    expect(printableProse("  one\r\n\ttwo\n\nthree ")).toBe("one two three");
  });

  it("leaves no command that stood at the start of a line", () => {
    expect(runnerCommands(printableProse("a\n::error::b"))).toEqual([]);
  });
});
