// How the suppressions of two policies differ. One is stricter than another only when it provably suppresses no more and no longer.

import { compareText } from "../text/compare-text.ts";
import { formatSubject } from "./format-subject.ts";
import type { Suppression } from "./policy.ts";
import type { PolicyChange } from "./policy-change.ts";
import { listShort, shorten } from "./shorten.ts";

type Pair = readonly [Suppression | undefined, Suppression | undefined];

/** Lists what became of every suppression: first those of the base in their order, then what the head adds. */
export function suppressionChanges(base: readonly Suppression[], head: readonly Suppression[]): PolicyChange[] {
  return paired(base, head).flatMap(([ofBase, ofHead]) => change(ofBase, ofHead));
}

/** Matches equal ones, then those for the same subject and place, then those for the same subject; each at most once. */
function paired(base: readonly Suppression[], head: readonly Suppression[]): Pair[] {
  const partners = new Map<Suppression, Suppression>();
  const taken = new Set<Suppression>();
  for (const keyOf of [wholeKey, placeKey, subjectOf]) {
    const waiting = new Map<string, Suppression[]>();
    for (const ofHead of head) if (!taken.has(ofHead)) waiting.set(keyOf(ofHead), [...(waiting.get(keyOf(ofHead)) ?? []), ofHead]);
    for (const ofBase of base) {
      const partner = partners.has(ofBase) ? undefined : waiting.get(keyOf(ofBase))?.shift();
      if (partner === undefined) continue;
      partners.set(ofBase, partner);
      taken.add(partner);
    }
  }
  return [
    ...base.map((ofBase): Pair => [ofBase, partners.get(ofBase)]),
    ...head.flatMap((ofHead): Pair[] => (taken.has(ofHead) ? [] : [[undefined, ofHead]])),
  ];
}

function placeKey(suppression: Suppression): string {
  return JSON.stringify([subjectOf(suppression), suppression.paths.toSorted(compareText), suppression.package]);
}

/** All but its line, which moves when anything above it changes. */
function wholeKey(suppression: Suppression): string {
  return JSON.stringify([placeKey(suppression), suppression.expires, suppression.reason]);
}

function change(ofBase: Suppression | undefined, ofHead: Suppression | undefined): PolicyChange[] {
  if (ofBase !== undefined && ofHead !== undefined && wholeKey(ofBase) === wholeKey(ofHead)) return [];
  const stricter = ofHead === undefined || (ofBase !== undefined && isWithin(ofHead, ofBase));
  const reasonToo = ofBase !== undefined && ofHead !== undefined && describe(ofBase) === describe(ofHead);
  const shown = (one: Suppression | undefined) =>
    one === undefined ? null : shorten(reasonToo ? `${describe(one)}: ${one.reason}` : describe(one));
  return [{ key: "suppressions", base: shown(ofBase), head: shown(ofHead), effect: stricter ? "applies" : "ignored" }];
}

function isWithin(inner: Suppression, outer: Suppression): boolean {
  const pathsWithin = outer.paths.length === 0 || (inner.paths.length > 0 && inner.paths.every((glob) => outer.paths.includes(glob)));
  const packageWithin = outer.package === null || inner.package === outer.package;
  const endsBefore = outer.expires === null || (inner.expires !== null && inner.expires <= outer.expires);
  return subjectOf(inner) === subjectOf(outer) && pathsWithin && packageWithin && endsBefore;
}

function subjectOf({ subject }: Suppression): string {
  return formatSubject(subject);
}

/** `rule B101 in tests/** until 2027-06-30`. */
function describe({ subject, paths, package: name, expires }: Suppression): string {
  const where = paths.length === 0 ? "" : ` in ${listShort(paths)}`;
  const of = name === null ? "" : ` of package ${name}`;
  return `${formatSubject(subject)}${of}${where} ${expires === null ? "without an end" : `until ${expires}`}`;
}
