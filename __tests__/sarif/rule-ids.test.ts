import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/findings/finding.ts";
import { SEVERITIES } from "../../src/findings/severity.ts";
import { ruleNaming } from "../../src/sarif/rule-ids.ts";
import { codeFinding, dependencyFinding, misconfigurationFinding, rule } from "../support/findings.ts";

const b602 = { high: codeFinding({ severity: "high" }), low: codeFinding({ severity: "low" }) };
const b101 = codeFinding({ severity: "low", rule: rule({ id: "B101" }) });

/** The id that `finding` has in a run that reports `findings`. */
function idAmong(findings: readonly Finding[], finding: Finding): string {
  return ruleNaming(findings)(finding);
}

describe("ruleNaming", () => {
  it("gives the plain id to the worst case of a rule that grades its findings", () => {
    expect(idAmong([b602.high], b602.high)).toBe("B602");
  });

  it("gives the severity to the id of a lesser case", () => {
    expect(idAmong([b602.high, b602.low], b602.low)).toBe("B602/low");
  });

  it("keeps the id of a lesser case when no worse one is left", () => {
    expect(idAmong([b602.low], b602.low)).toBe("B602/low");
  });

  it.each(SEVERITIES)("gives the plain id to a rule that always has severity %s", (severity) => {
    const finding = misconfigurationFinding({ severity });
    expect(idAmong([finding, b602.low], finding)).toBe("DS-0002");
  });

  it("gives the plain id to a rule of Bandit that is always low", () => {
    expect(idAmong([b101, b602.high, b602.low], b101)).toBe("B101");
  });

  it("keeps the plain id of an advisory that is rated anew", () => {
    const before = dependencyFinding({ severity: "unknown" });
    const after = dependencyFinding({ severity: "critical" });
    expect(idAmong([after], after)).toBe(idAmong([before], before));
  });

  it("tells apart the ratings of one advisory in one run", () => {
    const ratings = SEVERITIES.map((severity) => dependencyFinding({ severity }));
    expect(ratings.map(ruleNaming(ratings))).toEqual([
      "CVE-2019-14234",
      "CVE-2019-14234/high",
      "CVE-2019-14234/medium",
      "CVE-2019-14234/low",
      "CVE-2019-14234/unknown",
    ]);
  });

  it("does not depend on the order of findings", () => {
    const low = dependencyFinding({ severity: "low" });
    const high = dependencyFinding({ severity: "high" });
    expect(idAmong([low, high], low)).toBe(idAmong([high, low], low));
  });

  it("shows what is invisible in an id", () => {
    const finding = codeFinding({ rule: rule({ id: "a\u202Eb" }) });
    expect(idAmong([finding], finding)).toBe("a\\u202Eb");
  });
});
