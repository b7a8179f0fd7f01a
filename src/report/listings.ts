// What the policy and the comments in the source made of a scan, as lists of places with a remark each, for the terminal and the summary alike. The lists are
// whole; who renders them cuts them and counts the rest.

import type { ComparedComment } from "../findings/inline-comment.ts";
import type { SuppressedBy, TriagedFinding } from "../findings/triaged-finding.ts";
import type { NamedSuppression } from "../policy/judgement.ts";
import type { SuppressionSubject } from "../policy/policy.ts";
import type { PolicyChange } from "../policy/policy-change.ts";
import { counted, countSeverities, formatPlace, formatSeverities } from "./format.ts";
import type { ScanReport } from "./scan-report.ts";

/** One list; its title is free of untrusted text, its items are not. */
export interface Listing {
  readonly title: string;
  /** What one item is, for counting those left out. */
  readonly noun: string;
  readonly items: readonly ListedItem[];
}

export interface ListedItem {
  /** A path with its line, a key or a pattern. */
  readonly place: string;
  readonly remark: string;
}

const DAY_MS = 86_400_000;

const KIND_WORDS: Readonly<Record<SuppressedBy["kind"], string>> = {
  policy: "the policy",
  inline: "comments in the source",
  "asserts-in-tests": "asserts-in-tests",
};

/** Returns the lists that have items, what takes effect most first. */
export function buildListings(report: ScanReport): Listing[] {
  const listings = [
    changes(report.policyChanges),
    comments(report),
    suppressions("Expired suppressions, which suppress nothing", report.expired, ({ expires }) => `ended ${expires}`),
    suppressions("Suppressions that end soon", report.expiring, ({ expires }) => ending(expires, report.startedAt)),
    suppressions("Stale suppressions, which match nothing", report.stale, () => "remove it"),
    exclusions(report),
    suppressed(report.findings),
  ];
  return listings.filter(({ items }) => items.length > 0);
}

/** Names what a suppression is for: `rule B101`. Untrusted text. */
export function formatSubject(subject: SuppressionSubject): string {
  return `${subject.by} ${subjectValue(subject)}`;
}

/** Returns the rule, advisory, finding or glob that a suppression is for. Untrusted text. */
export function subjectValue(subject: SuppressionSubject): string {
  if (subject.by === "rule") return subject.rule;
  if (subject.by === "advisory") return subject.advisory;
  return subject.by === "finding" ? subject.finding : subject.gap;
}

function changes(all: readonly PolicyChange[]): Listing {
  const ignored = all.filter(({ effect }) => effect === "ignored");
  const applied = all.filter(({ effect }) => effect === "applies");
  const item = ({ key, base, head, effect }: PolicyChange): ListedItem => ({
    place: key,
    remark: `${effect === "ignored" ? "ignored until it is merged" : "applies now"}: was ${base ?? "nothing"}, is ${head ?? "nothing"}`,
  });
  return { title: `Policy changes (${ignored.length} ignored until merged)`, noun: "change", items: [...ignored, ...applied].map(item) };
}

/** When there are too many comments, all that count; else the new ones. */
function comments({ gate, newComments, commentCount }: ScanReport): Listing {
  const exceeding = gate.reasons.flatMap((reason) => (reason.code === "limit-exceeded" ? reason.comments : []));
  const item = ({ path, line, scanner, novelty }: ComparedComment): ListedItem => ({
    place: `${path}:${line}`,
    remark: `${novelty === "new" ? "new, " : ""}for ${scanner}`,
  });
  const noun = "inline suppression";
  if (exceeding.length > 0) return { title: `Too many inline suppressions (${commentCount})`, noun, items: exceeding.map(item) };
  return { title: `New inline suppressions (${newComments.length} of ${commentCount})`, noun, items: newComments.map(item) };
}

function suppressions(
  title: string,
  named: readonly NamedSuppression[],
  end: (suppression: NamedSuppression["suppression"]) => string,
): Listing {
  const items = named.map(({ suppression, source }) => {
    const { subject, paths, package: inPackage, reason, line } = suppression;
    const where = [...(paths.length === 0 ? [] : [`in ${paths.join(", ")}`]), ...(inPackage === null ? [] : [`of ${inPackage}`])];
    return { place: `${source}, line ${line}`, remark: `${[formatSubject(subject), ...where].join(" ")}: ${end(suppression)} (${reason})` };
  });
  return { title: `${title} (${named.length})`, noun: "suppression", items };
}

/** Whole days from the day of the run (UTC). */
function ending(expires: string | null, startedAt: Date): string {
  const days = Math.round((Date.parse(expires ?? "") - Date.parse(startedAt.toISOString().slice(0, 10))) / DAY_MS);
  return `ends ${expires}, ${days <= 0 ? "today" : `in ${counted(days, "day")}`}`;
}

function exclusions({ exclusions: all }: ScanReport): Listing {
  const items = all.map(({ pattern, files }) => ({ place: pattern, remark: counted(files, "file") }));
  return { title: `Excluded from the scan (${counted(all.length, "pattern")})`, noun: "pattern", items };
}

function suppressed(findings: readonly TriagedFinding[]): Listing {
  const all = findings.flatMap((finding) => (finding.triage.state === "suppressed" ? [{ finding, by: finding.triage.by }] : []));
  const severities = formatSeverities(countSeverities(all.map(({ finding }) => finding)));
  const kinds = (Object.keys(KIND_WORDS) as SuppressedBy["kind"][]).flatMap((kind) => {
    const count = all.filter(({ by }) => by.kind === kind).length;
    return count === 0 ? [] : [`${count} by ${KIND_WORDS[kind]}`];
  });
  const items = all.map(({ finding, by }) => ({
    place: formatPlace(finding.location, finding.run),
    remark: `${finding.severity} ${finding.rule.id}, by ${KIND_WORDS[by.kind]}${by.expires === null ? "" : ` until ${by.expires}`}: ${by.reason}`,
  }));
  return { title: `Suppressed findings (${all.length}: ${severities}; ${kinds.join(", ")})`, noun: "finding", items };
}
