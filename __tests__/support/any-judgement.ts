// Arbitrary facts and policies for laws about judging: every kind of finding on both targets, and everything that a policy can say of one. Names are few, so
// that rules and suppressions meet what they are about.

import fc from "fast-check";
import { GateError } from "../../src/errors.ts";
import type { ComparedComment } from "../../src/findings/inline-comment.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { RUN_IDS, SCANNER_IDS } from "../../src/findings/scanner-id.ts";
import { SEVERITIES } from "../../src/findings/severity.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { Facts } from "../../src/policy/facts.ts";
import { type GateRule, KINDS, type Policy, type Suppression, TARGETS } from "../../src/policy/policy.ts";
import {
  codeFinding,
  completedRun,
  dependencyFinding,
  duplicate,
  failedRun,
  findingId,
  misconfigurationFinding,
  open,
  rule,
  secretFinding,
} from "./findings.ts";
import { facts, gateRule, policy, suppression, TODAY } from "./policies.ts";

const MOST_PROBLEMS = 8;
const PATHS = ["src/app.py", "tests/test_app.py", "legacy/a.py"] as const;
const RULES = ["B101", "B602", "B105"] as const;
const PACKAGES = ["django", "flask"] as const;
const ADVISORIES = ["CVE-1", "CVE-2"] as const;

const path = fc.constantFrom(...PATHS);
const novelty = fc.constantFrom("new", "unchanged", null);

/** What problems differ in; each kind uses what it has. */
const anyProblem = fc.record({
  what: fc.constantFrom("code", "code", "dependency", "dependency", "image", "secret", "misconfiguration"),
  severity: fc.constantFrom(...SEVERITIES),
  path,
  novelty,
  movedFrom: fc.option(fc.record({ path, id: fc.nat(2 * MOST_PROBLEMS).map(findingId) })),
  rule: fc.constantFrom(...RULES),
  confidence: fc.constantFrom("high", "medium", "low", "unknown"),
  commentLine: fc.constantFrom(1, 2, null),
  package: fc.constantFrom(...PACKAGES),
  advisory: fc.constantFrom(...ADVISORIES),
  isFixable: fc.boolean(),
  isDuplicated: fc.boolean(),
});

type AnyProblem = typeof anyProblem extends fc.Arbitrary<infer Value> ? Value : never;

/** The problem as it is reported: alone, or by a second scanner that knows the same advisory by another name. */
function reportsOf(problem: AnyProblem, index: number): TriagedFinding[] {
  const ids = { own: findingId(index), second: findingId(MOST_PROBLEMS + index) };
  const isDoubled = problem.what === "dependency" && problem.isDuplicated;
  const own = findingOf(problem, ids.own);
  const primary = moved(open(own, isDoubled ? ["safety", "trivy"] : [own.scanner], problem.novelty), problem);
  if (!isDoubled || own.kind !== "dependency") return [primary];
  const advisory = { ...own.advisory, id: `PYSEC-${problem.advisory}`, aliases: [] };
  return [primary, duplicate({ ...own, id: ids.second, scanner: "safety", run: "safety", advisory }, ids.own)];
}

function findingOf({ what, severity, path, commentLine, ...problem }: AnyProblem, id: string) {
  const common = { id, severity, location: { path, startLine: 1, endLine: 1 }, ...(commentLine === null ? {} : { commentLine }) };
  switch (what) {
    case "code":
      return codeFinding({ ...common, rule: rule({ id: problem.rule }), confidence: problem.confidence });
    case "secret":
      return secretFinding(common);
    case "misconfiguration":
      return misconfigurationFinding(common);
    case "dependency":
    case "image":
      return dependencyFinding({
        ...common,
        run: what === "image" ? "trivy-image" : "trivy",
        rule: rule({ id: problem.advisory }),
        package: pypiPackage(problem.package, "1.0"),
        advisory: { ...dependencyFinding().advisory, id: problem.advisory, fixedVersions: problem.isFixable ? ["2.0"] : [] },
      });
  }
}

/** Only what the base has can have been moved. */
function moved(finding: TriagedFinding, { movedFrom, path: own }: AnyProblem): TriagedFinding {
  const { triage } = finding;
  const canMove = triage.state === "open" && triage.novelty === "unchanged" && finding.run !== "trivy-image";
  return canMove && movedFrom !== null && movedFrom.path !== own ? { ...finding, triage: { ...triage, movedFrom } } : finding;
}

