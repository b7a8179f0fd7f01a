// The report of a pull request in which everything happens that a policy and a base can bring about. Only the facts are made up: real policies judge them.

import type { ComparedComment } from "../../src/findings/inline-comment.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { ComparedGap } from "../../src/policy/facts.ts";
import { judge } from "../../src/policy/judge.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { policyChanges } from "../../src/policy/policy-changes.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { codeFinding, findingId, open, rule } from "./findings.ts";
import { facts, TODAY } from "./policies.ts";
import { brokenShopReport, scanReport, shopReport } from "./scan-report.ts";

const FILE = ".github/sarif-gate.yml";
const BASE_COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8";

const SUPPRESSIONS = `
inline: existing
exclude: [docs/vendored/**]
suppressions:
  - gap: vendor/forms
    reason: not shipped
    expires: never
  - rule: B602
    paths: [shop/reports/**]
    reason: the export runs in a sandbox
    expires: 2026-12-01
  - advisory: CVE-2024-1234
    package: requests
    reason: we never call it
    expires: 2027-06-30
  - advisory: CVE-2022-42969
    reason: no repository is read
    expires: 2026-10-31
`;

/** The head would let everything pass, and tolerate what the base does not; in one thing it is stricter. */
const BASE_POLICY = `version: 1\ngate: { fail-on: high, unknown-severity: medium }${SUPPRESSIONS}`;
const HEAD_POLICY = `version: 1\ngate: { fail-on: never, unknown-severity: high }${SUPPRESSIONS}  - rule: DS-0002
    reason: the image is only for tests
    expires: never
`;

/**
 * The shop's pull request: what gates is new, the rest was there before or is suppressed; it loosens the policy, edits a workflow, and asks with a new
 * comment for a suppression that the policy does not allow; verdict `fail`.
 */
export function pullRequestReport(overrides: Partial<ScanReport> = {}): ScanReport {
  const shop = shopReport();
  const policies = [policyOf(BASE_POLICY, `${FILE} at ${BASE_COMMIT.slice(0, 12)}`), policyOf(HEAD_POLICY, FILE)] as const;
  const findings = [...shop.findings.map(compared), ...COMMENTED];
  const runs = shop.runs.map((run) =>
    run.run === "bandit" && run.status === "completed" ? { ...run, findings: [...run.findings, ...COMMENTED] } : run,
  );
  return scanReport({
    ...shop,
    runs,
    ...judge(facts({ findings, runs, gaps: GAPS, comments: COMMENTS, scope: "new" }), policies),
    scope: "new",
    base: { commit: BASE_COMMIT, name: "the base of pull request 12" },
    noBase: null,
    policy: policies.map(({ source }) => source).join(" and "),
    policyChanges: policyChanges(...policies),
    changedWorkflows: [".github/workflows/ci.yml"],
    exclusions: [{ pattern: "docs/vendored/**", files: 12 }],
    ...overrides,
  });
}

/** In a line with a comment each: an old one, which the policy honours, and a new one. */
const COMMENTED: readonly TriagedFinding[] = [
  open(
    codeFinding({
      id: findingId(311),
      rule: rule({ id: "B311", name: "random" }),
      severity: "low",
      message: "Standard pseudo-random generators are not suitable for security/cryptographic purposes.",
      location: { path: "shop/cart.py", startLine: 19, endLine: 19 },
      commentLine: 19,
    }),
    ["bandit"],
    "unchanged",
  ),
  open(
    codeFinding({
      id: findingId(605),
      rule: rule({ id: "B605", name: "start_process_with_a_shell" }),
      message: "Starting a process with a shell, possible injection detected, security issue.",
      location: { path: "shop/views.py", startLine: 52, endLine: 52 },
      commentLine: 52,
    }),
    ["bandit"],
    "new",
  ),
];

const GAPS: readonly ComparedGap[] = [
  ...brokenShopReport().gaps.flatMap(({ standing: _, ...gap }) =>
    gap.path === "shop/typing_3_12.py" ? [] : [{ ...gap, unchanged: true }],
  ),
];

const COMMENTS: readonly ComparedComment[] = [
  { scanner: "bandit", path: "shop/cart.py", line: 19, text: "shuffle(items)#nosec", novelty: "unchanged" },
  { scanner: "bandit", path: "shop/cart.py", line: 31, text: "total=eval(text)#nosec", novelty: "unchanged" },
  { scanner: "bandit", path: "shop/views.py", line: 52, text: "os.system(command)#nosec", novelty: "new" },
];

/** What is no package is new, except what was suppressed before; B101 is in a test. */
function compared(finding: TriagedFinding): TriagedFinding {
  if (finding.triage.state !== "open") return finding;
  const novelty = finding.kind === "dependency" || finding.rule.id === "B602" ? "unchanged" : "new";
  const here = open(finding, finding.triage.scanners, novelty);
  return finding.rule.id === "B101" ? { ...here, location: { path: "tests/test_cart.py", startLine: 8, endLine: 8 } } : here;
}

function policyOf(text: string, source: string): Policy {
  const { policy, problems } = parsePolicy(text, { source, today: TODAY, failOn: "high" });
  if (policy === null) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return policy;
}
