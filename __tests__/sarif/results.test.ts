import { describe, expect, it } from "vitest";
import type { Location } from "../../src/findings/finding.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import { buildResult, messageText } from "../../src/sarif/results.ts";
import { codeFinding, dependencyFinding, duplicate, open } from "../support/findings.ts";

function resultOf(finding: TriagedFinding) {
  return buildResult(
    finding,
    { ruleId: finding.rule.id, ruleIndex: 0 },
    { primaryLocationLineHash: "abc:1", sources: ["Trivy"], state: {} },
  );
}

function regionOf(location: Partial<Location>) {
  const finding = codeFinding({ location: { path: "a.py", startLine: 3, endLine: 3, ...location } });
  return resultOf(open(finding)).locations?.[0]?.physicalLocation?.region;
}

describe("buildResult", () => {
  it("says what was found, where and how bad it is", () => {
    expect(resultOf(open(codeFinding()))).toEqual({
      ruleId: "B602",
      ruleIndex: 0,
      level: "error",
      message: { text: "A subprocess is started with a shell." },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "src/app.py", uriBaseId: "%SRCROOT%" },
            region: { startLine: 3, endLine: 3, startColumn: 1, endColumn: 10 },
          },
        },
      ],
      partialFingerprints: { primaryLocationLineHash: "abc:1", "sarifGate/v1": "c0de0000000000000000" },
      properties: { kind: "code", severity: "high", confidence: "high", scanners: ["bandit"] },
    });
  });

  it("names package, aliases, score and fixes of an advisory", () => {
    expect(resultOf(open(dependencyFinding(), ["trivy", "safety"])).properties).toEqual({
      kind: "dependency",
      severity: "critical",
      scanners: ["trivy", "safety"],
      package: "pkg:pypi/django@2.2.0",
      aliases: ["GHSA-6r97-cj55-9hrq", "PYSEC-2019-13"],
      cvss: 9.8,
      fixedVersions: ["2.2.4"],
    });
  });

  it("names what a duplicate duplicates", () => {
    expect(resultOf(duplicate(dependencyFinding(), "beef")).properties).toMatchObject({ duplicateOf: "beef" });
  });

  it.each([
    [
      { startLine: 0, endLine: -1 },
      { startLine: 1, endLine: 1 },
    ],
    [
      { startLine: 5, endLine: 2 },
      { startLine: 5, endLine: 5 },
    ],
    [
      { startColumn: 0, endColumn: 4 },
      { startLine: 3, endLine: 3 },
    ],
    [{ endColumn: 4 }, { startLine: 3, endLine: 3 }],
    [
      { startColumn: 4, endColumn: 4 },
      { startLine: 3, endLine: 3, startColumn: 4 },
    ],
    [
      { startColumn: 4, endColumn: 5 },
      { startLine: 3, endLine: 3, startColumn: 4, endColumn: 5 },
    ],
    [
      { endLine: 4, startColumn: 4, endColumn: 0 },
      { startLine: 3, endLine: 4, startColumn: 4 },
    ],
    [
      { endLine: 4, startColumn: 4, endColumn: 2 },
      { startLine: 3, endLine: 4, startColumn: 4, endColumn: 2 },
    ],
  ])("makes %j a region that GitHub accepts", (location, region) => {
    expect(regionOf(location)).toEqual(region);
  });

  it("names all sources of a problem that several scanners report, also behind a message that is cut", () => {
    const context = { primaryLocationLineHash: "abc:1", sources: ["Trivy", "Safety"], state: {} };
    const text = (message: string) =>
      buildResult(open(dependencyFinding({ message })), { ruleId: "x", ruleIndex: 0 }, context).message.text ?? "";
    expect(text("A flaw.")).toBe("A flaw. Reported by Trivy and Safety.");
    expect(text("x".repeat(5_000))).toMatch(/x… Reported by Trivy and Safety\.$/);
    expect(text("x".repeat(5_000))).toHaveLength(1_024);
  });

  it("never has an empty message", () => {
    expect(resultOf(open(codeFinding({ message: " \n" }))).message.text).toBe("B602");
  });
});

describe("messageText", () => {
  it("leaves ordinary text as it is", () => {
    expect(messageText("Use a[0] (once).")).toBe("Use a[0] (once).");
  });

  it("leaves no link", () => {
    expect(messageText("[x](https://evil.example)")).toBe("[x] (https://evil.example)");
  });

  it("shows what is invisible, in one line", () => {
    expect(messageText("a\nb\u202Ec\u001b")).toBe("a b\\u202Ec\\u001B");
  });

  it("cuts text to 1,024 characters", () => {
    expect(messageText("x".repeat(5_000))).toHaveLength(1_024);
  });
});
