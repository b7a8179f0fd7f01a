// What report.json says of the policy: what it is, what the change does to it, and which of its suppressions need somebody's attention.

import { subjectValue } from "../policy/format-subject.ts";
import type { NamedSuppression } from "../policy/judgement.ts";
import type { ReportJson } from "./report-schema.ts";
import type { ScanReport } from "./scan-report.ts";

type PolicyJson = ReportJson["policy"];

/** Builds the member `policy` of report.json. */
export function buildPolicy(report: ScanReport): PolicyJson {
  return {
    source: report.policy,
    changes: report.policyChanges.map(({ key, base, head, effect }) => ({ key, base, head, effect })),
    stale: report.stale.map(buildSuppression),
    expiring: report.expiring.map(buildSuppression),
    expired: report.expired.map(buildSuppression),
    exclusions: report.exclusions.map(({ pattern, files }) => ({ pattern, files })),
  };
}

function buildSuppression({ suppression, source }: NamedSuppression): PolicyJson["stale"][number] {
  const { subject, paths, package: inPackage, reason, expires, line } = suppression;
  return {
    source,
    line,
    subject: { by: subject.by, value: subjectValue(subject) },
    paths: [...paths],
    package: inPackage,
    reason,
    expires,
  };
}
