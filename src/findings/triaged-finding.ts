// A finding with what the comparison with other findings, with the base and with the policy says of it. Nothing is removed: a duplicate stays, and names
// what it duplicates; a suppressed one stays, and says by what.

import type { Finding, FindingId } from "./finding.ts";
import type { ScannerId } from "./scanner-id.ts";

/** Whether the base has the finding too. */
export type Novelty = "new" | "unchanged";

/** What suppresses a finding. */
export interface SuppressedBy {
  /** `policy`: an entry of the policy file; `inline`: a comment in the source; `asserts-in-tests`: the built-in rule of that name. */
  readonly kind: "policy" | "inline" | "asserts-in-tests";
  /** Why, as a sentence or clause. From a policy or a comment it is untrusted text. */
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`; null: no end. */
  readonly expires: string | null;
}

/** A finding's place and identity in another file. */
export interface MovedFrom {
  readonly path: string;
  readonly id: FindingId;
}

/** What every problem has, open or suppressed. */
interface ProblemTriage {
  readonly scanners: readonly ScannerId[];
  /** Null without a base. */
  readonly novelty: Novelty | null;
  /** What it is at the base, when it has moved: what was suppressed there may not be here. */
  readonly movedFrom?: MovedFrom;
}

/** `open` may gate; `duplicate` is another scanner's report of `of` and is counted there. */
export type Triage =
  | ({ readonly state: "open" } & ProblemTriage)
  | ({ readonly state: "suppressed"; readonly by: SuppressedBy } & ProblemTriage)
  | { readonly state: "duplicate"; readonly of: FindingId };

export type TriagedFinding = Finding & { readonly triage: Triage };

/** Returns the finding as it was before it moved. */
export function beforeMove(finding: TriagedFinding, { path, id }: MovedFrom): TriagedFinding {
  return { ...finding, id, location: { ...finding.location, path } };
}
