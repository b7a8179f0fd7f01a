// The proof that Trivy's database and secret rules work: both halves of the canary must be among the findings.

import { CANARY_REQUIREMENT, CANARY_SECRET_RULE, canaryMissed } from "../canary.ts";
import { CANARY_REQUIREMENTS_TARGET, CANARY_SECRET_TARGET } from "./layout.ts";
import type { TrivyResult } from "./report.ts";

/** Throws a ScannerError `canary-missed`. `database` is named in it. */
export function requireCanary(results: readonly TrivyResult[], database: string): void {
  const vulnerable = results.some(({ Target, Vulnerabilities }) => Target === CANARY_REQUIREMENTS_TARGET && Vulnerabilities.length > 0);
  if (!vulnerable) throw canaryMissed("Trivy", CANARY_REQUIREMENT, `the database in ${database} is empty or damaged`);
  const secret = results.some(
    ({ Target, Secrets }) => Target === CANARY_SECRET_TARGET && Secrets.some(({ RuleID }) => RuleID === CANARY_SECRET_RULE),
  );
  if (!secret) throw canaryMissed("Trivy", "a made-up secret", "its secret rules were not loaded as they were given");
}
