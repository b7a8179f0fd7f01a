// How the rules of the gate differ between two policies. A rule is stricter than another only when it provably counts all that the other counts.

import { severityRank } from "../findings/severity.ts";
import { describeRule } from "./describe-rule.ts";
import { CONFIDENCE_RANKS, shortRuleName } from "./gate-rule.ts";
import type { GateRule } from "./policy.ts";
import type { PolicyChange } from "./policy-change.ts";
import { shorten } from "./shorten.ts";

/** Lists what became of every rule, by name, in the order of the base and then of the head. Of two short forms the severities are compared. */
export function ruleChanges(base: readonly GateRule[], head: readonly GateRule[]): PolicyChange[] {
  if (isShortForm(base) && isShortForm(head)) return shortFormChange(base[0], head[0]);
  const heads = new Map(head.map((rule) => [rule.name, rule]));
  const bases = new Set(base.map(({ name }) => name));
  return [
    ...base.flatMap((rule) => changed(rule, heads.get(rule.name))),
    ...head.flatMap((rule) => (bases.has(rule.name) ? [] : [added(rule)])),
  ];
}

/** `fail-on: never` has no rule. */
function isShortForm(rules: readonly GateRule[]): boolean {
  return rules.every((rule) => rules.length === 1 && rule.name === shortRuleName(rule.severity));
}

function shortFormChange(base: GateRule | undefined, head: GateRule | undefined): PolicyChange[] {
  const rank = (rule: GateRule | undefined) => (rule === undefined ? Number.POSITIVE_INFINITY : severityRank(rule.severity));
  if (rank(base) === rank(head)) return [];
  const shown = (rule: GateRule | undefined) => rule?.severity ?? "never";
  return [{ key: "gate.fail-on", base: shown(base), head: shown(head), effect: rank(head) < rank(base) ? "applies" : "ignored" }];
}

function changed(base: GateRule, head: GateRule | undefined): PolicyChange[] {
  if (head === undefined) return [removed(base)];
  const [stricter, looser] = [covers(head, base), covers(base, head)];
  if (stricter && looser) return [];
  if (!stricter && !looser) return [removed(base), added(head)];
  return [{ key: "gate.rules", base: describe(base), head: describe(head), effect: stricter ? "applies" : "ignored" }];
}

function removed(rule: GateRule): PolicyChange {
  return { key: "gate.rules", base: describe(rule), head: null, effect: "ignored" };
}

function added(rule: GateRule): PolicyChange {
  return { key: "gate.rules", base: null, head: describe(rule), effect: "applies" };
}

/** Whether `outer` is violated wherever `inner` is. What a glob matches is not worked out: only equal ones are known to match the same. */
function covers(outer: GateRule, inner: GateRule): boolean {
  return (
    holdsAll(outer.kinds, inner.kinds) &&
    holdsAll(outer.targets, inner.targets) &&
    holdsAll(outer.scanners, inner.scanners) &&
    (outer.paths.length === 0 || (inner.paths.length > 0 && holdsAll(outer.paths, inner.paths))) &&
    holdsAll(inner.exceptPaths, outer.exceptPaths) &&
    severityRank(outer.severity) <= severityRank(inner.severity) &&
    confidenceRank(outer) <= confidenceRank(inner) &&
    (outer.scope === inner.scope || outer.scope === "all" || inner.scope === "new") &&
    (!outer.onlyFixable || inner.onlyFixable) &&
    outer.max <= inner.max
  );
}

function holdsAll(outer: readonly string[], inner: readonly string[]): boolean {
  return inner.every((element) => outer.includes(element));
}

function confidenceRank({ confidence }: GateRule): number {
  return confidence === null ? 0 : CONFIDENCE_RANKS[confidence];
}

function describe(rule: GateRule): string {
  return shorten(describeRule(rule));
}
