// A finding with what the comparison with other findings says of it. Nothing is removed: a duplicate stays, and names what it duplicates.

import type { Finding, FindingId } from "./finding.ts";
import type { ScannerId } from "./scanner-id.ts";

/** `open` gates; `duplicate` is another scanner's report of `of` and is counted there. */
export type Triage =
  | { readonly state: "open"; readonly scanners: readonly ScannerId[] }
  | { readonly state: "duplicate"; readonly of: FindingId };

export type TriagedFinding = Finding & { readonly triage: Triage };
