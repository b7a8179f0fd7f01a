// Which pins of the base can make a dependency finding of the head an old one. Most need no lookup: what the head pins too, its own result tells of.

import type { DecodedFinding, DependencyFinding, Finding } from "../findings/finding.ts";
import { normalizeProjectName, packageKey, pypiPackage } from "../findings/package-ref.ts";
import type { Pin } from "../manifests/pin.ts";
import type { Comparison } from "./comparison.ts";

/** Pins of the base that findings of one run are compared with. */
export interface BasePins {
  /** The head pins none of these at any place: they must be looked up. */
  readonly unknown: readonly Pin[];
  /** The head pins the same package at the same version. */
  readonly known: readonly Pin[];
}

/**
 * Returns the base's pins of the packages that `findings` (of one run) are about, in the counterparts of their manifests. For a manifest without one they
 * are those in manifests that were deleted: it was moved, or is another format of lock.
 */
export function basePinsFor(findings: readonly Finding[], comparison: Comparison): BasePins {
  const { change, manifests, baseManifests } = comparison;
  const wanted = new Set<string>();
  for (const finding of findings) {
    if (finding.kind !== "dependency" || comparison.isUntouched(finding) || !comparison.isPinned(finding)) continue;
    wanted.add(placeOf(change.counterpart(finding.location.path)?.path ?? null, finding.package.name));
  }
  if (wanted.size === 0) return { unknown: [], known: [] };
  const atHead = new Set(manifests.pins.map(({ name, version }) => packageKey(name, version)));
  const ofBase = baseManifests.pins.filter(({ path, name }) => {
    return wanted.has(placeOf(path, name)) || (wanted.has(placeOf(null, name)) && change.headPath(path) === null);
  });
  const isKnown = ({ name, version }: Pin) => atHead.has(packageKey(name, version));
  return { unknown: ofBase.filter((pin) => !isKnown(pin)), known: ofBase.filter(isKnown) };
}

/** Null stands for every deleted manifest. */
function placeOf(path: string | null, name: string): string {
  return JSON.stringify([path, normalizeProjectName(name)]);
}

/** Returns what a run found at the head for these packages and versions, as it would have found it at the base's pins. */
export function recallFindings(known: readonly Pin[], findings: readonly Finding[]): DecodedFinding[] {
  const byKey = new Map<string, DependencyFinding[]>();
  for (const finding of findings) {
    if (finding.kind !== "dependency" || !finding.package.purl.startsWith("pkg:pypi/")) continue;
    const key = packageKey(finding.package.name, finding.package.version);
    const group = byKey.get(key) ?? [];
    byKey.set(key, group);
    // Every pin of one version has the same flaws, so those at one of them say it all.
    if (group[0] === undefined || isAtOnePlace(group[0], finding)) group.push(finding);
  }
  return known.flatMap(({ name, version, path, startLine, endLine }) =>
    (byKey.get(packageKey(name, version)) ?? []).map((finding) => ({
      ...finding,
      package: pypiPackage(name, version),
      location: { path, startLine, endLine },
    })),
  );
}

function isAtOnePlace({ location: a }: Finding, { location: b }: Finding): boolean {
  return a.path === b.path && a.startLine === b.startLine;
}
