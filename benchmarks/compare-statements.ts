// Compares what a scan found with what the three scanners state by hand: nothing they state may be missing, and what is more must have a reason.

import { gitFiles, packageKeyOf, type Stated } from "./by-hand.ts";

/** The part of report.json that is compared. */
export interface Report {
  readonly verdict: string;
  readonly findings: readonly ReportedFinding[];
  readonly gaps: readonly { readonly run: string | null; readonly path: string; readonly line: number | null; readonly reason: string }[];
}

export interface ReportedFinding {
  readonly kind: string;
  readonly rule: string;
  readonly severity: string;
  readonly confidence: string | null;
  readonly message: string;
  readonly path: string;
  readonly startLine: number;
  readonly scanners: readonly Stated["scanner"][];
  readonly package: { readonly name: string; readonly version: string } | null;
  readonly advisory: { readonly id: string; readonly aliases: readonly string[] } | null;
  readonly suppression: { readonly kind: string } | null;
}

/** A finding of a scan in the form of a statement. */
export interface Found extends Stated {
  readonly finding: ReportedFinding;
}

export interface Comparison {
  readonly missing: readonly Stated[];
  /** Findings that no scanner states by hand, with the reason where one is known. */
  readonly more: readonly (Found & { readonly reason: string | null })[];
}

/** Compares the report of the tree at `root` with statements about it. What is stated about files that git does not know is left out. */
export function compareStatements(root: string, { findings }: Report, stated: readonly Stated[]): Comparison {
  const tracked = new Set(gitFiles(root));
  const hand = stated.filter(({ key, ids }) => ids.length > 0 || tracked.has(key.slice(0, key.indexOf(":"))));
  const ours = findings.map(toFound);
  return { missing: without(hand, ours), more: without(ours, hand).map((found) => ({ ...found, reason: reasonFor(found.finding) })) };
}

function toFound(finding: ReportedFinding): Found {
  const { rule, path, startLine, scanners } = finding;
  const scanner = scanners[0] ?? "bandit";
  if (finding.package === null || finding.advisory === null) return { scanner, finding, key: `${path}:${startLine}:${rule}`, ids: [] };
  const key = packageKeyOf(finding.package.name, finding.package.version);
  return { scanner, finding, key, ids: [finding.advisory.id, ...finding.advisory.aliases] };
}

function same(a: Stated, b: Stated): boolean {
  return a.key === b.key && (a.ids.length === 0 || a.ids.some((id) => b.ids.includes(id)));
}

function without<One extends Stated>(from: readonly One[], other: readonly Stated[]): One[] {
  const byKey = new Map<string, Stated[]>();
  for (const one of other) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
  return from.filter((one) => !(byKey.get(one.key) ?? []).some((candidate) => same(one, candidate)));
}

/** Why a scan may find more than the scanners by hand do; null: no reason is known. */
function reasonFor({ kind, path, suppression }: ReportedFinding): string | null {
  if (suppression?.kind === "inline") return "a comment hides it from the scanner by hand";
  if (kind === "code" && !/\.pyw?$/u.test(path)) return "script without extension, which Bandit by hand does not open";
  if (kind === "secret") return "place that Trivy's built-in rules skip";
  if (kind === "dependency") return "pin in a form or file that the scanners by hand do not read";
  return null;
}
