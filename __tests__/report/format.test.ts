import { describe, expect, it } from "vitest";
import { counted, formatDatabase, formatDuration, formatList, formatPlace, formatSeverities } from "../../src/report/format.ts";
import { database } from "../support/scan-report.ts";

describe("counted", () => {
  it.each([
    [0, "0 gaps"],
    [1, "1 gap"],
    [2, "2 gaps"],
  ])("writes %i as %s", (count, text) => {
    expect(counted(count, "gap")).toBe(text);
  });

  it("takes an irregular plural", () => {
    expect(counted(2, "advisory", "advisories")).toBe("2 advisories");
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0.00 s"],
    [482, "0.48 s"],
    [9_994, "9.99 s"],
    [9_996, "10.0 s"],
    [12_340, "12.3 s"],
    [59_960, "1 min 0 s"],
    [125_400, "2 min 5 s"],
    [119_700, "2 min 0 s"],
  ])("writes %i milliseconds as %s", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe("formatDatabase", () => {
  it.each([
    [{}, "2026-11-20 (1 day old, downloaded)"],
    [{ ageDays: 0 }, "2026-11-20 (made today, downloaded)"],
    [{ ageDays: 51, origin: "cached" }, "2026-11-20 (51 days old, cached)"],
    [{ updatedAt: null, ageDays: null }, "undated (downloaded)"],
  ])("of %j is %s", (overrides, text) => {
    expect(formatDatabase(database(overrides))).toBe(text);
  });
});

describe("formatPlace", () => {
  it("names path and line", () => {
    expect(formatPlace({ path: "a.py", startLine: 3, endLine: 4 }, "bandit")).toBe("a.py:3");
  });

  it("names an image without a line", () => {
    expect(formatPlace({ path: "shop/web", startLine: 1, endLine: 1 }, "trivy-image")).toBe("shop/web");
  });
});

describe("formatSeverities", () => {
  it("names what there is, most severe first", () => {
    expect(formatSeverities({ critical: 1, high: 0, medium: 2, low: 0, unknown: 3 })).toBe("critical 1, medium 2, unknown 3");
  });
});

describe("formatList", () => {
  it("names all when they fit", () => {
    expect(formatList(["a", "b"], 2)).toBe("a, b");
  });

  it("counts what it leaves out", () => {
    expect(formatList(["a", "b", "c"], 1)).toBe("a and 2 more");
  });
});
