// What policies make of the facts: the outcome of the gate, and what every finding, gap, suppression and comment counts for.

import type { ComparedComment } from "../findings/inline-comment.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { GateResult } from "./gate.ts";
import type { JudgedGap } from "./judged-gap.ts";
import type { Suppression } from "./policy.ts";

/** A suppression of a policy, and that policy's name for people. */
export interface NamedSuppression {
  readonly suppression: Suppression;
  readonly source: string;
}

/** A comment, and whether every policy lets it suppress. */
export type JudgedComment = ComparedComment & { readonly honoured: boolean };

/** The verdict of one or more policies, and everything they were asked about with what it counts for. */
export interface Judgement {
  readonly gate: GateResult;
  /** In the order of the facts. */
  readonly findings: readonly TriagedFinding[];
  readonly gaps: readonly JudgedGap[];
  /** Suppressions that matched nothing. */
  readonly stale: readonly NamedSuppression[];
  /** Suppressions that are in force and end soon (`isExpiring`). */
  readonly expiring: readonly NamedSuppression[];
  /** Suppressions whose last day has passed: they suppress nothing. */
  readonly expired: readonly NamedSuppression[];
  /** Comments in the source that the base does not have; empty without a base. */
  readonly newComments: readonly JudgedComment[];
  /** How many comments in the source ask for suppression, in all. */
  readonly commentCount: number;
}
