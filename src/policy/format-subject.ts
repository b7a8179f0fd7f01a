// What a suppression is for, in words. It comes from a policy file: untrusted text.

import type { SuppressionSubject } from "./policy.ts";

/** Names what a suppression is for: `rule B101`, `gap legacy/**`. No two subjects have the same name. */
export function formatSubject(subject: SuppressionSubject): string {
  return `${subject.by} ${subjectValue(subject)}`;
}

/** Returns the rule, advisory, finding or glob that a suppression is for. */
export function subjectValue(subject: SuppressionSubject): string {
  switch (subject.by) {
    case "rule":
      return subject.rule;
    case "advisory":
      return subject.advisory;
    case "finding":
      return subject.finding;
    case "gap":
      return subject.gap;
  }
}
