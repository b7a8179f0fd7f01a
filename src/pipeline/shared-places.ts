// Which tracked names are one file on this disk. Where a file system does not tell upper from lower case, or one Unicode normalisation from another, git
// checks out only one of `A.py` and `a.py`, and both names show it: the other content was never looked at.

import type { Gap } from "../findings/coverage.ts";
import { compareText } from "../text/compare-text.ts";
import { nameSome } from "./name-some.ts";

/** Returns a gap for each such name, in the order of paths. `place` tells where on the disk a path stands, and is asked only where names are alike. */
export function findSharedPlaces(tracked: readonly string[], place: (path: string) => string | null): Gap[] {
  const alike = groupBy(new Set(tracked), fold).filter(isShared);
  const shared = alike.flatMap((names) => groupBy(names, place).filter(isShared));
  return shared.flatMap((names) => names.map((name) => gapOf(name, names))).sort((a, b) => compareText(a.path, b.path));
}

function gapOf(path: string, names: readonly string[]): Gap {
  return {
    path,
    reason: `shares its place on this file system with ${nameSome(names.filter((name) => name !== path))}: only one of them was looked at`,
    remedy: "Rename one of them, or scan on a file system that tells upper and lower case apart.",
  };
}

/** At least as coarse as file systems are: both conversions in turn also fold what either one keeps apart, like `ς` and `σ`, `ß` and `ẞ`. */
function fold(name: string): string {
  return name.toLowerCase().toUpperCase().normalize("NFC");
}

function isShared(names: readonly string[]): boolean {
  return names.length > 1;
}

/** Leaves out what has no key. */
function groupBy(names: Iterable<string>, keyOf: (name: string) => string | null): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = keyOf(name);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  return [...groups.values()];
}
