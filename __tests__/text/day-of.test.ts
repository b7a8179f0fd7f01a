import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/text/day-of.ts";

describe("dayOf", () => {
  it("is the day in UTC, whatever the hour", () => {
    expect(dayOf(new Date("2026-11-21T00:00:00Z"))).toBe("2026-11-21");
    expect(dayOf(new Date("2026-11-21T23:59:59.999Z"))).toBe("2026-11-21");
    expect(dayOf(new Date("2026-11-21T23:30:00-05:00"))).toBe("2026-11-22");
  });
});