const anyComment: fc.Arbitrary<ComparedComment> = fc
  .record({
    path,
    line: fc.constantFrom(1, 2),
    novelty,
    scanner: fc.constantFrom("bandit", "trivy"),
    until: fc.constantFrom(null, TODAY, "2026-12-01"),
  })
  .map(({ until, ...comment }) => ({ ...comment, text: "", ...(until === null ? {} : { until }) }));

/** Facts in which at most one run failed, and seldom the base is missing: both make every verdict an error. */
export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    problems: fc.array(anyProblem, { maxLength: MOST_PROBLEMS }),
    failed: fc.option(fc.constantFrom(...RUN_IDS), { freq: 5 }),
    gaps: fc.array(fc.record({ path, reason: fc.constant("unread"), run: fc.constantFrom(...RUN_IDS), unchanged: fc.boolean() }), {
      maxLength: 2,
    }),
    unpinned: fc.array(fc.record({ path, message: fc.constant("no version"), unchanged: fc.boolean() }), { maxLength: 2 }),
    comments: fc.array(anyComment, { maxLength: 4 }),
    scope: fc.constantFrom("new", "all"),
    isBaseMissing: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
  })
  .map(({ problems, failed, isBaseMissing, ...rest }) =>
    facts({
      ...rest,
      findings: problems.flatMap(reportsOf),
      runs: RUN_IDS.map((run) => (run === failed ? failedRun(run) : completedRun(run))),
      baseError: isBaseMissing ? new GateError("base-unavailable", "gone") : null,
    }),
  );

const anyRule: fc.Arbitrary<GateRule> = fc
  .record({
    name: fc.constantFrom("a", "b"),
    kinds: someOf(KINDS),
    targets: someOf(TARGETS),
    scanners: someOf(SCANNER_IDS),
    paths: fc.constantFrom([], ["src/**"], ["tests/**"]),
    exceptPaths: fc.constantFrom([], ["legacy/**"]),
    severity: fc.constantFrom("critical", "high", "medium", "low"),
    confidence: fc.constantFrom(null, "high", "medium", "low"),
    scope: fc.constantFrom("new", "all", null),
    onlyFixable: fc.boolean(),
    max: fc.constantFrom(0, 0, 1, 3),
  })
  .map((overrides) => gateRule(overrides));

/** All of them as often as a part, as in policies that people write. */
function someOf<Word extends string>(words: readonly Word[]): fc.Arbitrary<readonly Word[]> {
  return fc.oneof(fc.constant([...words]), fc.subarray([...words], { minLength: 1 }));
}

const anySubject: fc.Arbitrary<Suppression["subject"]> = fc.oneof(
  fc.constantFrom(...RULES, ...ADVISORIES).map((name) => ({ by: "rule" as const, rule: name })),
  fc.constantFrom(...ADVISORIES, "pysec-cve-1", "GHSA-6R97-CJ55-9HRQ").map((advisory) => ({ by: "advisory" as const, advisory })),
  fc.nat(2 * MOST_PROBLEMS - 1).map((number) => ({ by: "finding" as const, finding: findingId(number) })),
  fc.constantFrom("legacy/**", "**").map((gap) => ({ by: "gap" as const, gap })),
);

const anySuppression: fc.Arbitrary<Suppression> = fc
  .record({
    subject: anySubject,
    paths: fc.constantFrom([], ["src/**"]),
    package: fc.constantFrom(null, ...PACKAGES),
    expires: fc.constantFrom(null, "2026-11-20", "2026-12-01"),
  })
  .map((overrides) => suppression({ ...overrides, package: overrides.subject.by === "gap" ? null : overrides.package }));

const reaction = fc.constantFrom("fail", "warn");

/** Policies as the parser makes them. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    rules: fc.array(anyRule, { maxLength: 3 }),
    unknownAs: fc.constantFrom("high", "low"),
    incomplete: fc.record({ default: reaction, bandit: reaction, safety: reaction, trivy: reaction }),
    unpinned: fc.constantFrom("notice", "fail"),
    suppressions: fc.array(anySuppression, { maxLength: 4 }),
    inline: fc.constantFrom("honour", "existing", "ignore"),
    assertsInTests: fc.constantFrom("ignore", "report"),
    nosec: fc.constantFrom(null, 0, 2),
  })
  .map(({ rules, unknownAs, incomplete, unpinned, nosec, ...rest }) =>
    policy({ ...rest, gate: { rules, unknownAs, incomplete, unpinned }, limits: { nosec } }),
  );
