// The table that the benchmark prints: one line for each figure, with what it should be and what was compared.

import type { Spread } from "./rounds.ts";

export interface Line {
  readonly what: string;
  readonly figure: string;
  /** What the figure should be, in words; empty when nothing was set. */
  readonly target: string;
  /** Null: nothing was set, or the size is too small to judge by. */
  readonly met: boolean | null;
  /** What was found equal to what. */
  readonly results: string;
  readonly note: string;
}

/** A figure must be at least, or at most, so much. */
export type Target = ({ readonly atLeast: number } | { readonly atMost: number }) & { readonly unit: string };

/** The words of a target and whether the value meets it; at a size that is not judged nothing does or does not. */
export function against(value: number, target: Target | null, judged: boolean): Pick<Line, "target" | "met"> {
  if (target === null) return { target: "", met: null };
  const [sign, bound, met] =
    "atLeast" in target ? ["≥", target.atLeast, value >= target.atLeast] : ["≤", target.atMost, value <= target.atMost];
  return { target: `${sign} ${bound}${target.unit}`, met: judged ? met : null };
}

/** `2.04× (1.98–2.11)` */
export function times({ median, low, high }: Spread): string {
  const digits = median >= 20 ? 0 : 2;
  const [middle, from, to] = [median, low, high].map((value) => value.toFixed(digits));
  return from === to ? `${middle}×` : `${middle}× (${from}–${to})`;
}

export const HEAD = ["| what | measured | target | | results | |", "|---|---|---|---|---|---|"].join("\n");

/** One row of the Markdown table. */
export function renderLine({ what, figure, target, met, results, note }: Line): string {
  return `| ${[what, figure, target, met === null ? "–" : met ? "ok" : "MISSED", results, note].join(" | ")} |`;
}

/** A row for results that differ: what was measured says nothing then. */
export function renderDifference(row: string, difference: string): string {
  return `| ${row} | DIFFERENT RESULTS | | MISSED | ${difference.replaceAll("|", "/").replaceAll("\n", " ")} | |`;
}

/** Thrown when two sides that must state the same do not. */
export class ResultsDiffer extends Error {}

/** Compares two lists as multisets; returns how many there are, in words. Throws `ResultsDiffer` with the first differences. */
export function requireEqual(what: string, ours: readonly string[], theirs: readonly string[]): string {
  const more = lacking(theirs, ours);
  const missing = lacking(ours, theirs);
  if (more.length + missing.length === 0) return `${ours.length.toLocaleString("en")} equal`;
  const some = [...missing.slice(0, 3).map((key) => `missing ${key}`), ...more.slice(0, 3).map((key) => `more ${key}`)];
  throw new ResultsDiffer(`${what}: ${missing.length} missing, ${more.length} more: ${some.join("; ")}`);
}

/** The elements of `wanted` that are not, or not as often, in `there`. */
function lacking(there: readonly string[], wanted: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const one of there) left.set(one, (left.get(one) ?? 0) + 1);
  return wanted.filter((one) => {
    const count = left.get(one) ?? 0;
    left.set(one, count - 1);
    return count <= 0;
  });
}
