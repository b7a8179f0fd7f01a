// The verdict of one policy and of two: what is worse counts, and no head policy makes it better than the base's alone.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GateError } from "../../src/errors.ts";
import type { RunGap } from "../../src/findings/coverage.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { Facts } from "../../src/policy/facts.ts";
import type { Verdict } from "../../src/policy/gate.ts";
import { judge } from "../../src/policy/judge.ts";
import type { Policy, Suppression } from "../../src/policy/policy.ts";
import { anyFacts, anyPolicy } from "../support/any-judgement.ts";
import { codeFinding, dependencyFinding, duplicate, findingId, open } from "../support/findings.ts";
import { facts, gateRule, policy, suppression } from "../support/policies.ts";

const GAP: RunGap = { path: "legacy/a.py", reason: "could not be parsed", run: "bandit" };
const HIGH = open(codeFinding());

describe("one policy", () => {
  it("annotates what it suppresses and counts the rest", () => {
    const other = open(codeFinding({ id: findingId(2), rule: { ...codeFinding().rule, id: "B105" } }));
    const judgement = judge(facts({ findings: [HIGH, other] }), [policy({ suppressions: [suppression()] })]);
    expect(judgement.findings.map(({ triage }) => triage.state)).toEqual(["suppressed", "open"]);
    expect(judgement.gate).toMatchObject({ verdict: "fail", counts: { high: 1 }, reasons: [{ count: 1 }] });
  });

  it("leaves duplicates what they are", () => {
    const first = open(dependencyFinding(), ["trivy", "safety"]);
    const second = duplicate(dependencyFinding({ id: findingId(1), scanner: "safety", run: "safety" }), first.id);
    const all = policy({ suppressions: [suppression({ subject: { by: "advisory", advisory: "CVE-2019-14234" } })] });
    expect(judge(facts({ findings: [first, second] }), [all]).findings.map(({ triage }) => triage.state)).toEqual([
      "suppressed",
      "duplicate",
    ]);
  });

  it("accepts a gap, passes over one that the change did not make, and warns of one where it may", () => {
    const gaps = [{ ...GAP, unchanged: true }];
    const accepting = policy({ suppressions: [suppression({ subject: { by: "gap", gap: "legacy/**" } })] });
    const warning = policy({ gate: { incomplete: { default: "fail", bandit: "warn", safety: "fail", trivy: "fail" } } });
    const standings = (scope: Facts["scope"], by: Policy) => judge(facts({ gaps, scope }), [by]).gaps.map(({ standing }) => standing);
    expect(standings("new", policy())).toEqual(["unchanged"]);
    expect(standings("all", policy())).toEqual(["counts"]);
    expect(standings("all", accepting)).toEqual(["accepted"]);
    expect(standings("all", warning)).toEqual(["warned"]);
  });

  it("holds a gap of the tree to the default, whatever it says of scanners", () => {
    const warning = policy({ gate: { incomplete: { default: "fail", bandit: "warn", safety: "warn", trivy: "warn" } } });
    expect(judge(facts({ gaps: [{ path: "a", reason: "cannot be read", unchanged: false }] }), [warning]).gate.verdict).toBe("error");
  });

  it("makes dependencies without a version gaps only where it says so", () => {
    const unpinned = [{ path: "requirements.txt", line: 2, message: "flask has no version to check", unchanged: false }];
    expect(judge(facts({ unpinned }), [policy()])).toMatchObject({ gaps: [], gate: { verdict: "pass" } });
    expect(judge(facts({ unpinned }), [policy({ gate: { unpinned: "fail" } })])).toMatchObject({
      gaps: [{ path: "requirements.txt", line: 2, reason: "flask has no version to check", standing: "counts" }],
      gate: { verdict: "error" },
    });
  });

  it("is an error without the base", () => {
    expect(judge(facts({ baseError: new GateError("base-unavailable", "gone") }), [policy()]).gate.verdict).toBe("error");
  });

  it("tells stale, expiring and expired suppressions apart", () => {
    const entries = [
      suppression({ line: 1 }),
      suppression({ line: 2, subject: { by: "rule", rule: "B999" } }),
      suppression({ line: 3, expires: "2026-12-01" }),
      suppression({ line: 4, expires: "2026-11-01" }),
    ];
    const by = [policy({ suppressions: entries })] as const;
    const lines = (list: readonly { suppression: Suppression }[]) => list.map((named) => named.suppression.line);
    const judgement = judge(facts({ findings: [HIGH] }), by);
    expect([judgement.stale, judgement.expiring, judgement.expired].map(lines)).toEqual([[2], [3], [4]]);
    expect(judge(facts({ findings: [HIGH], looksAtEverything: false }), by).stale).toEqual([]);
  });

  it("lists comments that are new and counts all", () => {
    const comment = { scanner: "bandit" as const, path: "a.py", line: 1, text: "x" };
    const comments = [
      { ...comment, novelty: "new" as const },
      { ...comment, line: 2, novelty: "unchanged" as const },
    ];
    expect(judge(facts({ comments }), [policy()])).toMatchObject({ newComments: [{ line: 1, honoured: true }], commentCount: 2 });
    expect(judge(facts({ comments }), [policy({ inline: "existing" }), policy()])).toMatchObject({
      newComments: [{ line: 1, honoured: false }],
    });
  });
});

