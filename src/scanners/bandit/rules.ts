// The rule a Bandit result violates: our own text where the check is known, a general one for a check of a newer Bandit.

import type { Rule } from "../../findings/finding.ts";
import type { BanditResult } from "./report.ts";
import { RULE_TEXTS } from "./rule-texts.ts";

/** Builds the rule of a result. */
export function banditRule(result: BanditResult): Rule {
  const { test_id: id, issue_cwe: cwe, more_info: page } = result;
  const text = RULE_TEXTS.get(id);
  const cwes = text === undefined ? (cwe.id === undefined ? [] : [cwe.id]) : [text.cwe];
  return {
    id,
    name: ruleName(result),
    title: text?.title ?? `Bandit check ${id}`,
    description: text?.why ?? "A check of Bandit that this version of sarif-gate does not describe; its documentation does.",
    help: text?.help ?? "See the documentation of the check.",
    ...(page.startsWith("https://") ? { helpUri: page } : {}),
    cwes,
  };
}

/** Every check of a call or an import is named "blacklist" in the report; its own name stands only in the address of its documentation. */
function ruleName({ test_id: id, test_name: name, more_info: page }: BanditResult): string {
  if (name !== "" && name !== "blacklist") return name;
  return /#b\d{3}(?:-b\d{3})?-([a-z0-9-]+)$/.exec(page)?.[1] ?? id;
}
