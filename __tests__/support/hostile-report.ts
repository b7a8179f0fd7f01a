// A report in which every text that a repository, a scanner, a database or a policy can choose is the same hostile one.

import { ScannerError } from "../../src/errors.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { GAP_TITLES } from "../../src/report/gating.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import {
  codeFinding,
  completedRun,
  coverage,
  dependencyFinding,
  failedRun,
  findingId,
  judged,
  open,
  rule,
  secretFinding,
  skippedRun,
  suppressed,
} from "./findings.ts";
import { suppression } from "./policies.ts";
import { database, scanReport } from "./scan-report.ts";

/** A report that holds `text` wherever text comes from outside: the repository, a scanner, a database or a policy. */
export function hostileReport(text: string): ScanReport {
  const location = { path: text, startLine: 3, endLine: 5 };
  const described = { location, message: text, rule: rule({ id: text, title: text, help: text, helpUri: text }) };
  const inPackage = { ...described, package: { name: text, version: text, purl: `pkg:pypi/${text}` } };
  const advisory = { id: text, aliases: [text], url: text, fixedVersions: [text, "2.0"] };
  const findings = [
    codeFinding({ ...described, id: findingId(1) }),
    secretFinding({ ...described, id: findingId(2), run: "trivy-image" }),
    dependencyFinding({ ...inPackage, id: findingId(3), advisory }),
    dependencyFinding({ ...inPackage, id: findingId(4), advisory }),
    dependencyFinding({
      ...described,
      id: findingId(5),
      package: pypiPackage("django", "1.0"),
      advisory: { ...advisory, fixedVersions: ["2.0"] },
    }),
  ].map((finding) =>
    finding.id === findingId(5) ? suppressed(finding, { reason: text, expires: text }, "new") : open(finding, ["trivy"], "new"),
  );
  const remarked = { notices: [{ path: text, line: 1, message: text }, { message: text }] };
  const runs = [
    completedRun("bandit", {
      ...remarked,
      version: text,
      coverage: coverage({ unit: text }),
      database: database({ updatedAt: text, origin: text }),
      findings,
    }),
    skippedRun("safety", { ...remarked, reason: text }),
    failedRun("trivy", { ...remarked, version: text, error: new ScannerError("scanner-crashed", text, { remedy: text }) }),
  ];
  const gaps = GAP_TITLES.flatMap(([standing]) =>
    judged(
      [
        { path: text, line: 2, reason: text, remedy: text },
        ...(standing === "counts" ? [{ path: text, reason: text, run: "bandit" as const }] : []),
      ],
      standing,
    ),
  );
  const strings = { toolVersion: text, root: text, within: text, revision: text, category: text, policy: text };
  return scanReport({ ...strings, ...remarked, ...hostilePolicy(text), runs, findings, gaps });
}

/** Everything that a policy, a comment or a base can choose. */
function hostilePolicy(text: string): Partial<ScanReport> {
  const subjects = [
    { by: "rule", rule: text },
    { by: "advisory", advisory: text },
    { by: "finding", finding: text },
    { by: "gap", gap: text },
  ] as const;
  const named = subjects.map((subject) => ({
    suppression: suppression({ subject, paths: [text], package: text, reason: text, expires: text }),
    source: text,
  }));
  return {
    policyChanges: [
      { key: text, base: text, head: text, effect: "ignored" },
      { key: text, base: null, head: null, effect: "applies" },
    ],
    changedWorkflows: [text, text],
    exclusions: [{ pattern: text, files: 1 }],
    scope: "new",
    base: { commit: text, name: text },
    stale: named,
    expiring: named,
    expired: named,
    newComments: [
      { scanner: "bandit", path: text, line: 1, text, novelty: "new", honoured: true },
      { scanner: "trivy", path: text, line: 2, text, novelty: "new", honoured: false, until: text },
    ],
    commentCount: 2,
  };
}
