// Two scanners that name one flaw in one package in one manifest make one finding. Nothing is dropped: the other report stays, annotated.

import { compareText } from "../text/compare-text.ts";
import { type Advisory, advisoryIds } from "./advisory.ts";
import type { DependencyFinding, Finding } from "./finding.ts";
import { packageKey } from "./package-ref.ts";
import type { ScannerId } from "./scanner-id.ts";
import type { MovedFrom, Novelty, Triage, TriagedFinding } from "./triaged-finding.ts";

/** Trivy rates and dates its advisories best, so its report is the one that stays open (product.md, "Duplicate"). */
const PREFERENCE: readonly ScannerId[] = ["trivy", "safety", "bandit"];

/** Most findings have one reporter and are compared with nothing: one triage for all of those, because there may be tens of thousands. */
const ALONE: Readonly<Record<ScannerId, Triage>> = {
  bandit: { state: "open", scanners: ["bandit"], novelty: null },
  safety: { state: "open", scanners: ["safety"], novelty: null },
  trivy: { state: "open", scanners: ["trivy"], novelty: null },
};

interface Group {
  readonly primary: DependencyFinding;
  /** Earlier ones have the lower number. */
  readonly order: number;
  readonly others: DependencyFinding[];
}

/**
 * The groups of a package in a manifest, by scanner and id of the primary: by its own id, and the first by any of its ids. By ids of the primary alone, so that
 * two advisories of its own scanner never melt into one.
 */
interface GroupIndex {
  readonly byOwnId: Map<string, Group>;
  readonly byAnyId: Map<string, Group>;
}

/**
 * Annotates every finding as `open` or as `duplicate` of an open one. Two dependency findings are one when package name (PEP 503), version (PEP 440),
 * manifest and any alias (CVE, GHSA, PYSEC, Safety id) agree and they come from different scanners, or from one that listed the same id twice.
 * The order of the result is that of the argument; which report stays open does not depend on it. `comparedOf` says what the base knows of a
 * finding; of a problem with several reports, the one that stays open is asked.
 */
export function deduplicate(findings: readonly Finding[], comparedOf: ComparedOf = () => null): TriagedFinding[] {
  const groups: GroupIndex = { byOwnId: new Map(), byAnyId: new Map() };
  const groupOf = new Map<DependencyFinding, Group>();
  for (const finding of findings.filter(isDependency).sort(byPreference)) {
    const place = placeOf(finding);
    const known = findGroup(groups, place, finding);
    known?.others.push(finding);
    groupOf.set(finding, known ?? addGroup(groups, place, { primary: finding, order: groupOf.size, others: [] }));
  }
  return findings.map((finding) => triaged(finding, isDependency(finding) ? groupOf.get(finding) : undefined, comparedOf));
}

function isDependency(finding: Finding): finding is DependencyFinding {
  return finding.kind === "dependency";
}

/** One scanner lists two flaws under two ids even where their aliases overlap; only an equal id makes them one. */
function findGroup({ byOwnId, byAnyId }: GroupIndex, place: string, finding: DependencyFinding): Group | undefined {
  const others = PREFERENCE.filter((scanner) => scanner !== finding.scanner);
  const candidates = [
    byOwnId.get(groupKey(place, finding.scanner, finding.advisory.id)),
    ...advisoryIds(finding.advisory).flatMap((id) => others.map((scanner) => byAnyId.get(groupKey(place, scanner, id)))),
  ];
  return candidates.reduce((first, group) => (first === undefined || (group !== undefined && group.order < first.order) ? group : first));
}

function addGroup({ byOwnId, byAnyId }: GroupIndex, place: string, group: Group): Group {
  const { primary } = group;
  byOwnId.set(groupKey(place, primary.scanner, primary.advisory.id), group);
  for (const key of advisoryIds(primary.advisory).map((id) => groupKey(place, primary.scanner, id))) {
    if (!byAnyId.has(key)) byAnyId.set(key, group);
  }
  return group;
}

function placeOf({ run, location, package: { name, version } }: DependencyFinding): string {
  return JSON.stringify([run === "trivy-image", location.path, packageKey(name, version)]);
}

/** The place is JSON and a scanner's id is one word, so no two keys are spelled alike. */
function groupKey(place: string, scanner: ScannerId, id: string): string {
  return `${place} ${scanner} ${id}`;
}

/** What the base knows of a finding; null where nothing is compared. */
type ComparedOf = (finding: Finding) => { readonly novelty: Novelty; readonly movedFrom?: MovedFrom } | null;

function triaged(finding: Finding, group: Group | undefined, comparedOf: ComparedOf): TriagedFinding {
  const compared = comparedOf(finding);
  if (group === undefined) {
    const { scanner } = finding;
    return { ...finding, triage: compared === null ? ALONE[scanner] : { state: "open", scanners: [scanner], ...compared } };
  }
  if (group.primary !== finding) return { ...finding, triage: { state: "duplicate", of: group.primary.id } };
  const scanners = new Set([finding.scanner, ...group.others.map((other) => other.scanner)]);
  return {
    ...group.primary,
    advisory: mergeAdvisories(group.primary.advisory, group.others),
    triage: { state: "open", scanners: PREFERENCE.filter((scanner) => scanners.has(scanner)), novelty: null, ...compared },
  };
}

/** The primary's own record wins; aliases are united, and what the primary does not know (score, fix) is taken from the others. */
function mergeAdvisories(primary: Advisory, others: readonly DependencyFinding[]): Advisory {
  const ids = new Set([primary, ...others.map((other) => other.advisory)].flatMap(advisoryIds));
  ids.delete(primary.id);
  const cvss = primary.cvss ?? others.find((other) => other.advisory.cvss !== undefined)?.advisory.cvss;
  const url = primary.url ?? others.find((other) => other.advisory.url !== undefined)?.advisory.url;
  const fixed = primary.fixedVersions.length > 0 ? primary.fixedVersions : others.flatMap((other) => other.advisory.fixedVersions);
  return {
    id: primary.id,
    aliases: [...ids].sort(),
    fixedVersions: [...new Set(fixed)],
    ...(url === undefined ? {} : { url }),
    ...(cvss === undefined ? {} : { cvss }),
  };
}

/** The line goes before the id, so that all flaws of a package that is pinned twice stand open at its first pin. */
function byPreference(a: DependencyFinding, b: DependencyFinding): number {
  return (
    PREFERENCE.indexOf(a.scanner) - PREFERENCE.indexOf(b.scanner) || a.location.startLine - b.location.startLine || compareText(a.id, b.id)
  );
}
