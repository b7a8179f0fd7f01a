import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSeverity, SEVERITIES, severityOfScore, severityRank } from "../../src/findings/severity.ts";
import { fuzz } from "../support/fuzz.ts";

describe("severity", () => {
  it("reads the five words in any case", () => {
    expect(["CRITICAL", "High", "medium", "LOW", "Unknown"].map(parseSeverity)).toEqual(["critical", "high", "medium", "low", "unknown"]);
  });

  it.each([undefined, null, "", "severe", "HIGH ", 9, {}, "__proto__", Number.NaN])("calls %j unknown, never low", (word) => {
    expect(parseSeverity(word)).toBe("unknown");
  });

  it("ranks an unknown severity like high unless told otherwise", () => {
    expect(severityRank("unknown")).toBe(severityRank("high"));
    expect(severityRank("unknown", "low")).toBe(severityRank("low"));
  });

  it.each([
    [10, "critical"],
    [9, "critical"],
    [8.9, "high"],
    [7, "high"],
    [6.9, "medium"],
    [4, "medium"],
    [3.9, "low"],
    [0, "low"],
  ] as const)("rates a CVSS score of %d as %s", (score, severity) => {
    expect(severityOfScore(score)).toBe(severity);
  });

  it.each([-0.1, 10.1, Number.NaN, Number.POSITIVE_INFINITY, "9.8", "9.8abc", null])("rates %j as unknown", (score) => {
    expect(severityOfScore(score)).toBe("unknown");
  });

  it("maps any value to one of the five and never lowers a higher score", () => {
    fuzz(fc.property(fc.anything(), (value) => SEVERITIES.includes(parseSeverity(value)) && SEVERITIES.includes(severityOfScore(value))));
    fuzz(
      fc.property(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        return severityRank(severityOfScore(low)) <= severityRank(severityOfScore(high));
      }),
    );
  });
});
