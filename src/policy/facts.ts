// What a policy judges: everything that was found out, before anybody decides what counts.

import type { GateError } from "../errors.ts";
import type { Notice, RunGap } from "../findings/coverage.ts";
import type { ComparedComment } from "../findings/inline-comment.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { Scope } from "./policy.ts";

/** A gap, and whether only the base is to blame for it: it is one there too, in a file that is the same. */
export type ComparedGap = RunGap & { readonly unchanged: boolean };

/** Everything about one scan that a policy is asked about. */
export interface Facts {
  /** Open or duplicate; nothing is suppressed yet. */
  readonly findings: readonly TriagedFinding[];
  readonly runs: readonly ScannerRun[];
  readonly gaps: readonly ComparedGap[];
  /** Dependencies without a version to check. */
  readonly unpinned: readonly (Notice & { readonly unchanged: boolean })[];
  /** Every comment in the tree that asks a scanner to pass over something. */
  readonly comments: readonly ComparedComment[];
  readonly scope: Scope;
  /** Whether every scanner looked at the whole tree: only then does a suppression that matched nothing have no purpose. */
  readonly looksAtEverything: boolean;
  /** Why there is nothing to compare with although there should be. */
  readonly baseError: GateError | null;
  /** The day of the run, `YYYY-MM-DD` (UTC). */
  readonly today: string;
}
