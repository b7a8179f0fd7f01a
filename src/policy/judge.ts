// The verdict: a pure function of the facts and of one policy, or of two, those of base and head. Nothing that happens later (truncation, redaction, upload)
// changes it, and no head policy can make it better than the base policy alone.

import type { RunGap } from "../findings/coverage.ts";
import { beforeMove, type SuppressedBy, type Triage, type TriagedFinding } from "../findings/triaged-finding.ts";
import type { ComparedGap, Facts } from "./facts.ts";
import { countInScope, evaluateGate, type GateReason, type GateResult, type Verdict } from "./gate.ts";
import type { GapStanding, JudgedGap } from "./judged-gap.ts";
import type { Judgement, NamedSuppression } from "./judgement.ts";
import type { Policy, Suppression } from "./policy.ts";
import { isExpired, isExpiring, isHonoured, type Problem, type SuppressionMatcher, suppressionMatcher } from "./suppression.ts";

/** From the mildest to the worst. */
const VERDICTS: readonly Verdict[] = ["pass", "fail", "error"];
const STANDINGS: readonly GapStanding[] = ["accepted", "unchanged", "warned", "counts"];

/**
 * Judges the facts by every policy and returns the worst of it: the worse verdict, a finding as suppressed only where every policy suppresses it, a gap as
 * what the strictest makes of it, and the reasons of all. The last policy is the one that its author can edit: what is said of stale and expiring
 * suppressions is about that one.
 */
export function judge(facts: Facts, policies: readonly [Policy, ...Policy[]]): Judgement {
  const parts = policies.map((policy) => judgeBy(policy, facts));
  const findings = strictestFindings(facts.findings, parts);
  const head = policies.at(-1) ?? policies[0];
  return {
    gate: { ...worst(parts, policies), counts: countInScope(findings, facts.scope) },
    findings,
    gaps: strictestGaps(parts.flatMap(({ gaps }) => gaps)),
    ...suppressionsOf(head, parts.at(-1)?.unmatched ?? [], facts),
    newComments: facts.comments
      .filter(({ novelty }) => novelty === "new")
      .map((comment) => ({ ...comment, honoured: policies.every((policy) => isHonoured(comment, policy, facts.today)) })),
    commentCount: facts.comments.length,
  };
}

interface Part {
  readonly gate: GateResult;
  readonly findings: readonly TriagedFinding[];
  readonly gaps: readonly JudgedGap[];
  readonly unmatched: readonly Suppression[];
}

function judgeBy(policy: Policy, facts: Facts): Part {
  const matcher = suppressionMatcher(policy, facts.comments, facts.today);
  const duplicates = duplicatesByPrimary(facts.findings);
  const suppress = suppressor();
  const findings = facts.findings.map((finding) => {
    if (finding.triage.state !== "open") return finding;
    const problem = { finding, duplicates: duplicates.get(finding.id) ?? [] };
    const by = matcher.findingBy(problem);
    if (by !== null) return suppress(finding, by);
    return wasSuppressed(problem, matcher) ? renew(finding) : finding;
  });
  const gaps = gapsUnder(policy, facts).map((gap) => ({
    ...withoutComparison(gap),
    standing: standingOf(gap, policy, facts, matcher.accepts),
  }));
  return { gate: evaluateGate({ ...facts, findings, gaps }, policy), findings, gaps, unmatched: matcher.unmatched() };
}

function duplicatesByPrimary(findings: readonly TriagedFinding[]): Map<string, TriagedFinding[]> {
  const duplicates = new Map<string, TriagedFinding[]>();
  for (const finding of findings) {
    if (finding.triage.state !== "duplicate") continue;
    const list = duplicates.get(finding.triage.of);
    if (list === undefined) duplicates.set(finding.triage.of, [finding]);
    else list.push(finding);
  }
  return duplicates;
}

/** What the policy suppresses where the base has it, and not here, is new here: it was moved to where it counts. */
function wasSuppressed({ finding, duplicates }: Problem, matcher: SuppressionMatcher): boolean {
  if (finding.triage.state !== "open" || finding.triage.movedFrom === undefined) return false;
  return matcher.findingBy({ finding: beforeMove(finding, finding.triage.movedFrom), duplicates }) !== null;
}

function renew(finding: TriagedFinding): TriagedFinding {
  return finding.triage.state === "open" ? { ...finding, triage: { ...finding.triage, novelty: "new" } } : finding;
}

