// What gates, or what a run found, as a person mends it: findings one by one, but all flaws of one package in one place as one entry,
// because a package is upgraded once.

import type { RunGap } from "../findings/coverage.ts";
import type { DependencyFinding, DependencyPart, Finding } from "../findings/finding.ts";
import { packageKey } from "../findings/package-ref.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { GapStanding } from "../policy/judged-gap.ts";
import type { CommonFix } from "./fix.ts";
import { commonFix, fixNote } from "./fix.ts";
import type { ScanReport } from "./scan-report.ts";

/** One finding, or several in one package: then all are of kind `dependency` and of one package, version, path and line. */
export interface GatingEntry {
  /** The most severe one. */
  readonly first: TriagedFinding;
  /** All of them, `first` included, most severe first. */
  readonly findings: readonly TriagedFinding[];
}

/** Returns what violates the policy, most severe first, each finding once however many rules it violates. */
export function gatingEntries(report: ScanReport): GatingEntry[] {
  return entriesOf(gatingFindings(report));
}

/** Puts findings together that are mended together; the order is that of the findings, which must be most severe first. */
export function entriesOf(ordered: readonly TriagedFinding[]): GatingEntry[] {
  const entries = new Map<string, TriagedFinding[]>();
  for (const finding of ordered) {
    const key = finding.kind === "dependency" ? packageAt(finding) : finding.id;
    const entry = entries.get(key);
    if (entry === undefined) entries.set(key, [finding]);
    else entry.push(finding);
  }
  return [...entries.values()].flatMap((findings) => (findings[0] === undefined ? [] : [{ first: findings[0], findings }]));
}

/** Returns every finding that violates a rule, once, in the gate's order. */
export function gatingFindings(report: ScanReport): TriagedFinding[] {
  const violated = report.gate.reasons.flatMap((reason) => (reason.code === "rule-violated" ? reason.findings : []));
  return [...new Map(violated.map((finding) => [finding.id, finding])).values()];
}

/** Returns the version that closes as many of an entry's advisories as have a fix, or null when none is known. */
export function entryFix({ first, findings }: GatingEntry): CommonFix | null {
  if (first.kind !== "dependency") return null;
  return commonFix(
    findings.flatMap((finding) => (finding.kind === "dependency" ? [finding.advisory.fixedVersions] : [])),
    first.package,
  );
}

/** Says what to mind with a fix and what brings the package in; empty when there is nothing to say. Untrusted text. */
export function packageNote(finding: DependencyFinding, fix: CommonFix | null): string {
  const note = fix === null ? null : fixNote(finding, fix.version);
  return note ?? (finding.introducedBy === undefined ? "" : `It comes with ${finding.introducedBy.join(", ")}.`);
}

/** Names who reports an entry, as ` (trivy, safety)`; empty for a single scanner. */
export function formatScanners({ first, findings }: GatingEntry): string {
  const others = findings.flatMap(({ triage }) => (triage.state === "duplicate" ? [] : triage.scanners));
  const scanners = new Set([first.scanner, ...others]);
  return scanners.size === 1 ? "" : ` (${[...scanners].join(", ")})`;
}

/** Says that a comment asks to pass over an open finding; empty when none does. */
export function refusedComment({ commentLine, triage }: TriagedFinding): string {
  if (commentLine === undefined || triage.state !== "open") return "";
  return `The comment in line ${commentLine} asks to pass over it, and is not honoured.`;
}

/** A message about several places: the text once, all places it holds for. */
export interface Remark {
  readonly message: string;
  readonly remedy: string;
  /** Paths with their lines, untrusted; a run's name where there is no path. */
  readonly places: readonly string[];
}

/** Titles of the gaps by what they count for, those that make the verdict `error` first. */
export const GAP_TITLES: readonly (readonly [GapStanding, string])[] = [
  ["counts", "Not covered"],
  ["warned", "Not covered, which the policy only warns of"],
  ["unchanged", "Not covered, in files that are the same at the base"],
  ["accepted", "Not covered, which the policy accepts"],
];

/** Returns the gaps, those with the same reason and remedy as one remark, in the report's order. */
export function gapRemarks(gaps: readonly RunGap[]): Remark[] {
  return remarks(gaps.map((gap) => ({ message: gap.reason, remedy: gap.remedy ?? "", place: placeOf(gap, gap.run) })));
}

/** Returns the notices of the tree and of the runs, those with the same message as one remark. */
export function noticeRemarks({ runs, notices }: Pick<ScanReport, "runs" | "notices">): Remark[] {
  const ofRuns = runs.flatMap((run) => run.notices.map((notice) => ({ notice, run: run.run })));
  const all = [...notices.map((notice) => ({ notice, run: undefined })), ...ofRuns];
  return remarks(all.map(({ notice, run }) => ({ message: notice.message, remedy: "", place: placeOf(notice, run) })));
}

function remarks(single: readonly { message: string; remedy: string; place: string }[]): Remark[] {
  const grouped = new Map<string, { message: string; remedy: string; places: string[] }>();
  for (const { message, remedy, place } of single) {
    const key = JSON.stringify([message, remedy]);
    const remark = grouped.get(key);
    if (remark === undefined) grouped.set(key, { message, remedy, places: [place] });
    else remark.places.push(place);
  }
  return [...grouped.values()];
}

function placeOf({ path, line }: { readonly path?: string; readonly line?: number }, run: string | undefined): string {
  if (path === undefined) return run ?? "";
  return line === undefined ? path : `${path}:${line}`;
}

function packageAt(finding: Finding & DependencyPart): string {
  const { path, startLine } = finding.location;
  return JSON.stringify([finding.run === "trivy-image", path, startLine, packageKey(finding.package.name, finding.package.version)]);
}
