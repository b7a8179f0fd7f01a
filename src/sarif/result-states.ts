// What the comparison with the base and the policy say of results, in SARIF's words. The specification wants each of the two properties on every result of
// a run or on none. GitHub reads neither, so they are of the local log alone.

import type { Suppression } from "sarif";
import type { SuppressedBy, TriagedFinding } from "../findings/triaged-finding.ts";
import { messageText, type ResultState } from "./results.ts";

const NOTHING: ResultState = {};

/**
 * Returns the state of each result of a run (SARIF 2.1.0, 3.27.23 and 3.27.24). `findings` are those that the results are counted as: a duplicate has the
 * state of what it duplicates. What was not compared in a run that was counts as new.
 */
export function resultStates(findings: readonly TriagedFinding[]): (finding: TriagedFinding) => ResultState {
  const isCompared = findings.some((finding) => noveltyOf(finding) !== null);
  const hasSuppressed = findings.some(({ triage }) => triage.state === "suppressed");
  if (!isCompared && !hasSuppressed) return () => NOTHING;
  return (finding) => ({
    ...(isCompared ? { baselineState: noveltyOf(finding) ?? "new" } : {}),
    ...(hasSuppressed ? { suppressions: suppressionsOf(finding) } : {}),
  });
}

function noveltyOf({ triage }: TriagedFinding): "new" | "unchanged" | null {
  return triage.state === "duplicate" ? null : triage.novelty;
}

function suppressionsOf({ triage }: TriagedFinding): Suppression[] {
  return triage.state === "suppressed" ? [suppressionOf(triage.by)] : [];
}

function suppressionOf({ kind, reason }: SuppressedBy): Suppression {
  const justification = messageText(reason);
  return {
    kind: kind === "inline" ? "inSource" : "external",
    status: "accepted",
    ...(justification === "" ? {} : { justification }),
  };
}
