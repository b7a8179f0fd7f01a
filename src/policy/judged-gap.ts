// A gap with what a policy makes of it.

import type { RunGap } from "../findings/coverage.ts";

/**
 * What a gap counts for: `counts` makes the verdict `error`; `warned` would, but the policy says `incomplete: warn`; `unchanged` stands in a file that the
 * change did not touch; `accepted` is suppressed by the policy. A run with a gap that is not accepted is never uploaded.
 */
export type GapStanding = "counts" | "warned" | "unchanged" | "accepted";

/** A gap of a run, or of the tree as a whole, and what it counts for. */
export type JudgedGap = RunGap & { readonly standing: GapStanding };
