// A policy in a few lines for people, so that they can see that it says what they meant. Pure; what it repeats of the file is untrusted text.

import { SCANNER_IDS } from "../findings/scanner-id.ts";
import { describeRule } from "./describe-rule.ts";
import { shortRuleName } from "./gate-rule.ts";
import type { GateRule, Policy } from "./policy.ts";
import { listShort } from "./shorten.ts";
import { EXPIRY_NOTICE_DAYS, isExpired, isExpiring } from "./suppression.ts";

/** What a policy itself does not know. */
export interface DescribeOptions {
  /** Whether the file says what fails; otherwise the input `fail-on` does. */
  readonly saysWhatFails: boolean;
  /** `YYYY-MM-DD` (UTC). */
  readonly today: string;
}

/** Returns one line per rule and per other part of the policy, in the order of the keys of a file. */
export function describePolicy(policy: Policy, { saysWhatFails, today }: DescribeOptions): string[] {
  const { gate, exclude, inline, assertsInTests } = policy;
  return [
    ...describeGate(gate.rules, saysWhatFails).map((line) => `fails on: ${line}`),
    `unknown severity: counts as ${gate.unknownAs}`,
    `incomplete scan: ${describeIncomplete(gate.incomplete)}`,
    `dependencies without a version to check: ${gate.unpinned}`,
    ...describeRequired(policy.require),
    `suppressions: ${describeSuppressions(policy, today)}`,
    `not scanned: ${exclude.length === 0 ? "nothing" : listShort(exclude)}`,
    `comments in the source that suppress: ${inline}`,
    `asserts in tests: ${assertsInTests}`,
    `limits: ${describeLimits(policy.limits)}`,
  ];
}

function describeGate(rules: readonly GateRule[], saysWhatFails: boolean): string[] {
  if (!saysWhatFails) return ["what the input `fail-on` says, by default findings of severity high or above"];
  if (rules.length === 0) return ["no finding"];
  return rules.map((rule) =>
    rule.name === shortRuleName(rule.severity) ? `findings of severity ${rule.severity} or above` : describeRule(rule),
  );
}

function describeIncomplete(incomplete: Policy["gate"]["incomplete"]): string {
  const own = SCANNER_IDS.filter((id) => incomplete[id] !== incomplete.default).map((id) => `${id} ${incomplete[id]}`);
  return [incomplete.default, ...own].join(", ");
}

function describeRequired({ scanners, path }: Policy["require"]): string[] {
  const parts = [...(scanners.length === 0 ? [] : [`the scanners ${scanners.join(", ")}`]), ...(path === null ? [] : [`the path ${path}`])];
  return parts.length === 0 ? [] : [`required: ${parts.join("; ")}`];
}

function describeSuppressions({ suppressions }: Policy, today: string): string {
  if (suppressions.length === 0) return "none";
  const counts = [
    { what: `end within ${EXPIRY_NOTICE_DAYS} days`, of: suppressions.filter((suppression) => isExpiring(suppression, today)) },
    { what: "expired", of: suppressions.filter((suppression) => isExpired(suppression, today)) },
    { what: "permanent", of: suppressions.filter(({ expires }) => expires === null) },
  ];
  return `${suppressions.length} (${counts.map(({ what, of }) => `${of.length} ${what}`).join(", ")})`;
}

function describeLimits({ nosec, permanent, databaseAgeDays: { trivy, safety } }: Policy["limits"]): string {
  const atMost = (limit: number | null) => (limit === null ? "any number of" : `at most ${limit}`);
  return `${atMost(nosec)} comments, ${atMost(permanent)} permanent suppressions, databases up to ${trivy} (Trivy) and ${safety} (Safety) days old`;
}
