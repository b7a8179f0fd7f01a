import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code, escapeMarkdown, link } from "../../src/text/markdown.ts";
import { fuzz } from "../support/fuzz.ts";
import { hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";

/** Anything that could be structure, in a paragraph or in a table cell. */
const STRUCTURE = /[\\`*_[\]<>|~$\r\n]|&(?!#\d+;)|:\/\/|^(?:[-+=#\s]|\d+[.)](?:\s|$))/;

/** What a reader sees: character references resolved, our zero-width spaces gone. */
function seen(markdown: string): string {
  return markdown.replaceAll("&#8203;", "").replace(/&#(\d+);/g, (_, digits) => String.fromCharCode(Number(digits)));
}

describe("escapeMarkdown", () => {
  it("leaves nothing in 10,000 hostile texts that could be structure", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        expect(escapeMarkdown(text)).not.toMatch(STRUCTURE);
      }),
    );
  });

  it.each(MARKUP_SEEDS)("leaves nothing in %j that could be structure", (seed) => {
    expect(escapeMarkdown(seed)).not.toMatch(STRUCTURE);
  });

  it("shows what was written", () => {
    const text = "1. a*b_c `d` [e](f) <g> & h | i ~j~ $k$ @l #2 https://m www.n &amp; \\";
    expect(seen(escapeMarkdown(text))).toBe(text);
  });

  it("leaves a plain sentence readable as it is", () => {
    expect(escapeMarkdown("Possible SQL injection (CWE-89), line 3: use parameters.")).toBe(
      "Possible SQL injection (CWE-89), line 3: use parameters.",
    );
  });

  it("makes neither a mention nor a reference", () => {
    expect(escapeMarkdown("by @admin in #12")).toBe("by @&#8203;admin in #&#8203;12");
  });
});

describe("code", () => {
  it("is one element whatever it holds", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        expect(code(text)).toMatch(/^<code>[^\\`*_[\]<>|~$\r\n]*<\/code>$/);
      }),
    );
  });

  it("shows what was written, without spaces of ours", () => {
    expect(seen(code("@scope/a_b|c`d"))).toBe("<code>@scope/a_b|c`d</code>");
  });
});

describe("link", () => {
  it("links to an https address", () => {
    expect(link("a_b", "https://example.org/x?y=1&z=2#L3")).toBe("[a&#95;b](<https://example.org/x?y=1&amp;z=2#L3>)");
  });

  it("shows the text as asked", () => {
    expect(link("a.py:3", "https://example.org/a.py#L3", code)).toBe("[<code>a.py:3</code>](<https://example.org/a.py#L3>)");
  });

  it.each([
    "http://example.org",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.org",
    "x",
    "",
    "https://",
    "https://user:pw@example.org",
    "https://user@example.org",
  ])("shows only the text for the address %j", (url) => {
    expect(link("text", url)).toBe("text");
  });

  it("keeps an address from ending its link or its cell", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        expect(link("x", `https://example.org/${text}`)).toMatch(/^\[x\]\(<https:\/\/[!-~]+>\)$/);
        expect(link("x", `https://example.org/?${text}`).slice(5, -2)).not.toMatch(/[|<>`\\\s]/);
      }),
    );
  });
});

describe("secrets in markdown", () => {
  it("are redacted before their characters are escaped, in prose and in code", () => {
    const token = `ghs${"_"}${"a1B2c3D4e5".repeat(4)}`;
    for (const render of [escapeMarkdown, code]) {
      expect(render(`the key is ${token}`)).not.toContain("a1B2c3D4e5");
      expect(render("the key is gone")).toContain("the key is gone");
    }
  });
});
