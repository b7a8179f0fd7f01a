// The report of a pull request in which everything happens that a policy and a base can bring about.

import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { judged, open, suppressed } from "./findings.ts";
import { suppression } from "./policies.ts";
import { scanReport, shopReport } from "./scan-report.ts";

/**
 * The shop's pull request: what gates is new, the rest was there before or is suppressed; it loosens the policy and edits a workflow; verdict `fail`.
 * */
export function pullRequestReport(overrides: Partial<ScanReport> = {}): ScanReport {
  const { gate: _, ...shop } = shopReport();
  const source = ".github/sarif-gate.yml";
  const by = { reason: "the export runs in a sandbox", expires: "2026-12-01" };
  const findings = shop.findings.map((finding): TriagedFinding => {
    if (finding.triage.state !== "open") return finding;
    if (finding.rule.id === "B101")
      return suppressed(finding, { kind: "asserts-in-tests", reason: "asserts are what tests are for" }, "new");
    if (finding.rule.id === "B602") return suppressed(finding, by, "unchanged");
    if (finding.rule.id === "B608") return suppressed(finding, { kind: "inline", reason: "a comment in line 27 asks for it" }, "new");
    return open(finding, finding.triage.scanners, finding.kind === "dependency" ? "unchanged" : "new");
  });
  const unread = { reason: "Bandit could not parse it: invalid syntax", run: "bandit" as const };
  return scanReport({
    ...shop,
    findings,
    gaps: [
      ...judged([{ ...unread, path: "shop/legacy.py", line: 3 }], "unchanged"),
      ...judged([{ path: "vendor/forms", reason: "This submodule is not initialised." }], "accepted"),
    ],
    scope: "new",
    base: { commit: "9fceb02d0ae598e95dc970b74767f19372d61af8", name: "pull request 12" },
    policy: source,
    policyChanges: [
      { key: "gate.unknown-severity", base: "medium", head: "high", effect: "applies" },
      { key: "gate.fail-on", base: "high", head: "never", effect: "ignored" },
      { key: "suppressions", base: null, head: "rule B602", effect: "ignored" },
    ],
    changedWorkflows: [".github/workflows/ci.yml"],
    exclusions: [{ pattern: "vendor/**", files: 12 }],
    expired: [
      {
        suppression: suppression({ subject: { by: "gap", gap: "old/**" }, reason: "to be deleted", expires: "2026-10-31", line: 21 }),
        source,
      },
    ],
    expiring: [{ suppression: suppression({ ...by, paths: ["shop/reports/**"], line: 12 }), source }],
    stale: [
      {
        suppression: suppression({
          subject: { by: "advisory", advisory: "CVE-2024-1234" },
          package: "requests",
          reason: "we never call it",
          expires: "2027-06-30",
          line: 7,
        }),
        source,
      },
    ],
    newComments: [{ scanner: "bandit", path: "shop/views.py", line: 27, text: "cursor.execute(q)#nosec", novelty: "new" }],
    commentCount: 4,
    ...overrides,
  });
}
