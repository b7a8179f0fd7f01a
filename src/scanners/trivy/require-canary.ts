// The proof that Trivy's database and its secret rules work: what was put there to be found must be among the findings.

import { CANARY_REQUIREMENT, CANARY_SECRET_RULE, canaryMissed } from "../canary.ts";
import { CANARY_REQUIREMENTS_TARGET, CANARY_SECRET_TARGET } from "./layout.ts";
import type { TrivyResult } from "./report.ts";

/** Throws a ScannerError `canary-missed` where the vulnerable requirement was not found. `database` is named in it. */
export function requireVulnerable(results: readonly TrivyResult[], database: string): void {
  const vulnerable = results.some(({ Target, Vulnerabilities }) => Target === CANARY_REQUIREMENTS_TARGET && Vulnerabilities.length > 0);
  if (!vulnerable) throw canaryMissed("Trivy", CANARY_REQUIREMENT, `the database in ${database} is empty or damaged`);
}

/** Throws a ScannerError `canary-missed` where the made-up secret was not found. */
export function requireSecret(results: readonly TrivyResult[]): void {
  const secret = results.some(
    ({ Target, Secrets }) => Target === CANARY_SECRET_TARGET && Secrets.some(({ RuleID }) => RuleID === CANARY_SECRET_RULE),
  );
  if (!secret) throw canaryMissed("Trivy", "a made-up secret", "its secret rules were not loaded as they were given");
}
