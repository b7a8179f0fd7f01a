// Days of the calendar as policies write them, `YYYY-MM-DD` (UTC), whose order as text is that of days. Knows no clock.

import { dayOf } from "../text/day-of.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Counts the days from one day to another; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}

/** Returns the day that is `count` days after another. */
export function addDays(day: string, count: number): string {
  return dayOf(new Date(Date.parse(day) + count * DAY_MS));
}
