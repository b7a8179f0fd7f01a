// The real clock. Tests give a fixed one instead.

import type { Clock } from "./ports.ts";

/** Wall time for dates that are shown, a monotonic time (milliseconds since the process started) for durations and deadlines. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
