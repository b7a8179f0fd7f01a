import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Confidence, Finding, Rule } from "../../src/findings/finding.ts";
import { SEVERITIES, type Severity } from "../../src/findings/severity.ts";
import { buildRules } from "../../src/sarif/rules.ts";
import { codeFinding, dependencyFinding, rule } from "../support/findings.ts";
import { fuzz } from "../support/fuzz.ts";

/** The descriptors of findings that are named by their rule alone. */
function descriptors(...findings: readonly Finding[]) {
  return buildRules(findings, (finding) => finding.rule.id);
}

function descriptorOf(overrides: Partial<Rule> = {}, severity: Severity = "high") {
  return descriptors(codeFinding({ rule: rule(overrides), severity }))[0];
}

/** The `security-severity` of an advisory with that score and severity. */
function scoreOf(cvss: number | undefined, severity: Severity): unknown {
  const { cvss: _, ...advisory } = dependencyFinding().advisory;
  const finding = dependencyFinding({ severity, advisory: cvss === undefined ? advisory : { ...advisory, cvss } });
  return descriptors(finding)[0]?.properties?.["security-severity"];
}

function precisionOf(...confidences: readonly (Confidence | undefined)[]): unknown {
  const findings = confidences.map((confidence) => {
    const { confidence: _, ...finding } = codeFinding();
    return confidence === undefined ? finding : { ...finding, confidence };
  });
  return descriptors(...findings)[0]?.properties?.["precision"];
}

describe("buildRules", () => {
  it("describes each rule once, ordered by id", () => {
    const second = codeFinding({ rule: rule({ id: "B700" }) });
    expect(descriptors(second, codeFinding(), codeFinding()).map(({ id }) => id)).toEqual(["B602", "B700"]);
  });

  it("takes title, description, help and address from the rule", () => {
    expect(descriptorOf({ title: "T", description: "D.", help: "H.", helpUri: "https://docs.example/b602", name: "n" })).toMatchObject({
      name: "n",
      shortDescription: { text: "T" },
      fullDescription: { text: "D." },
      help: { text: "H.", markdown: "H.\n\n[B602](<https://docs.example/b602>)" },
      helpUri: "https://docs.example/b602",
    });
  });

  it.each(["javascript:alert(1)", "http://docs.example/", "not an address", ""])("names no address for %j", (helpUri) => {
    expect(descriptorOf({ helpUri, help: "H." })).not.toHaveProperty("helpUri");
    expect(descriptorOf({ helpUri, help: "H." })?.help?.markdown).toBe("H.");
  });

  it("escapes markup in the markdown of the help only", () => {
    const { text, markdown } = descriptorOf({ help: "Use <b> *or* [x](y)." })?.help ?? {};
    expect(text).toBe("Use <b> *or* [x](y).");
    expect(markdown).not.toMatch(/<b>|\*or\*|\[x\]/);
  });

  it("stands in for empty texts with what is known", () => {
    expect(descriptorOf({ name: "", title: "", description: " ", help: "\n" })).toMatchObject({
      name: "B602",
      shortDescription: { text: "B602" },
      fullDescription: { text: "B602" },
      help: { text: "B602" },
    });
  });

  it("cuts names to 255 and texts to 1,024 characters", () => {
    const long = "x".repeat(2_000);
    const cut = descriptorOf({ name: long, title: long, description: long, help: long });
    expect([cut?.name?.length, cut?.shortDescription?.text.length, cut?.fullDescription?.text.length, cut?.help?.text.length]).toEqual([
      255, 1024, 1024, 1024,
    ]);
  });

  it("tags a rule as security, with its kind and its weaknesses", () => {
    expect(descriptorOf({ cwes: [78, 1333] })?.properties?.tags).toEqual([
      "security",
      "code",
      "external/cwe/cwe-078",
      "external/cwe/cwe-1333",
    ]);
  });

  it("gives no rule more than ten tags, and none twice", () => {
    expect(descriptorOf({ cwes: [5, 5, ...Array.from({ length: 30 }, (_, index) => index + 10)] })?.properties?.tags).toHaveLength(10);
    expect(descriptorOf({ cwes: [5, 5] })?.properties?.tags).toHaveLength(3);
  });

  it.each([
    ["critical", "error", "9.5"],
    ["high", "error", "8.0"],
    ["medium", "warning", "5.5"],
    ["low", "note", "2.0"],
    ["unknown", "error", "8.0"],
  ] as const)("shows severity %s as %s with score %s", (severity, level, score) => {
    expect(descriptorOf({}, severity)).toMatchObject({ defaultConfiguration: { level }, properties: { "security-severity": score } });
  });

  it.each([
    [9.8, "critical", "9.8"],
    [7, "high", "7.0"],
    [0, "low", "0.1"],
  ] as const)("shows the advisory's score %s where it says %s too", (cvss, severity, score) => {
    expect(scoreOf(cvss, severity)).toBe(score);
  });

  it.each([
    [9.8, "medium", "5.5"],
    [8.96, "high", "8.0"],
    [5, "unknown", "8.0"],
    [undefined, "critical", "9.5"],
    [Number.NaN, "high", "8.0"],
    [11, "critical", "9.5"],
    [11, "unknown", "8.0"],
  ] as const)("does not show the score %s of an advisory of severity %s", (cvss, severity, score) => {
    expect(scoreOf(cvss, severity)).toBe(score);
  });

  it("always gives a score in the band of the severity", () => {
    const bands = { critical: [9, 10], high: [7, 8.9], medium: [4, 6.9], low: [0.1, 3.9], unknown: [7, 8.9] } as const;
    fuzz(
      fc.property(fc.double(), fc.constantFrom(...SEVERITIES), (cvss, severity) => {
        const [least, most] = bands[severity];
        expect(scoreOf(cvss, severity)).toMatch(/^\d{1,2}\.\d$/);
        expect(Number(scoreOf(cvss, severity))).toSatisfy((score: number) => score >= least && score <= most);
      }),
    );
  });

  it("takes the highest score that its findings have", () => {
    const scored = [8.1, 8.8, 7.5].map((cvss) =>
      dependencyFinding({ severity: "high", advisory: { ...dependencyFinding().advisory, cvss } }),
    );
    expect(descriptors(...scored)[0]?.properties?.["security-severity"]).toBe("8.8");
  });

  it("is as precise as the surest of its findings, in any order", () => {
    expect(precisionOf("low", "high", "unknown")).toBe("high");
    expect(precisionOf("medium", "low")).toBe("medium");
    expect(precisionOf("low", "medium")).toBe("medium");
  });

  it.each(["unknown", undefined] as const)("names no precision when the confidence is %s", (confidence) => {
    expect(precisionOf(confidence)).toBeUndefined();
  });
});
