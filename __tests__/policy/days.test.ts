import { describe, expect, it } from "vitest";
import { addDays, daysBetween } from "../../src/policy/days.ts";

describe("daysBetween", () => {
  it.each([
    ["2026-11-21", "2026-11-21", 0],
    ["2026-11-21", "2026-12-01", 10],
    ["2028-02-28", "2028-03-01", 2],
    ["2026-12-01", "2026-11-21", -10],
  ])("counts from %s to %s %i days", (from, to, count) => {
    expect(daysBetween(from, to)).toBe(count);
  });
});

describe("addDays", () => {
  it("goes over the end of a month, of a year and of a February with a leap day", () => {
    expect([addDays("2026-11-30", 1), addDays("2026-12-31", 1), addDays("2027-11-21", 366)]).toEqual([
      "2026-12-01",
      "2027-01-01",
      "2028-11-21",
    ]);
  });
});
