// The result of one scan: what every report, the SARIF and the exit status are made from.

import type { Notice, RunGap } from "../findings/coverage.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { GateResult } from "../policy/gate.ts";

export interface ScanReport {
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
  /** The rule in force, for people: `fail-on: high`. */
  readonly policy: string;
  readonly runs: readonly ScannerRun[];
  /** Sorted: most severe first, then by place. */
  readonly findings: readonly TriagedFinding[];
  /** All gaps: those of the tree and those of every run. */
  readonly gaps: readonly RunGap[];
  /** Notices about the tree; those of a run stand in the run. */
  readonly notices: readonly Notice[];
  readonly gate: GateResult;
}
