import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIgnoreComments } from "../../../src/scanners/trivy/ignore-comments.ts";
import { fuzz } from "../../support/fuzz.ts";
import { expectLinear } from "../../support/processor-time.ts";

const patterns = (text: string) => parseIgnoreComments(text).map(({ pattern }) => pattern);
const places = (text: string) => parseIgnoreComments(text).map(({ commentLine, line }) => [commentLine, line]);

describe("an ignore comment", () => {
  it.each([
    ["# trivy:ignore:DS-0001", ["DS-0001"]],
    ["//tfsec:ignore:a", ["a"]],
    ["/* trivy:ignore:a */", ["a"]],
    ["x: y #trivy:ignore:a why not", ["a"]],
    ["# trivy:ignore:a trivy:ignore:b", ["a", "b"]],
    ["# trivy:ignore:a\r", ["a"]],
    ["# trivy:ignore:a[name=b]", ["a"]],
    ["# trivy:ws:dev:ignore:a", ["a"]],
    ["# trivy:ignore:a:ignore:b", ["b"]],
    ["# \u00a0trivy:ignore:a\u0085", ["a"]],
  ])("%j is for %j", (text, expected) => {
    expect(patterns(text)).toEqual(expected);
  });

  it.each([
    "# Trivy:ignore:a",
    "# trivy:Ignore:a",
    "# trivy: ignore:a",
    "# trivy:ignore:",
    "# trivy:ignore:[a=b]",
    "# trivy:ignore",
    "#\ttrivy:ignore:a",
    "# xtrivy:ignore:a",
    "# cfsec:ignore:a",
    "# trivy:x:ignore:a",
    "\ufefftrivy:ignore:a",
  ])("is not %j", (text) => {
    expect(patterns(text)).toEqual([]);
  });

  it("has what stands for its expiry, a date or not", () => {
    expect(parseIgnoreComments("# trivy:ignore:a:exp:2030-01-01 trivy:exp:soon:ignore:b").map(({ expiry }) => expiry)).toEqual([
      "2030-01-01",
      "soon",
    ]);
    expect(parseIgnoreComments("# trivy:ignore:a:exp").map(({ expiry }) => expiry)).toEqual([null]);
  });

  it("counts for the line of the last one right below it", () => {
    expect(places("# trivy:ignore:a\n# trivy:ignore:b\n# trivy:ignore:c\n\n# trivy:ignore:d\n")).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
      [5, 5],
    ]);
  });

  it("behind something else counts for its own line alone", () => {
    expect(places("x # trivy:ignore:a\n# trivy:ignore:b")).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("is never looked for elsewhere than where one stands, whatever the text", () => {
    const parts = fc.constantFrom("trivy:", "tfsec:", "ignore:", "a", "*", "#", "[", " ", "\n", "\t", ":", "exp:");
    fuzz(
      fc.property(fc.array(parts, { maxLength: 40 }), (chosen) => {
        const lines = chosen.join("").split("\n");
        for (const { commentLine, line } of parseIgnoreComments(lines.join("\n"))) {
          expect(lines[commentLine - 1]).toMatch(/(?:trivy|tfsec):.*ignore:/u);
          expect(line).toBeGreaterThanOrEqual(commentLine);
        }
      }),
    );
  });

  it("takes time in proportion to the text", () => {
    expectLinear(() => parseIgnoreComments(`${"\t".repeat(300_000)}x ignore: ${"trivy:ignore:[".repeat(100_000)}\n`));
  });
});
