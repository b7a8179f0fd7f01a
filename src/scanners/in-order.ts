// Findings in their one order, as every scanner's folder returns them.

import { byPlace } from "../findings/by-place.ts";
import type { DecodedFinding } from "../findings/finding.ts";

/** Returns the findings sorted by `byPlace`; the argument stays as it is. */
export function inOrder(findings: readonly DecodedFinding[]): DecodedFinding[] {
  return [...findings].sort(byPlace);
}
