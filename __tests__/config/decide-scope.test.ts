import { describe, expect, it } from "vitest";
import { baseOfInput } from "../../src/config/base-of-input.ts";
import { decideScope } from "../../src/config/decide-scope.ts";

const COMPARED = baseOfInput("origin/main");
const ALONE = { kind: "none", because: "a run of `schedule` looks at everything" } as const;

describe("decideScope", () => {
  it.each([
    ["auto", COMPARED, "new"],
    ["new", COMPARED, "new"],
    ["all", COMPARED, "all"],
    ["auto", ALONE, "all"],
    ["all", ALONE, "all"],
  ] as const)("makes of %s, with %o, %s", (choice, request, scope) => {
    expect(decideScope(choice, request)).toBe(scope);
  });

  it("refuses new findings alone where there is nothing to compare with, and names the input that would help", () => {
    expect(() => decideScope("new", ALONE)).toThrow(
      "`scope` is `new`, but there is nothing to compare with: a run of `schedule` looks at everything. Name a revision with `base`, or leave `scope` out.",
    );
  });
});
