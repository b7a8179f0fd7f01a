import { describe, expect, it } from "vitest";
import { RULE_TEXTS } from "../../../src/scanners/bandit/rule-texts.ts";

describe("RULE_TEXTS", () => {
  it("describes every check of Bandit 1.9.4", () => {
    expect(RULE_TEXTS.size).toBe(75);
  });

  it.each([...RULE_TEXTS])("%s has a CWE and every part of its text", (id, { cwe, title, why, help }) => {
    expect(id).toMatch(/^B\d{3}$/u);
    expect(Number.isInteger(cwe) && cwe > 0).toBe(true);
    expect(title).toMatch(/^[^|]{4,60}[^.|]$/u);
    for (const sentence of [why, help]) expect(sentence).toMatch(/^[A-Za-z][^|]{5,}\.$/u);
  });
});
