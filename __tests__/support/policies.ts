// Policies and facts for tests of what judges: complete, mild, and changed in one place each.

import type { Facts } from "../../src/policy/facts.ts";
import { RULE_ABOUT_EVERYTHING, shortRuleName } from "../../src/policy/gate-rule.ts";
import type { GateRule, Policy, Suppression } from "../../src/policy/policy.ts";
import { completedRun } from "./findings.ts";

export const TODAY = "2026-11-21";

/** A rule about every finding of severity high or above. */
export function gateRule(overrides: Partial<GateRule> = {}): GateRule {
  const severity = overrides.severity ?? "high";
  return { ...RULE_ABOUT_EVERYTHING, severity, name: shortRuleName(severity), ...overrides };
}

/** A policy with the one rule `fail-on: high` and everything else at its default. */
export function policy(
  overrides: Partial<Omit<Policy, "gate" | "limits">> & { gate?: Partial<Policy["gate"]>; limits?: Partial<Policy["limits"]> } = {},
): Policy {
  const { gate, limits, ...rest } = overrides;
  return {
    source: "policy.yml",
    gate: {
      rules: [gateRule()],
      unknownAs: "high",
      incomplete: { default: "fail", bandit: "fail", safety: "fail", trivy: "fail" },
      unpinned: "notice",
      ...gate,
    },
    require: { scanners: [], path: null },
    suppressions: [],
    exclude: [],
    inline: "honour",
    assertsInTests: "ignore",
    limits: { nosec: null, permanent: null, databaseAgeDays: { trivy: 7, safety: 45 }, ...limits },
    ...rest,
  };
}

/** A suppression of the rule B602 everywhere, for good. */
export function suppression(overrides: Partial<Suppression> = {}): Suppression {
  return { subject: { by: "rule", rule: "B602" }, paths: [], package: null, reason: "reviewed", expires: null, line: 1, ...overrides };
}

/** A complete scan of everything that found nothing. */
export function facts(overrides: Partial<Facts> = {}): Facts {
  return {
    findings: [],
    runs: [completedRun("bandit"), completedRun("safety"), completedRun("trivy")],
    gaps: [],
    unpinned: [],
    comments: [],
    scope: "all",
    looksAtEverything: true,
    baseError: null,
    today: TODAY,
    ...overrides,
  };
}
