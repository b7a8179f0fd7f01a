import { describe, expect, it } from "vitest";
import { baseOfInput } from "../../src/config/base-of-input.ts";

describe("baseOfInput", () => {
  it("asks for the policies of both sides, and for an error when the base cannot be had", () => {
    expect(baseOfInput("origin/main")).toEqual({
      kind: "compare",
      measure: { by: "merge-base", revision: "origin/main" },
      policy: "base-and-head",
      whenMissing: "error",
      name: "the base `origin/main`",
    });
  });
});
