// A rule of the gate in one line of words, for people who compare or check policies. It says nothing that the rule leaves open.

import { SCANNER_IDS } from "../findings/scanner-id.ts";
import { compareText } from "../text/compare-text.ts";
import { type GateRule, KINDS, TARGETS } from "./policy.ts";
import { listShort } from "./shorten.ts";

/** `no risky code: code, severity medium, in src/**, at most 3`. What a rule does not narrow is left out. */
export function describeRule(rule: GateRule): string {
  const parts = [
    rule.kinds.length === KINDS.length ? [] : [listShort(rule.kinds)],
    [`severity ${rule.severity}`],
    rule.confidence === null ? [] : [`confidence ${rule.confidence}`],
    rule.targets.length === TARGETS.length ? [] : [`target ${listShort(rule.targets)}`],
    rule.scanners.length === SCANNER_IDS.length ? [] : [`by ${listShort(rule.scanners)}`],
    rule.scope === null ? [] : [`scope ${rule.scope}`],
    rule.onlyFixable ? ["with a fix"] : [],
    rule.max === 0 ? [] : [`at most ${rule.max}`],
    rule.paths.length === 0 ? [] : [`in ${listShort(rule.paths.toSorted(compareText))}`],
    rule.exceptPaths.length === 0 ? [] : [`not in ${listShort(rule.exceptPaths.toSorted(compareText))}`],
  ];
  return `${rule.name}: ${parts.flat().join(", ")}`;
}
