// The gate of one policy: rules, limits and what makes a scan incomplete.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GateError } from "../../src/errors.ts";
import { SEVERITIES, severityRank } from "../../src/findings/severity.ts";
import { type Evidence, evaluateGate, GATE_THRESHOLDS } from "../../src/policy/gate.ts";
import type { JudgedGap } from "../../src/policy/judged-gap.ts";
import {
  codeFinding,
  completedRun,
  dependencyFinding,
  duplicate,
  failedRun,
  findingId,
  open,
  secretFinding,
  skippedRun,
  suppressed,
} from "../support/findings.ts";
import { gateRule, policy } from "../support/policies.ts";

const RUNS = [completedRun("bandit"), completedRun("safety"), completedRun("trivy")];
const GAP: JudgedGap = { path: "a.py", line: 3, reason: "could not be parsed", run: "bandit", standing: "counts" };

function evidence(overrides: Partial<Evidence> = {}): Evidence {
  return { findings: [], runs: RUNS, gaps: [], comments: [], scope: "all", baseError: null, ...overrides };
}

function comments(count: number, novelty: "new" | "unchanged" | null = null) {
  return Array.from({ length: count }, (_, index) => ({ scanner: "bandit" as const, path: "a.py", line: index + 1, text: "x", novelty }));
}

