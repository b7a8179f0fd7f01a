import { describe, expect, it } from "vitest";
import { describePolicy } from "../../src/policy/describe-policy.ts";
import { gateRule, policy, suppression, TODAY } from "../support/policies.ts";

const SAYS_ALL = { saysWhatFails: true, today: TODAY };

describe("describePolicy", () => {
  it("says every default in words", () => {
    expect(describePolicy(policy(), SAYS_ALL)).toEqual([
      "fails on: findings of severity high or above",
      "unknown severity: counts as high",
      "incomplete scan: fail",
      "dependencies without a version to check: notice",
      "suppressions: none",
      "not scanned: nothing",
      "comments in the source that suppress: honour",
      "asserts in tests: ignore",
      "limits: any number of comments, any number of permanent suppressions, databases up to 7 (Trivy) and 45 (Safety) days old",
    ]);
  });

  it("leaves to the input what the file does not say", () => {
    expect(describePolicy(policy(), { ...SAYS_ALL, saysWhatFails: false })[0]).toBe(
      "fails on: what the input `fail-on` says, by default findings of severity high or above",
    );
  });

  it("says that nothing gates", () => {
    expect(describePolicy(policy({ gate: { rules: [] } }), SAYS_ALL)[0]).toBe("fails on: no finding");
  });

  it("says each rule on a line of its own", () => {
    const rules = [gateRule({ name: "no secrets", kinds: ["secret"], severity: "low" }), gateRule({ name: "few", max: 3, scope: "new" })];
    expect(describePolicy(policy({ gate: { rules } }), SAYS_ALL).slice(0, 2)).toEqual([
      "fails on: no secrets: secret, severity low",
      "fails on: few: severity high, scope new, at most 3",
    ]);
  });

  it("counts suppressions by how they end, on the day before and after each change", () => {
    const suppressions = [null, "2026-11-20", "2026-11-21", "2026-12-21", "2026-12-22"].map((expires) => suppression({ expires }));
    expect(describePolicy(policy({ suppressions }), SAYS_ALL)).toContain("suppressions: 5 (2 end within 30 days, 1 expired, 1 permanent)");
  });

  it("names what is stricter or looser than the default", () => {
    const lines = describePolicy(
      policy({
        gate: { incomplete: { default: "fail", bandit: "fail", safety: "warn", trivy: "fail" } },
        require: { scanners: ["bandit", "trivy"], path: "." },
        exclude: ["vendor/**"],
        limits: { nosec: 20, permanent: 0 },
      }),
      SAYS_ALL,
    );
    expect(lines).toEqual(
      expect.arrayContaining([
        "incomplete scan: fail, safety warn",
        "required: the scanners bandit, trivy; the path .",
        "not scanned: vendor/**",
        "limits: at most 20 comments, at most 0 permanent suppressions, databases up to 7 (Trivy) and 45 (Safety) days old",
      ]),
    );
  });
});
