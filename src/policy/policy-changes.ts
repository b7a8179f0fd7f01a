// What a change does to the policy it is judged by: every difference, and whether it counts in this run. Decides no verdict; that is the worse one of both policies.

import { SCANNER_IDS } from "../findings/scanner-id.ts";
import { severityRank } from "../findings/severity.ts";
import type { Policy } from "./policy.ts";
import type { PolicyChange } from "./policy-change.ts";
import { ruleChanges } from "./rule-changes.ts";
import { shorten } from "./shorten.ts";
import { suppressionChanges } from "./suppression-changes.ts";

/** Lists every difference in the order of the keys of a policy file; where a policy is stricter in one way and looser in another, one of each. */
export function policyChanges(base: Policy, head: Policy): PolicyChange[] {
  return [
    ...ruleChanges(base.gate.rules, head.gate.rules),
    ...valueChange("gate.unknown-severity", base.gate.unknownAs, head.gate.unknownAs, severityRank),
    ...incompleteChanges(base.gate.incomplete, head.gate.incomplete),
    ...valueChange("gate.unpinned", base.gate.unpinned, head.gate.unpinned, rankIn(["notice", "fail"])),
    ...setChanges("require.scanners", base.require.scanners, head.require.scanners, "applies"),
    ...requiredPathChanges(base.require.path, head.require.path),
    ...suppressionChanges(base.suppressions, head.suppressions),
    ...setChanges("exclude", base.exclude, head.exclude, "ignored"),
    ...valueChange("inline", base.inline, head.inline, rankIn(["honour", "existing", "ignore"])),
    ...valueChange("asserts-in-tests", base.assertsInTests, head.assertsInTests, rankIn(["ignore", "report"])),
    ...limitChanges(base.limits, head.limits),
  ];
}

/** One value in the place of another; the one that ranks higher is the stricter. */
function valueChange<Value extends string | number | null>(
  key: string,
  base: Value,
  head: Value,
  rank: (value: Value) => number,
): PolicyChange[] {
  if (base === head) return [];
  const shown = (value: Value) => (value === null ? null : String(value));
  return [{ key, base: shown(base), head: shown(head), effect: rank(head) > rank(base) ? "applies" : "ignored" }];
}

/** Ranks words by their place in a list that goes from loose to strict. */
function rankIn<Word extends string>(looseToStrict: readonly Word[]): (word: Word) => number {
  return (word) => looseToStrict.indexOf(word);
}

/** What was added to or removed from a list whose order means nothing. Removing has the opposite effect of adding. */
function setChanges(key: string, base: readonly string[], head: readonly string[], adding: PolicyChange["effect"]): PolicyChange[] {
  const removing = adding === "applies" ? "ignored" : "applies";
  const removed = [...new Set(base)].filter((element) => !head.includes(element));
  const added = [...new Set(head)].filter((element) => !base.includes(element));
  return [
    ...removed.map((element) => ({ key, base: shorten(element), head: null, effect: removing }) as const),
    ...added.map((element) => ({ key, base: null, head: shorten(element), effect: adding }) as const),
  ];
}

/** A scanner that follows `default` in both policies is not told beside it. */
function incompleteChanges(base: Policy["gate"]["incomplete"], head: Policy["gate"]["incomplete"]): PolicyChange[] {
  const own = SCANNER_IDS.filter((id) => base[id] !== base.default || head[id] !== head.default);
  return (["default", ...own] as const).flatMap((id) => valueChange(`gate.incomplete.${id}`, base[id], head[id], rankIn(["warn", "fail"])));
}

/** A directory asks for more than one inside it, for less than one around it, and for something else than one beside it. */
function requiredPathChanges(base: string | null, head: string | null): PolicyChange[] {
  const key = "require.path";
  if (base === head) return [];
  if (base === null || (head !== null && holds(head, base))) return [{ key, base, head, effect: "applies" }];
  if (head === null || holds(base, head)) return [{ key, base, head, effect: "ignored" }];
  return [
    { key, base, head: null, effect: "ignored" },
    { key, base: null, head, effect: "applies" },
  ];
}

function holds(outer: string, inner: string): boolean {
  return outer === "." || inner.startsWith(`${outer}/`);
}

function limitChanges(base: Policy["limits"], head: Policy["limits"]): PolicyChange[] {
  const smaller = (limit: number | null) => -(limit ?? Number.POSITIVE_INFINITY);
  const ages = (["trivy", "safety"] as const).flatMap((id) =>
    valueChange(`limits.database-age-days.${id}`, base.databaseAgeDays[id], head.databaseAgeDays[id], smaller),
  );
  return [
    ...valueChange("limits.nosec", base.nosec, head.nosec, smaller),
    ...valueChange("limits.permanent", base.permanent, head.permanent, smaller),
    ...ages,
  ];
}