describe("evaluateGate", () => {
  it("passes when every run completed, nothing is uncovered and nothing violates the rule", () => {
    expect(evaluateGate(evidence({ findings: [open(codeFinding({ severity: "medium" }))] }), policy())).toEqual({
      verdict: "pass",
      reasons: [],
      counts: { critical: 0, high: 0, medium: 1, low: 0, unknown: 0 },
    });
  });

  it("fails on a finding at the threshold and names rule, count and the first findings", () => {
    const finding = open(codeFinding());
    expect(evaluateGate(evidence({ findings: [finding] }), policy())).toMatchObject({
      verdict: "fail",
      reasons: [
        {
          code: "rule-violated",
          rule: "fail-on: high",
          count: 1,
          message: "1 finding of severity high or above: B602 in src/app.py:3",
          findings: [finding],
        },
      ],
    });
  });

  it("names three findings and counts the others", () => {
    const findings = Array.from({ length: 5 }, (_, index) => open(codeFinding({ id: findingId(index) })));
    const [reason] = evaluateGate(evidence({ findings }), policy()).reasons;
    expect(reason?.message).toMatch(/^5 findings of severity high or above: (?:B602 in src\/app\.py:3, ){3}and 2 more$/);
  });

  it("counts an unknown severity as high unless the policy says otherwise", () => {
    const findings = [open(codeFinding({ severity: "unknown" }))];
    expect(evaluateGate(evidence({ findings }), policy()).verdict).toBe("fail");
    expect(evaluateGate(evidence({ findings }), policy({ gate: { unknownAs: "low" } })).verdict).toBe("pass");
  });

  it("is an error when a scanner failed, and lists the violated rule beside it", () => {
    const result = evaluateGate(evidence({ findings: [open(codeFinding())], runs: [failedRun("trivy"), ...RUNS] }), policy());
    expect(result.verdict).toBe("error");
    expect(result.reasons.map(({ code }) => code)).toEqual(["scanner-failed", "rule-violated"]);
  });

  it("lets a scanner fail where the policy says so, and no other", () => {
    const tolerant = policy({ gate: { incomplete: { default: "fail", bandit: "fail", safety: "warn", trivy: "fail" } } });
    expect(evaluateGate(evidence({ runs: [failedRun("safety")] }), tolerant).verdict).toBe("pass");
    expect(evaluateGate(evidence({ runs: [failedRun("trivy")] }), tolerant).verdict).toBe("error");
  });

  it("is an error when something was not looked at, and names it", () => {
    expect(evaluateGate(evidence({ gaps: [GAP] }), policy())).toMatchObject({
      verdict: "error",
      reasons: [{ run: "bandit", count: 1, message: "1 thing was not looked at by bandit: a.py:3: could not be parsed" }],
    });
  });

  it.each(["accepted", "unchanged", "warned"] as const)("passes over a gap that is %s", (standing) => {
    expect(evaluateGate(evidence({ gaps: [{ ...GAP, standing }] }), policy()).verdict).toBe("pass");
  });

  it("gives one reason per run however many gaps it has", () => {
    const gaps: JudgedGap[] = [GAP, { ...GAP, path: "b.py" }, { path: "requirements.txt", reason: "cannot be read", standing: "counts" }];
    expect(evaluateGate(evidence({ gaps }), policy()).reasons).toMatchObject([
      { run: "bandit", count: 2 },
      { run: null, count: 1 },
    ]);
  });

  it("is an error without the base that it should compare with", () => {
    const baseError = new GateError("base-unavailable", "The base is gone.", { remedy: "Fetch it." });
    expect(evaluateGate(evidence({ baseError, scope: "new" }), policy())).toMatchObject({
      verdict: "error",
      reasons: [{ code: "base-unavailable", message: "The base is gone.", remedy: "Fetch it." }],
    });
  });

  it("passes with a run that had nothing to look at", () => {
    expect(evaluateGate(evidence({ runs: [skippedRun("safety"), ...RUNS] }), policy()).verdict).toBe("pass");
  });

  it("counts a problem that two scanners report once", () => {
    const first = open(dependencyFinding(), ["trivy", "safety"]);
    const second = duplicate(dependencyFinding({ id: findingId(1), scanner: "safety", run: "safety" }), first.id);
    expect(evaluateGate(evidence({ findings: [first, second] }), policy())).toMatchObject({
      counts: { critical: 1 },
      reasons: [{ count: 1 }],
    });
  });

  it("neither counts nor gates what is suppressed", () => {
    expect(evaluateGate(evidence({ findings: [suppressed(codeFinding())] }), policy())).toMatchObject({
      verdict: "pass",
      counts: { high: 0 },
    });
  });

  it("gates nothing without rules, but is still an error when a scan is incomplete", () => {
    const never = policy({ gate: { rules: [] } });
    expect(evaluateGate(evidence({ findings: [open(codeFinding())] }), never).verdict).toBe("pass");
    expect(evaluateGate(evidence({ gaps: [GAP] }), never).verdict).toBe("error");
  });

  it("fails exactly when a finding ranks at or above the threshold, and a stricter threshold never turns fail into pass", () => {
    const severity = fc.constantFrom(...SEVERITIES);
    const thresholds = GATE_THRESHOLDS.filter((threshold) => threshold !== "never");
    fc.assert(
      fc.property(fc.array(severity, { maxLength: 8 }), fc.constantFrom(...thresholds), (severities, threshold) => {
        const findings = severities.map((one, index) => open(codeFinding({ id: findingId(index), severity: one })));
        const { verdict } = evaluateGate(evidence({ findings }), policy({ gate: { rules: [gateRule({ severity: threshold })] } }));
        expect(verdict === "fail").toBe(severities.some((one) => severityRank(one) >= severityRank(threshold)));
      }),
    );
  });

  it("does not depend on the order of findings", () => {
    const findings = [open(codeFinding()), open(secretFinding()), open(dependencyFinding())];
    expect(evaluateGate(evidence({ findings: [...findings].reverse() }), policy())).toEqual(evaluateGate(evidence({ findings }), policy()));
  });
});

