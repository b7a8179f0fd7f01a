// Which suppression of a policy holds for a finding or a gap, on which day. Decides nothing about the gate.

import { advisoryIds } from "../findings/advisory.ts";
import type { Gap } from "../findings/coverage.ts";
import type { ComparedComment } from "../findings/inline-comment.ts";
import { normalizeProjectName } from "../findings/package-ref.ts";
import type { SuppressedBy, TriagedFinding } from "../findings/triaged-finding.ts";
import { daysBetween } from "./days.ts";
import { globMatcher } from "./glob.ts";
import type { Policy, Suppression } from "./policy.ts";

/** How many days before its last day a suppression is announced to end. */
export const EXPIRY_NOTICE_DAYS = 30;

/** Files of tests by the names that pytest, unittest and Django give them. */
const TEST_FILES = ["**/test/**", "**/tests/**", "**/test_*.py", "**/*_test.py", "**/tests.py", "**/conftest.py"];
const ASSERT_USED = "B101";

/** A problem with everything it is known by: its own report and those of other scanners that duplicate it. */
export interface Problem {
  readonly finding: TriagedFinding;
  readonly duplicates: readonly TriagedFinding[];
}

/** Answers for one policy on one day. Remembers what matched. */
export interface SuppressionMatcher {
  /** What suppresses a finding, or null. An entry of the policy goes before a comment, and that before the built-in rule. */
  readonly findingBy: (problem: Problem) => SuppressedBy | null;
  /** Whether the policy accepts a gap. */
  readonly accepts: (gap: Gap) => boolean;
  /** Suppressions in force that matched nothing so far. */
  readonly unmatched: () => Suppression[];
}

/** Builds the matcher. `comments` are those of the tree; `today` is `YYYY-MM-DD`, whose order as text is that of days. */
export function suppressionMatcher(policy: Policy, comments: readonly ComparedComment[], today: string): SuppressionMatcher {
  const entries = policy.suppressions
    .filter((suppression) => !isExpired(suppression, today))
    .map((suppression) => ({
      suppression,
      by: suppressedBy(suppression),
      matches: subjectMatcher(suppression),
      matchesPath: globMatcher(suppression.paths),
    }));
  const accepting = entries.flatMap(({ suppression }) =>
    suppression.subject.by === "gap" ? [{ suppression, matchesGap: globMatcher([suppression.subject.gap]) }] : [],
  );
  const matched = new Set<Suppression>();
  const inlineBy = inlineMatcher(policy, comments, today);
  return {
    findingBy: (problem) => {
      const { path } = problem.finding.location;
      // All that match are marked: an entry beside another that says the same is not stale.
      const holding = entries.filter(({ matches, matchesPath }) => matchesPath(path) && matches(problem));
      for (const { suppression } of holding) matched.add(suppression);
      return holding[0]?.by ?? inlineBy(problem.finding) ?? assertInTest(policy, problem.finding);
    },
    accepts: ({ path }) => {
      const holding = accepting.filter(({ matchesGap }) => matchesGap(path));
      for (const { suppression } of holding) matched.add(suppression);
      return holding.length > 0;
    },
    unmatched: () => entries.map(({ suppression }) => suppression).filter((suppression) => !matched.has(suppression)),
  };
}

function suppressedBy({ reason, expires }: Suppression): SuppressedBy {
  return { kind: "policy", reason, expires };
}

/** Whether the last day of a suppression has passed. */
export function isExpired({ expires }: Suppression, today: string): boolean {
  return expires !== null && expires < today;
}

/** Whether a suppression that is in force ends within `EXPIRY_NOTICE_DAYS`. */
export function isExpiring(suppression: Suppression, today: string): boolean {
  const { expires } = suppression;
  return expires !== null && !isExpired(suppression, today) && daysBetween(today, expires) <= EXPIRY_NOTICE_DAYS;
}

function subjectMatcher({ subject, package: packageName }: Suppression): (problem: Problem) => boolean {
  const isSubject = ({ finding, duplicates }: Problem): boolean => {
    const reports = [finding, ...duplicates];
    switch (subject.by) {
      case "rule":
        return reports.some(({ rule }) => rule.id === subject.rule);
      case "advisory":
        return reports.some((report) => namesAdvisory(report, subject.advisory));
      case "finding":
        // The id of a mistake that was mended is free for another one.
        return !isNew(finding) && reports.some(({ id }) => id === subject.finding);
      case "gap":
        return false;
    }
  };
  return (problem) => isInPackage(problem.finding, packageName) && isSubject(problem);
}

function isNew({ triage }: TriagedFinding): boolean {
  return triage.state !== "duplicate" && triage.novelty === "new";
}

function namesAdvisory(report: TriagedFinding, id: string): boolean {
  return report.kind === "dependency" && advisoryIds(report.advisory).some((known) => known.toLowerCase() === id.toLowerCase());
}

function isInPackage(finding: TriagedFinding, name: string | null): boolean {
  return name === null || (finding.kind === "dependency" && normalizeProjectName(finding.package.name) === name);
}

/** Whether a policy lets a comment suppress. Where there is no base no comment is new; where it could not be had none is known to be old. */
export function isHonoured({ novelty, until }: ComparedComment, { inline }: Policy, today: string): boolean {
  return (
    (inline === "honour" || (inline === "existing" && (novelty === "unchanged" || novelty === null))) &&
    (until === undefined || today < until)
  );
}

function inlineMatcher(
  policy: Policy,
  comments: readonly ComparedComment[],
  today: string,
): (finding: TriagedFinding) => SuppressedBy | null {
  const place = (scanner: string, path: string, line: number) => `${scanner}\0${line}\0${path}`;
  const suppressing = new Map(
    comments
      .filter((comment) => isHonoured(comment, policy, today))
      .map(({ scanner, path, line }): [string, SuppressedBy] => [
        place(scanner, path, line),
        { kind: "inline", reason: `a comment in line ${line} asks for it`, expires: null },
      ]),
  );
  return (finding) => {
    const { scanner, location, commentLine } = finding;
    // An old comment is no leave for a new finding.
    if (policy.inline === "existing" && isNew(finding)) return null;
    return commentLine === undefined ? null : (suppressing.get(place(scanner, location.path, commentLine)) ?? null);
  };
}

/** One for all, because there may be tens of thousands. */
const ASSERTS_IN_TESTS: SuppressedBy = { kind: "asserts-in-tests", reason: "asserts are what tests are made of", expires: null };

const isTestFile = globMatcher(TEST_FILES);

function assertInTest({ assertsInTests }: Policy, { rule, kind, location }: TriagedFinding): SuppressedBy | null {
  if (assertsInTests === "report" || kind !== "code" || rule.id !== ASSERT_USED || !isTestFile(location.path)) return null;
  return ASSERTS_IN_TESTS;
}
