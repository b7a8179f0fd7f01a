import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import { totalOf } from "../../src/report/format.ts";
import { renderJson } from "../../src/report/json.ts";
import { reportSchema } from "../../src/report/report-schema.ts";
import { countStates, stateOf } from "../../src/report/states.ts";
import { codeFinding, duplicate, findingId, open, suppressed } from "../support/findings.ts";
import { scanReport } from "../support/scan-report.ts";

const base = { commit: "9fceb02d0ae598e95dc970b74767f19372d61af8", name: "the base of pull request 12" };

const triaged: fc.Arbitrary<readonly TriagedFinding[]> = fc
  .array(
    fc.record({
      severity: fc.constantFrom("critical", "high", "medium", "low", "unknown"),
      novelty: fc.constantFrom("new", "unchanged", null),
      state: fc.constantFrom("open", "suppressed", "duplicate"),
    }),
    { maxLength: 30 },
  )
  .map((all) =>
    all.map(({ severity, novelty, state }, index) => {
      const finding = codeFinding({ id: findingId(index), severity });
      if (state === "duplicate") return duplicate(finding, findingId(0));
      return state === "open" ? open(finding, ["bandit"], novelty) : suppressed(finding, {}, novelty);
    }),
  );

describe("stateOf", () => {
  it.each([
    ["an open finding without a base", open(codeFinding()), "open"],
    ["a new one", open(codeFinding(), ["bandit"], "new"), "new"],
    ["an unchanged one", open(codeFinding(), ["bandit"], "unchanged"), "unchanged"],
    ["a suppressed one that is new", suppressed(codeFinding(), {}, "new"), "suppressed"],
    ["a duplicate", duplicate(codeFinding(), "elsewhere"), null],
  ])("of %s is what it counts for", (_, finding, state) => {
    expect(stateOf(finding)).toBe(state);
  });
});

describe("countStates", () => {
  it("adds up to the number of problems, in any scope", () => {
    fc.assert(
      fc.property(triaged, fc.constantFrom("new" as const, "all" as const), (findings, scope) => {
        const counts = countStates(findings);
        const { gate } = scanReport({ findings, scope, base });
        const problems = findings.filter(({ triage }) => triage.state !== "duplicate");
        expect(counts.open + counts.new + counts.unchanged + counts.suppressed).toBe(problems.length);
        expect(totalOf(gate.counts)).toBe(counts.open + counts.new + (scope === "all" ? counts.unchanged : 0));
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });

  it("says the same as the findings of report.json", () => {
    fc.assert(
      fc.property(triaged, (findings) => {
        const json = reportSchema.parse(JSON.parse([...renderJson(scanReport({ findings, scope: "new", base }))].join("")));
        const counted = (state: string | null) => json.findings.filter((finding) => finding.state === state).length;
        expect(json.states).toEqual({
          open: counted(null),
          new: counted("new"),
          unchanged: counted("unchanged"),
          suppressed: counted("suppressed"),
        });
      }),
      { numRuns: 100, seed: 20_261_121 },
    );
  });
});