describe("the scope of a gate", () => {
  const old = open(codeFinding({ id: findingId(1) }), ["bandit"], "unchanged");
  const added = open(codeFinding({ id: findingId(2) }), ["bandit"], "new");

  it("`new` gates and counts what the base does not have", () => {
    expect(evaluateGate(evidence({ findings: [old], scope: "new" }), policy())).toMatchObject({ verdict: "pass", counts: { high: 0 } });
    expect(evaluateGate(evidence({ findings: [old, added], scope: "new" }), policy())).toMatchObject({
      verdict: "fail",
      counts: { high: 1 },
      reasons: [{ message: "1 new finding of severity high or above: B602 in src/app.py:3", findings: [added] }],
    });
  });

  it("`all` gates and counts everything", () => {
    expect(evaluateGate(evidence({ findings: [old, added] }), policy())).toMatchObject({ counts: { high: 2 }, reasons: [{ count: 2 }] });
  });

  it("of a rule goes before that of the run and does not change the counts", () => {
    const all = policy({ gate: { rules: [gateRule({ name: "all", scope: "all" })] } });
    expect(evaluateGate(evidence({ findings: [old], scope: "new" }), all)).toMatchObject({ verdict: "fail", counts: { high: 0 } });
    const onlyNew = policy({ gate: { rules: [gateRule({ name: "new", scope: "new" })] } });
    expect(evaluateGate(evidence({ findings: [old] }), onlyNew)).toMatchObject({ verdict: "pass", counts: { high: 1 } });
  });

  it("`new` takes a finding that was compared with nothing for a new one, but does not call it so", () => {
    const { verdict, reasons } = evaluateGate(evidence({ findings: [open(codeFinding())], scope: "new" }), policy());
    expect(verdict).toBe("fail");
    expect(reasons[0]?.message).toMatch(/^1 finding of severity high/);
  });
});

describe("a rule", () => {
  it("tolerates as many findings as it says", () => {
    const findings = [open(codeFinding({ id: findingId(1) })), open(codeFinding({ id: findingId(2) }))];
    const tolerating = (max: number) => policy({ gate: { rules: [gateRule({ name: "two", max })] } });
    expect(evaluateGate(evidence({ findings }), tolerating(2)).verdict).toBe("pass");
    expect(evaluateGate(evidence({ findings }), tolerating(1)).reasons[0]?.message).toMatch(
      /^2 findings of the rule `two`, which tolerates 1: /,
    );
  });

  it("is one of several, each with its own reason", () => {
    const rules = [
      gateRule({ name: "code", kinds: ["code"] }),
      gateRule({ name: "packages", kinds: ["dependency"] }),
      gateRule({ name: "secrets", kinds: ["secret"] }),
    ];
    const findings = [open(codeFinding()), open(dependencyFinding())];
    expect(evaluateGate(evidence({ findings }), policy({ gate: { rules } })).reasons).toMatchObject([
      { rule: "code" },
      { rule: "packages" },
    ]);
  });
});

describe("the limit of comments", () => {
  const limited = policy({ limits: { nosec: 2 } });

  it("is a limit of all of them, honoured or not yet", () => {
    expect(evaluateGate(evidence({ comments: comments(2) }), limited).verdict).toBe("pass");
    expect(evaluateGate(evidence({ comments: comments(3) }), limited)).toMatchObject({
      verdict: "fail",
      reasons: [
        {
          code: "limit-exceeded",
          rule: "limits.nosec",
          count: 3,
          message: "3 comments suppress findings in the source; the policy tolerates 2",
        },
      ],
    });
  });

  it("does not stop a change that adds none", () => {
    const old = comments(3, "unchanged");
    expect(evaluateGate(evidence({ comments: old, scope: "new" }), limited).verdict).toBe("pass");
    expect(evaluateGate(evidence({ comments: [...old, ...comments(1, "new")], scope: "new" }), limited).reasons[0]?.message).toBe(
      "4 comments suppress findings in the source, 1 of them new; the policy tolerates 2",
    );
  });

  it("means nothing where comments are ignored", () => {
    expect(evaluateGate(evidence({ comments: comments(3) }), { ...limited, inline: "ignore" }).verdict).toBe("pass");
  });
});
