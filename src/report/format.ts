// Numbers and places as every report for people writes them. The results hold untrusted text only where a function says so.

import type { Coverage } from "../findings/coverage.ts";
import type { Location } from "../findings/finding.ts";
import type { DatabaseFacts } from "../findings/scanner-run.ts";
import { SEVERITIES, type Severity } from "../findings/severity.ts";

/** `1 finding`, `3 findings`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `0.48 s`, `12.3 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `80 of 80 Python files`; with `, 76 from the cache` or `, all from the cache` where an earlier run had looked at them. Untrusted. */
export function formatCoverage({ covered, expected, unit, cached = 0 }: Coverage): string {
  return `${covered} of ${expected} ${unit}${cached === 0 ? "" : `, ${cached === expected ? "all" : cached} from the cache`}`;
}

/** `2026-11-20 (1 day old, downloaded)`; `undated (cached)` when the database does not say. Untrusted: a database dates itself. */
export function formatDatabase({ updatedAt, ageDays, origin }: DatabaseFacts): string {
  const age = ageDays === null ? "" : ageDays <= 0 ? "made today, " : `${counted(ageDays, "day")} old, `;
  return `${updatedAt?.slice(0, 10) ?? "undated"} (${age}${origin})`;
}

/** `path:line`; of an image, which has no lines, its name. Untrusted. */
export function formatPlace({ path, startLine }: Location, run: string): string {
  return run === "trivy-image" ? path : `${path}:${startLine}`;
}

export type SeverityCounts = Readonly<Record<Severity, number>>;

/** Counts findings by severity. */
export function countSeverities(findings: Iterable<{ readonly severity: Severity }>): SeverityCounts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}

/** `critical 1, high 2`: what there is, most severe first; empty when there is nothing. */
export function formatSeverities(counts: SeverityCounts): string {
  return SEVERITIES.filter((severity) => counts[severity] > 0)
    .map((severity) => `${severity} ${counts[severity]}`)
    .join(", ");
}

/** The sum over all severities. */
export function totalOf(counts: SeverityCounts): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
}

/** Names the first `limit` of a list and counts the rest: `a, b and 3 more`. `name` renders an item. */
export function formatList(items: readonly string[], limit: number, name: (item: string) => string = (item) => item): string {
  const named = items.slice(0, limit).map((item) => name(item));
  return items.length <= limit ? named.join(", ") : `${named.join(", ")} and ${items.length - limit} more`;
}
