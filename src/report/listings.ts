// What the policy and the comments in the source made of a scan, as lists of places with a remark each, for the terminal and the summary alike. Who
// renders a list says how many of its items are wanted, and counts the rest: 50,000 of them are never made.

import type { ComparedComment, InlineComment } from "../findings/inline-comment.ts";
import type { SuppressedBy, TriagedFinding } from "../findings/triaged-finding.ts";
import { daysBetween } from "../policy/days.ts";
import { formatSubject } from "../policy/format-subject.ts";
import type { JudgedComment, NamedSuppression } from "../policy/judgement.ts";
import type { PolicyChange } from "../policy/policy-change.ts";
import { dayOf } from "../text/day-of.ts";
import { counted, countSeverities, formatPlace, formatSeverities } from "./format.ts";
import type { Exclusion, ScanReport } from "./scan-report.ts";

/** One list; its title is free of untrusted text, its items are not. */
export interface Listing {
  readonly title: string;
  /** What one item is, for counting those left out. */
  readonly noun: string;
  readonly count: number;
  /** Makes the first items, at most so many. */
  readonly first: (most: number) => ListedItem[];
}

/** One place of a list and what there is to say of it. Untrusted text. */
export interface ListedItem {
  /** A path with its line, a key or a pattern. */
  readonly place: string;
  readonly remark: string;
}

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
    suppressions("Expired suppressions: what they were for counts again", report.expired, ({ expires }) => `: ended ${expires}`),
    suppressions("Suppressions that end soon", report.expiring, ({ expires }) => `: ${ending(expires, report.startedAt)}`),
    suppressions("Suppressions that matched nothing in this run", report.stale, () => ""),
    exclusions(report),
    suppressed(report.findings),
  ];
  return listings.filter(({ count }) => count > 0);
}

function listing<Item>(title: string, noun: string, all: readonly Item[], item: (one: Item) => ListedItem): Listing {
  return { title, noun, count: all.length, first: (most) => all.slice(0, most).map(item) };
}

function changes(all: readonly PolicyChange[]): Listing {
  const ignored = all.filter(({ effect }) => effect === "ignored");
  const applied = all.filter(({ effect }) => effect === "applies");
  const item = ({ key, base, head, effect }: PolicyChange): ListedItem => ({
    place: key,
    remark: `${effect === "ignored" ? "ignored until it is merged" : "applies now"}: was ${quoted(base)}, is ${quoted(head)}`,
  });
  return listing(`Policy changes (${ignored.length} ignored until merged)`, "change", [...ignored, ...applied], item);
}

function quoted(value: string | null): string {
  return value === null ? "nothing" : `\`${value}\``;
}

/** When there are too many comments, all that count; else the new ones. */
function comments({ gate, newComments, commentCount, startedAt }: ScanReport): Listing {
  const exceeding = gate.reasons.flatMap((reason) => (reason.code === "limit-exceeded" ? reason.comments : []));
  const refusals = new Map(newComments.map((comment) => [commentKey(comment), refusal(comment, startedAt)]));
  const item = (comment: ComparedComment): ListedItem => ({
    place: `${comment.path}:${comment.line}`,
    remark: `${comment.novelty === "new" ? "new, " : ""}for ${comment.scanner}${refusals.get(commentKey(comment)) ?? ""}`,
  });
  const [those, noun] = ["comments that ask for suppression", "comment"];
  if (exceeding.length > 0) return listing(`Too many ${those} (${commentCount})`, noun, exceeding, item);
  return listing(`New ${those} (${newComments.length} of ${commentCount})`, noun, newComments, item);
}

function commentKey({ scanner, path, line }: InlineComment): string {
  return JSON.stringify([scanner, path, line]);
}

/** Why a comment does not suppress, as the end of a remark; empty when it does. */
function refusal({ honoured, until }: JudgedComment, startedAt: Date): string {
  if (honoured) return "";
  const hasEnded = until !== undefined && until <= dayOf(startedAt);
  return `; not honoured, because ${hasEnded ? `it says that it ends on ${until}` : "the policy's `inline` does not allow it"}`;
}

function suppressions(
  title: string,
  named: readonly NamedSuppression[],
  end: (suppression: NamedSuppression["suppression"]) => string,
): Listing {
  return listing(`${title} (${named.length})`, "suppression", named, ({ suppression, source }) => {
    const { subject, paths, package: inPackage, reason, line } = suppression;
    const where = [...(paths.length === 0 ? [] : [`in ${paths.join(", ")}`]), ...(inPackage === null ? [] : [`of ${inPackage}`])];
    return { place: `${source}, line ${line}`, remark: `${[formatSubject(subject), ...where].join(" ")}${end(suppression)} (${reason})` };
  });
}

/** Whole days from the day of the run (UTC). */
function ending(expires: string | null, startedAt: Date): string {
  const days = daysBetween(dayOf(startedAt), expires ?? "");
  return `ends ${expires}, ${days <= 0 ? "today" : `in ${counted(days, "day")}`}`;
}

function exclusions({ exclusions: all }: ScanReport): Listing {
  const item = ({ pattern, files }: Exclusion): ListedItem => ({ place: pattern, remark: counted(files, "file") });
  return listing(`Excluded from the scan (${counted(all.length, "pattern")})`, "pattern", all, item);
}

function suppressed(findings: readonly TriagedFinding[]): Listing {
  const all = findings.filter(isSuppressed);
  const severities = formatSeverities(countSeverities(all));
  const kinds = (Object.keys(KIND_WORDS) as SuppressedBy["kind"][]).flatMap((kind) => {
    const count = all.filter(({ triage }) => triage.by.kind === kind).length;
    return count === 0 ? [] : [`${count} by ${KIND_WORDS[kind]}`];
  });
  return listing(`Suppressed findings (${all.length}: ${severities}; ${kinds.join(", ")})`, "finding", all, suppressedItem);
}

type SuppressedFinding = TriagedFinding & { readonly triage: { readonly state: "suppressed" } };

function isSuppressed(finding: TriagedFinding): finding is SuppressedFinding {
  return finding.triage.state === "suppressed";
}

function suppressedItem({ location, run, severity, rule, triage: { by } }: SuppressedFinding): ListedItem {
  const until = by.expires === null ? "" : ` until ${by.expires}`;
  return { place: formatPlace(location, run), remark: `${severity} ${rule.id}, by ${KIND_WORDS[by.kind]}${until}: ${by.reason}` };
}
