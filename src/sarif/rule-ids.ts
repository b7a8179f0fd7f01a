// The ids of rules in SARIF. GitHub reads severity from the rule, so findings of one rule that differ in severity need rules of their own; and an alert
// lives as long as its rule id, so an id must not depend on what else was found.

import type { Finding } from "../findings/finding.ts";
import { SEVERITIES, type Severity } from "../findings/severity.ts";
import { printable } from "../text/printable.ts";
import { remember } from "../text/remember.ts";

/**
 * The checks of Bandit whose findings differ in severity (Bandit 1.9.4, every other check has one): read from its plugins, where each rates its worst
 * case high.
 */
const GRADED_RULES: ReadonlySet<string> = new Set(["B103", "B202", "B324", "B502", "B505", "B602", "B605"]);

/**
 * Names the rules of one run: `B602`, or `B602/low` for findings that are less than the rule's own severity. That severity is
 * - high for the graded rules above, so the id follows from rule and severity alone, and no other finding can change it;
 * - for every other rule whatever its findings have, because there it is a fact of the rule or advisory: the id stays when the advisory is rated anew.
 *   Where a run rates one such rule in two ways after all (a distribution and a language's index about one CVE in an image), the most severe keeps the plain id.
 *
 * `findings` are all of the run, those that will not be in the log too: neither the upload's limits nor duplicates change an id.
 */
export function ruleNaming(findings: readonly Finding[]): (finding: Finding) => string {
  const plainId = remember(printable);
  const own = new Map<string, Severity>();
  for (const { rule, severity } of findings) {
    if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(own.get(rule.id) ?? "unknown")) own.set(rule.id, severity);
  }
  return ({ rule, severity }) => {
    const plain = GRADED_RULES.has(rule.id) ? "high" : (own.get(rule.id) ?? severity);
    return severity === plain ? plainId(rule.id) : `${plainId(rule.id)}/${severity}`;
  };
}
