// Severity: five values, in this order. SARIF levels and scores are derived from it elsewhere and never stored.

/** Most severe first; `unknown` stands last because its rank is a matter of policy. */
export const SEVERITIES = ["critical", "high", "medium", "low", "unknown"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** The severities that can be compared. */
export type KnownSeverity = Exclude<Severity, "unknown">;

const RANKS: Readonly<Record<KnownSeverity, number>> = { critical: 4, high: 3, medium: 2, low: 1 };

/** Returns 4 (critical) to 1 (low); an unknown severity ranks as `unknownAs`, by default like high (product.md, "Verdict"). */
export function severityRank(severity: Severity, unknownAs: KnownSeverity = "high"): number {
  return RANKS[severity === "unknown" ? unknownAs : severity];
}

/**
 * Maps a scanner's word to a severity, whatever its case. Total: an absent, unlisted or non-string value is `unknown`, which blocks
 * by default, so a new or forged word can never lower the gate.
 */
export function parseSeverity(word: unknown): Severity {
  const lower = typeof word === "string" ? word.toLowerCase() : "";
  return SEVERITIES.find((severity) => severity === lower) ?? "unknown";
}

/**
 * Maps a CVSS base score to its qualitative rating (CVSS v3.1 specification, section 5; 4.0 uses the same table).
 * Anything that is not a number from 0 to 10 is `unknown`; 0 ("None") is low, because a published advisory is never nothing.
 */
export function severityOfScore(score: unknown): Severity {
  if (typeof score !== "number" || !(score >= 0 && score <= 10)) return "unknown";
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  return score >= 4 ? "medium" : "low";
}
