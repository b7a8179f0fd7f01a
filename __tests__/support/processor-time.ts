// For tests of what must take time in proportion to its input. Processor time, because a busy machine makes everything else late; and so much of it that only
// what grows faster than its input, and would take minutes to hours, needs more.

import { expect } from "vitest";

const LIMIT_MS = 10_000;

/** Fails when `act`, given a megabyte or so, takes more than 10 s of processor time. */
export function expectLinear(act: () => unknown): void {
  const before = process.cpuUsage();
  act();
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(LIMIT_MS);
}
