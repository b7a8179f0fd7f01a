import { describe, expect, it } from "vitest";
import { resultStates } from "../../src/sarif/result-states.ts";
import { codeFinding, open, suppressed } from "../support/findings.ts";

const fresh = open(codeFinding(), ["bandit"], "new");
const unchanged = open(codeFinding(), ["bandit"], "unchanged");

describe("resultStates", () => {
  it("says nothing where nothing was compared or suppressed", () => {
    const finding = open(codeFinding());
    expect(resultStates([finding])(finding)).toEqual({});
  });

  it("says of every result whether the base has it", () => {
    expect([fresh, unchanged].map(resultStates([fresh, unchanged]))).toEqual([{ baselineState: "new" }, { baselineState: "unchanged" }]);
  });

  it("calls new what has no counterpart to compare, in a run that was compared", () => {
    expect(resultStates([unchanged, open(codeFinding())])(open(codeFinding()))).toEqual({ baselineState: "new" });
  });

  it("gives every result of a run suppressions as soon as one has some", () => {
    const silenced = suppressed(codeFinding(), { reason: "it is a sandbox" }, "new");
    expect([silenced, fresh].map(resultStates([silenced, fresh]))).toEqual([
      { baselineState: "new", suppressions: [{ kind: "external", status: "accepted", justification: "it is a sandbox" }] },
      { baselineState: "new", suppressions: [] },
    ]);
  });

  it.each([
    ["policy", "external"],
    ["asserts-in-tests", "external"],
    ["inline", "inSource"],
  ] as const)("calls a suppression by %s %s", (kind, expected) => {
    const silenced = suppressed(codeFinding(), { kind });
    expect(resultStates([silenced])(silenced).suppressions).toMatchObject([{ kind: expected }]);
  });

  it("makes the reason harmless, and leaves an empty one out", () => {
    const [hostile, empty] = ["[x](https://evil.example)\u202E", " "].map((reason) => suppressed(codeFinding(), { reason }));
    if (hostile === undefined || empty === undefined) expect.unreachable();
    expect(resultStates([hostile])(hostile).suppressions?.[0]?.justification).toBe("[x] (https://evil.example)\\u202E");
    expect(resultStates([empty])(empty).suppressions).toEqual([{ kind: "external", status: "accepted" }]);
  });
});
