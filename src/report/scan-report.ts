// The result of one scan: what every report, the SARIF and the exit status are made from.

import type { Notice } from "../findings/coverage.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { Judgement } from "../policy/judgement.ts";
import type { Scope } from "../policy/policy.ts";
import type { PolicyChange } from "../policy/policy-change.ts";

/** What findings were compared with. */
export interface ReportedBase {
  readonly commit: string;
  /** For people, as a noun: "pull request 12". */
  readonly name: string;
}

/** A pattern of the policy and how many files it keeps out of the scan. */
export interface Exclusion {
  readonly pattern: string;
  readonly files: number;
}

/** The findings of the judgement are sorted: most severe first, then by place. Its gaps are those of the tree and those of every run. */
export interface ScanReport extends Judgement {
  /** Version of sarif-gate. */
  readonly toolVersion: string;
  /** What was scanned: absolute root, and the part of it that was looked at (`""` for all). */
  readonly root: string;
  readonly within: string;
  /** The commit that was checked out; null outside git. */
  readonly revision: string | null;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** The prefix of every run's category. */
  readonly category: string;
  /** The rules in force, for people: `fail-on: high`, `.github/sarif-gate.yml`. */
  readonly policy: string;
  /** What the change does to the policy, and what of it does not count yet; empty unless base and head are both judged. */
  readonly policyChanges: readonly PolicyChange[];
  /** Files of `.github/workflows/` and `.github/actions/` that differ from the base. */
  readonly changedWorkflows: readonly string[];
  readonly exclusions: readonly Exclusion[];
  /** What gates. */
  readonly scope: Scope;
  readonly base: ReportedBase | null;
  /** Why nothing is compared, as a clause; null when something is. */
  readonly noBase: string | null;
  readonly runs: readonly ScannerRun[];
  /** Notices about the tree; those of a run stand in the run. */
  readonly notices: readonly Notice[];
}