describe("a finding that was moved", () => {
  const at = (path: string, movedFrom: string): TriagedFinding => {
    const finding = open(codeFinding({ location: { path, startLine: 1, endLine: 1 } }), ["bandit"], "unchanged");
    return finding.triage.state === "open"
      ? { ...finding, triage: { ...finding.triage, movedFrom: { path: movedFrom, id: findingId(77) } } }
      : finding;
  };
  const verdictOf = (finding: TriagedFinding, by: Policy) => judge(facts({ findings: [finding], scope: "new" }), [by]).gate.verdict;
  const inTests = policy({ suppressions: [suppression({ paths: ["tests/**"] })] });

  it("is new where it was suppressed and is no more", () => {
    expect(verdictOf(at("src/a.py", "tests/a.py"), inTests)).toBe("fail");
    expect(verdictOf(at("src/a.py", "lib/a.py"), inTests)).toBe("pass");
    expect(verdictOf(at("tests/b.py", "tests/a.py"), inTests)).toBe("pass");
  });

  it("is new where its id at the base was suppressed", () => {
    const byId = (id: string) => policy({ suppressions: [suppression({ subject: { by: "finding", finding: id } })] });
    expect(verdictOf(at("src/a.py", "lib/a.py"), byId(findingId(77)))).toBe("fail");
    expect(verdictOf(at("src/a.py", "lib/a.py"), byId(findingId(78)))).toBe("pass");
  });

  it("is new to a rule that was not about the place it comes from", () => {
    const inSource = policy({ gate: { rules: [gateRule({ name: "source", paths: ["src/**"] })] } });
    expect(verdictOf(at("src/a.py", "docs/a.py"), inSource)).toBe("fail");
    expect(verdictOf(at("src/a.py", "src/b.py"), inSource)).toBe("pass");
    const exceptTests = policy({ gate: { rules: [gateRule({ name: "most", exceptPaths: ["tests/**"] })] } });
    expect(verdictOf(at("src/a.py", "tests/a.py"), exceptTests)).toBe("fail");
  });
});

describe("the policies of base and head", () => {
  const base = policy({ source: "base" });

  it.each<[string, Policy]>([
    ["a loosened threshold", policy({ gate: { rules: [gateRule({ severity: "critical" })] } })],
    ["no threshold at all", policy({ gate: { rules: [] } })],
    ["an added suppression", policy({ suppressions: [suppression()] })],
    ["a raised number of tolerated findings", policy({ gate: { rules: [gateRule({ max: 5 })] } })],
    ["a rule about other paths", policy({ gate: { rules: [gateRule({ exceptPaths: ["src/**"] })] } })],
  ])("leave the verdict as the base decides after %s", (_, head) => {
    const judgement = judge(facts({ findings: [HIGH] }), [base, head]);
    expect(judgement.gate).toMatchObject({
      verdict: "fail",
      reasons: [{ message: expect.stringMatching(/ \(under base\)$/) }],
      counts: { high: 1 },
    });
    expect(judgement.findings[0]?.triage.state).toBe("open");
    expect(judge(facts({ findings: [HIGH] }), [head]).gate.verdict).toBe("pass");
  });

  it("let a head tighten at once", () => {
    const strict = policy({ source: "head", gate: { rules: [gateRule({ severity: "low" })] } });
    const low = open(codeFinding({ severity: "low" }));
    expect(judge(facts({ findings: [low] }), [base, strict]).gate).toMatchObject({
      verdict: "fail",
      reasons: [{ message: expect.stringContaining("(under head)") }],
    });
    expect(judge(facts({ findings: [low] }), [base]).gate.verdict).toBe("pass");
  });

  it("say a reason of both once, without a name", () => {
    const { reasons } = judge(facts({ findings: [HIGH] }), [base, policy({ source: "head" })]).gate;
    expect(reasons).toHaveLength(1);
    expect(reasons[0]?.message).not.toContain("(under ");
  });

  it("suppress only what both suppress", () => {
    const suppressing = policy({ suppressions: [suppression()] });
    expect(judge(facts({ findings: [HIGH] }), [suppressing, suppressing]).findings[0]?.triage.state).toBe("suppressed");
    expect(judge(facts({ findings: [HIGH] }), [suppressing, base]).findings[0]?.triage.state).toBe("open");
  });

  it("accept only the gaps that both accept", () => {
    const accepting = policy({ suppressions: [suppression({ subject: { by: "gap", gap: "legacy/**" } })] });
    const gaps = [{ ...GAP, unchanged: false }];
    expect(judge(facts({ gaps }), [base, accepting])).toMatchObject({ gaps: [{ standing: "counts" }], gate: { verdict: "error" } });
    expect(judge(facts({ gaps }), [accepting, accepting])).toMatchObject({ gaps: [{ standing: "accepted" }], gate: { verdict: "pass" } });
  });
});

const VERDICTS: readonly Verdict[] = ["pass", "fail", "error"];

describe("for any base policy, head policy and facts", () => {
  it("the verdict is never better than under the base policy alone, nor than under the head's, and reasons go with it", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyPolicy, (given, base, head) => {
        const rank = (judged: readonly [Policy, ...Policy[]]) => VERDICTS.indexOf(judge(given, judged).gate.verdict);
        const both = judge(given, [base, head]);
        expect(VERDICTS.indexOf(both.gate.verdict)).toBe(Math.max(rank([base]), rank([head])));
        expect(both.gate.reasons.length === 0).toBe(both.gate.verdict === "pass");
        seen.add(`${rank([base])}${rank([head])}`);
      }),
      { numRuns: 10_000, seed: 5 },
    );
    expect([...seen].sort()).toEqual(["00", "01", "02", "10", "11", "12", "20", "21", "22"]);
  });

  it("nothing that is open under the base policy alone is anything else under both", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyPolicy, (given, base, head) => {
        const alone = judge(given, [base]).findings;
        const both = judge(given, [base, head]).findings;
        const hidden = alone.filter(({ triage }, index) => triage.state === "open" && both[index]?.triage.state !== "open");
        expect(hidden).toEqual([]);
        expect(both).toHaveLength(given.findings.length);
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });
});
