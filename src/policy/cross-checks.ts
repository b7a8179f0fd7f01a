// What the shape of a policy cannot say: keys that exclude each other, duplicates, sums, and dates. It reads the value before anybody knows that its shape
// is right, so that every problem is told at once; what has the wrong type is the schema's to tell and passes here.

import { dayOf } from "../text/day-of.ts";
import { addDays } from "./days.ts";
import { SUBJECT_KEYS } from "./policy-schema.ts";
import type { Path } from "./policy-yaml.ts";

/** Something wrong with the value at a path. `part`: what of it the position points at. */
export interface PathProblem {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly message: string;
}

/** How far ahead a suppression may end: a year, leap day included. */
const LONGEST_SUPPRESSION_DAYS = 366;

/** Finds every problem between parts of a policy. `today`: YYYY-MM-DD. */
export function crossChecks(policy: unknown, today: string): PathProblem[] {
  const gate = member(policy, "gate");
  const suppressions = elements(member(policy, "suppressions"));
  return [
    ...oneForm(gate),
    ...repeatedNames(elements(member(gate, "rules"))),
    ...suppressions.flatMap((suppression, index) => [...subject(suppression, index), ...expiry(suppression, index, today)]),
    ...permanent(suppressions, member(member(policy, "limits"), "permanent")),
  ];
}

function oneForm(gate: unknown): PathProblem[] {
  if (!has(gate, "fail-on") || !has(gate, "rules")) return [];
  return [{ path: ["gate", "fail-on"], part: "key", message: "`gate` has both `fail-on` and `rules`. Keep one of them." }];
}

function repeatedNames(rules: readonly unknown[]): PathProblem[] {
  const first = new Map<string, number>();
  return rules.flatMap((rule, index) => {
    const name = member(rule, "name");
    if (typeof name !== "string") return [];
    const earlier = first.get(name.trim());
    if (earlier === undefined) first.set(name.trim(), index);
    const path = ["gate", "rules", index, "name"];
    return earlier === undefined
      ? []
      : [
          {
            path,
            part: "value",
            message: `\`gate.rules[${index}].name\` is also the name of \`gate.rules[${earlier}]\`. Give each rule its own.`,
          },
        ];
  });
}

function subject(suppression: unknown, index: number): PathProblem[] {
  if (typeof suppression !== "object" || suppression === null || Array.isArray(suppression)) return [];
  const path = ["suppressions", index];
  const keys = SUBJECT_KEYS.filter((key) => has(suppression, key));
  const names = SUBJECT_KEYS.map((key) => `\`${key}\``).join(", ");
  if (keys.length === 0)
    return [{ path, part: "value", message: `\`suppressions[${index}]\` does not say what it is for. Give one of ${names}.` }];
  if (keys.length > 1) {
    const given = keys.map((key) => `\`${key}\``).join(" and ");
    return [{ path: [...path, keys[1] ?? ""], part: "key", message: `\`suppressions[${index}]\` has ${given}. Keep one of them.` }];
  }
  if (keys[0] !== "gap" || !has(suppression, "package")) return [];
  return [
    {
      path: [...path, "package"],
      part: "key",
      message: `\`suppressions[${index}]\` has \`gap\` and \`package\`: a gap is in no package. Remove \`package\`.`,
    },
  ];
}

function expiry(suppression: unknown, index: number, today: string): PathProblem[] {
  const expires = member(suppression, "expires");
  if (typeof expires !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(expires)) return [];
  const message = expiryProblem(expires, today);
  return message === null
    ? []
    : [{ path: ["suppressions", index, "expires"], part: "value", message: `\`suppressions[${index}].expires\` ${message}` }];
}

/** Says what is wrong with the last day of a suppression, as the end of a sentence that begins with its name; null when it may stand in a policy. */
export function expiryProblem(date: string, today: string): string | null {
  const time = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(time) || dayOf(new Date(time)) !== date) return `is \`${date}\`, which is no day of the calendar.`;
  const latest = addDays(today, LONGEST_SUPPRESSION_DAYS);
  return date <= latest ? null : `is more than ${LONGEST_SUPPRESSION_DAYS} days ahead. Give a day up to ${latest}, or \`never\`.`;
}

function permanent(suppressions: readonly unknown[], limit: unknown): PathProblem[] {
  const endless = suppressions.flatMap((suppression, index) => (member(suppression, "expires") === "never" ? [index] : []));
  const first = typeof limit === "number" ? endless[Math.max(0, limit)] : undefined;
  if (first === undefined) return [];
  const message = `Suppressions that never expire: ${endless.length}, but \`limits.permanent\` is ${limit}. Give this one a date.`;
  return [{ path: ["suppressions", first, "expires"], part: "value", message }];
}

function has(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined;
}

function elements(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
