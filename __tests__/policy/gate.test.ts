import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunGap } from "../../src/findings/coverage.ts";
import { SEVERITIES, severityRank } from "../../src/findings/severity.ts";
import { evaluateGate, GATE_THRESHOLDS, type GatePolicy } from "../../src/policy/gate.ts";
import { codeFinding, completedRun, dependencyFinding, duplicate, failedRun, findingId, open, skippedRun } from "../support/findings.ts";

const POLICY: GatePolicy = { failOn: "high", unknownAs: "high" };
const RUNS = [completedRun("bandit"), completedRun("safety"), completedRun("trivy")];
const GAP: RunGap = { path: "a.py", line: 3, reason: "could not be parsed", run: "bandit" };

describe("evaluateGate", () => {
  it("passes when every run completed, nothing is uncovered and nothing violates the rule", () => {
    expect(evaluateGate([open(codeFinding({ severity: "medium" }))], RUNS, [], POLICY)).toEqual({
      verdict: "pass",
      reasons: [],
      counts: { critical: 0, high: 0, medium: 1, low: 0, unknown: 0 },
    });
  });

  it("fails on a finding at the threshold and names rule, count and findings", () => {
    const finding = open(codeFinding());
    expect(evaluateGate([finding], RUNS, [], POLICY)).toMatchObject({
      verdict: "fail",
      reasons: [
        { code: "rule-violated", rule: "fail-on: high", count: 1, message: "1 finding is of severity high or above", findings: [finding] },
      ],
    });
  });

  it("counts an unknown severity as high unless the policy says otherwise", () => {
    const findings = [open(codeFinding({ severity: "unknown" }))];
    expect(evaluateGate(findings, RUNS, [], POLICY).verdict).toBe("fail");
    expect(evaluateGate(findings, RUNS, [], { ...POLICY, unknownAs: "low" }).verdict).toBe("pass");
  });

  it("is an error when a scanner failed, and lists the violated rule beside it", () => {
    const result = evaluateGate([open(codeFinding())], [failedRun("trivy"), ...RUNS], [], POLICY);
    expect(result.verdict).toBe("error");
    expect(result.reasons.map(({ code }) => code)).toEqual(["scanner-failed", "rule-violated"]);
  });

  it("is an error when something was not looked at, and names it", () => {
    const result = evaluateGate([], RUNS, [GAP], POLICY);
    expect(result).toMatchObject({
      verdict: "error",
      reasons: [{ run: "bandit", count: 1, message: "1 thing was not looked at by bandit: a.py:3 could not be parsed" }],
    });
  });

  it("gives one reason per run however many gaps it has", () => {
    const gaps: RunGap[] = [GAP, { ...GAP, path: "b.py" }, { path: "requirements.txt", reason: "cannot be read" }];
    expect(evaluateGate([], RUNS, gaps, POLICY).reasons).toMatchObject([
      { run: "bandit", count: 2 },
      { run: null, count: 1 },
    ]);
  });

  it("passes with a run that had nothing to look at", () => {
    expect(evaluateGate([], [skippedRun("safety"), ...RUNS], [], POLICY).verdict).toBe("pass");
  });

  it("counts a problem that two scanners report once", () => {
    const first = open(dependencyFinding(), ["trivy", "safety"]);
    const second = duplicate(dependencyFinding({ id: findingId(1), scanner: "safety", run: "safety" }), first.id);
    expect(evaluateGate([first, second], RUNS, [], POLICY)).toMatchObject({ counts: { critical: 1 }, reasons: [{ count: 1 }] });
  });

  it("gates nothing with `never`, but is still an error when a scan is incomplete", () => {
    const policy: GatePolicy = { ...POLICY, failOn: "never" };
    expect(evaluateGate([open(codeFinding())], RUNS, [], policy).verdict).toBe("pass");
    expect(evaluateGate([], RUNS, [GAP], policy).verdict).toBe("error");
  });

  it("fails exactly when a finding ranks at or above the threshold, and a stricter threshold never turns fail into pass", () => {
    const severity = fc.constantFrom(...SEVERITIES);
    fc.assert(
      fc.property(fc.array(severity, { maxLength: 8 }), fc.constantFrom(...GATE_THRESHOLDS), (severities, failOn) => {
        const findings = severities.map((one, index) => open(codeFinding({ id: findingId(index), severity: one })));
        const { verdict } = evaluateGate(findings, RUNS, [], { ...POLICY, failOn });
        const expected = failOn !== "never" && severities.some((one) => severityRank(one) >= severityRank(failOn));
        expect(verdict).toBe(expected ? "fail" : "pass");
      }),
      { seed: 4 },
    );
  });
});