/** Tens of thousands of findings may be suppressed alike: one triage for all that one thing suppresses, and that were open alike. */
function suppressor(): (finding: TriagedFinding, by: SuppressedBy) => TriagedFinding {
  const known = new Map<SuppressedBy, Map<Triage, Triage>>();
  return (finding, by) => {
    const open = finding.triage;
    if (open.state !== "open") return finding;
    const alike = known.get(by) ?? new Map<Triage, Triage>();
    const triage: Triage = alike.get(open) ?? { ...open, state: "suppressed", by };
    known.set(by, alike.set(open, triage));
    return { ...finding, triage };
  };
}

/** Dependencies without a version to check are gaps where the policy says so. */
function gapsUnder({ gate }: Policy, { gaps, unpinned }: Facts): ComparedGap[] {
  if (gate.unpinned === "notice") return [...gaps];
  const asGaps = unpinned.map(({ message, path = ".", line, unchanged }) => ({
    path,
    ...(line === undefined ? {} : { line }),
    reason: message,
    unchanged,
  }));
  return [...gaps, ...asGaps];
}

function withoutComparison({ unchanged: _, ...gap }: ComparedGap): RunGap {
  return gap;
}

function standingOf(gap: ComparedGap, policy: Policy, { runs, scope }: Facts, accepts: (gap: RunGap) => boolean): GapStanding {
  if (accepts(gap)) return "accepted";
  if (scope === "new" && gap.unchanged) return "unchanged";
  const scanner = runs.find(({ run }) => run === gap.run)?.scanner ?? "default";
  return policy.gate.incomplete[scanner] === "warn" ? "warned" : "counts";
}

/** Each finding as a policy sees it that does not suppress it, rather one for which it is new. */
function strictestFindings(findings: readonly TriagedFinding[], parts: readonly Part[]): readonly TriagedFinding[] {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only.findings;
  return findings.map((finding, index) => {
    const judged = parts.map((part) => part.findings[index] ?? finding);
    const open = judged.filter(({ triage }) => triage.state !== "suppressed");
    return open.find(({ triage }) => triage.state === "open" && triage.novelty === "new") ?? open[0] ?? judged[0] ?? finding;
  });
}

function strictestGaps(gaps: readonly JudgedGap[]): JudgedGap[] {
  const worstOf = new Map<string, JudgedGap>();
  for (const gap of gaps) {
    const key = JSON.stringify([gap.run, gap.path, gap.line, gap.reason]);
    const other = worstOf.get(key);
    if (other === undefined || STANDINGS.indexOf(gap.standing) > STANDINGS.indexOf(other.standing)) worstOf.set(key, gap);
  }
  return [...worstOf.values()];
}

/** A reason that all policies have stands once; one of only some of them says whose it is. */
function worst(parts: readonly Part[], policies: readonly Policy[]): Pick<GateResult, "verdict" | "reasons"> {
  const verdict = VERDICTS[Math.max(...parts.map(({ gate }) => VERDICTS.indexOf(gate.verdict)))] ?? "error";
  const owners = new Map<string, { reason: GateReason; sources: string[] }>();
  for (const [index, { gate }] of parts.entries()) {
    for (const reason of gate.reasons) {
      const key = JSON.stringify([reason.code, reason.message, reason.code === "rule-violated" ? reason.findings.map(({ id }) => id) : []]);
      const owned = owners.get(key) ?? { reason, sources: [] };
      owned.sources.push(policies[index]?.source ?? "");
      owners.set(key, owned);
    }
  }
  const reasons = [...owners.values()].map(({ reason, sources }) =>
    sources.length === parts.length ? reason : { ...reason, message: `${reason.message} (under ${sources.join(", ")})` },
  );
  return { verdict, reasons: [...reasons.filter(isIncomplete), ...reasons.filter((reason) => !isIncomplete(reason))] };
}

function isIncomplete({ code }: GateReason): boolean {
  return code === "base-unavailable" || code === "scanner-failed" || code === "not-covered";
}

/** An entry is only called stale when everything was looked at that it could be for. */
function suppressionsOf(
  { source, suppressions }: Policy,
  unmatched: readonly Suppression[],
  { looksAtEverything, today }: Facts,
): Pick<Judgement, "stale" | "expiring" | "expired"> {
  const named = (list: readonly Suppression[]): NamedSuppression[] => list.map((suppression) => ({ suppression, source }));
  return {
    stale: looksAtEverything ? named(unmatched) : [],
    expiring: named(suppressions.filter((suppression) => isExpiring(suppression, today))),
    expired: named(suppressions.filter((suppression) => isExpired(suppression, today))),
  };
}
