// How the suppressions of two policies differ. One is stricter than another only when it provably suppresses no more and no longer.

import { compareText } from "../text/compare-text.ts";
import type { Suppression, SuppressionSubject } from "./policy.ts";
import type { PolicyChange } from "./policy-change.ts";
import { listShort, shorten } from "./shorten.ts";

type Pair = readonly [Suppression | undefined, Suppression | undefined];

/** Lists what became of every suppression: first those of the base in their order, then what the head adds. */
export function suppressionChanges(base: readonly Suppression[], head: readonly Suppression[]): PolicyChange[] {
  return paired(base, head).flatMap(([before, after]) => change(before, after));
}

/** Matches equal ones, then those for the same subject and place, then those for the same subject; each at most once. */
function paired(base: readonly Suppression[], head: readonly Suppression[]): Pair[] {
  const partners = new Map<Suppression, Suppression>();
  const taken = new Set<Suppression>();
  for (const keyOf of [wholeKey, placeKey, subjectKey]) {
    const waiting = new Map<string, Suppression[]>();
    for (const after of head) if (!taken.has(after)) waiting.set(keyOf(after), [...(waiting.get(keyOf(after)) ?? []), after]);
    for (const before of base) {
      const partner = partners.has(before) ? undefined : waiting.get(keyOf(before))?.shift();
      if (partner === undefined) continue;
      partners.set(before, partner);
      taken.add(partner);
    }
  }
  return [
    ...base.map((before): Pair => [before, partners.get(before)]),
    ...head.flatMap((after): Pair[] => (taken.has(after) ? [] : [[undefined, after]])),
  ];
}

function subjectKey({ subject }: Suppression): string {
  return JSON.stringify([subject.by, subjectText(subject)]);
}

function placeKey(suppression: Suppression): string {
  return JSON.stringify([subjectKey(suppression), suppression.paths.toSorted(compareText), suppression.package]);
}

/** All but its line, which moves when anything above it changes. */
function wholeKey(suppression: Suppression): string {
  return JSON.stringify([placeKey(suppression), suppression.expires, suppression.reason]);
}

function change(before: Suppression | undefined, after: Suppression | undefined): PolicyChange[] {
  if (before !== undefined && after !== undefined && wholeKey(before) === wholeKey(after)) return [];
  const stricter = after === undefined || (before !== undefined && isWithin(after, before));
  const reasonToo = before !== undefined && after !== undefined && describe(before) === describe(after);
  const shown = (one: Suppression | undefined) =>
    one === undefined ? null : shorten(reasonToo ? `${describe(one)}: ${one.reason}` : describe(one));
  return [{ key: "suppressions", base: shown(before), head: shown(after), effect: stricter ? "applies" : "ignored" }];
}

function isWithin(inner: Suppression, outer: Suppression): boolean {
  const pathsWithin = outer.paths.length === 0 || (inner.paths.length > 0 && inner.paths.every((glob) => outer.paths.includes(glob)));
  const packageWithin = outer.package === null || inner.package === outer.package;
  const endsBefore = outer.expires === null || (inner.expires !== null && inner.expires <= outer.expires);
  return subjectKey(inner) === subjectKey(outer) && pathsWithin && packageWithin && endsBefore;
}

function subjectText(subject: SuppressionSubject): string {
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

/** `B101 in tests/** until 2027-06-30`. */
function describe({ subject, paths, package: name, expires }: Suppression): string {
  const what = subject.by === "gap" || subject.by === "finding" ? `${subject.by} ${subjectText(subject)}` : subjectText(subject);
  const where = paths.length === 0 ? "" : ` in ${listShort(paths)}`;
  const of = name === null ? "" : ` of package ${name}`;
  return `${what}${of}${where} ${expires === null ? "without an end" : `until ${expires}`}`;
}
