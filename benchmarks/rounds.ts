// Measures several sides in turn, round after round, so that what disturbs the machine meets all of them; and makes ratios of what came out.

import { cpuTimes, type Measurement, stealPercent } from "./measure.ts";

/** One measurement of every side. */
export interface Round<Side extends string> {
  readonly sides: Readonly<Record<Side, Measurement>>;
  readonly stealPercent: number;
}

/** A round in which the machine lost more than this to others says little. */
const MOST_STEAL_PERCENT = 2;

/** Runs `one` `count` times and notes how much of the machine was stolen meanwhile. */
export async function rounds<Side extends string>(
  count: number,
  one: (index: number) => Promise<Readonly<Record<Side, Measurement>>>,
): Promise<readonly Round<Side>[]> {
  const done: Round<Side>[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = cpuTimes();
    done.push({ sides: await one(index), stealPercent: stealPercent(before) });
  }
  return done;
}

/**
 * Of `count` measurements, made one after the other, the one whose wall time is in the middle, with the largest memory of all: a single one of a second
 * says more about the machine than about us.
 */
export async function middleOf(count: number, one: (index: number) => Promise<Measurement>): Promise<Measurement> {
  const done: Measurement[] = [];
  for (let index = 0; index < count; index += 1) done.push(await one(index));
  const middle = done.sort((a, b) => a.wallMs - b.wallMs)[Math.floor(done.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return { ...middle, peakBytes: Math.max(...done.map(({ peakBytes }) => peakBytes)) };
}

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Median, smallest and largest. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What `of` gives for each round. */
export function spread<Side extends string>(done: readonly Round<Side>[], of: (sides: Round<Side>["sides"]) => number): Spread {
  const values = done.map(({ sides }) => of(sides));
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** `slow` over `fast`, round by round. */
export function speedUp<Side extends string>(done: readonly Round<Side>[], slow: Side, fast: Side): Spread {
  return spread(done, (sides) => sides[slow].wallMs / sides[fast].wallMs);
}

/** Median seconds and megabytes of a side, for people. */
export function costOf<Side extends string>(done: readonly Round<Side>[], side: Side): string {
  const { median: wallMs } = spread(done, (sides) => sides[side].wallMs);
  const { high: peakBytes } = spread(done, (sides) => sides[side].peakBytes);
  return `${seconds(wallMs)}, ${(peakBytes / 1e6).toFixed(0)} MB`;
}

/** The largest steal of all rounds; with a warning where it spoils them. */
export function stealOf(done: readonly Round<string>[]): string {
  const worst = Math.max(...done.map(({ stealPercent: percent }) => percent));
  const spoiled = done.filter(({ stealPercent: percent }) => percent > MOST_STEAL_PERCENT).length;
  return `steal ${worst.toFixed(1)} %${spoiled === 0 ? "" : `, ${spoiled} of ${done.length} pairs DISTURBED`}`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
