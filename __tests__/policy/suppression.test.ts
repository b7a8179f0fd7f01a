// Which suppression holds for what, and on which day. Every kind has something beside it that it does not suppress.

import { describe, expect, it } from "vitest";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { Policy, Suppression } from "../../src/policy/policy.ts";
import { isExpired, isExpiring, suppressionMatcher } from "../../src/policy/suppression.ts";
import { codeFinding, dependencyFinding, duplicate, findingId, open, rule } from "../support/findings.ts";
import { policy, suppression, TODAY } from "../support/policies.ts";

function by(
  policyOf: Policy,
  finding: TriagedFinding,
  options: { duplicates?: TriagedFinding[]; today?: string; novelty?: "new" | "unchanged" | "unknown" | null } = {},
) {
  const { duplicates = [], today = TODAY, novelty = null } = options;
  const comments = [{ scanner: "bandit" as const, path: "src/app.py", line: 3, text: "", novelty }];
  return suppressionMatcher(policyOf, comments, today).findingBy({ finding, duplicates });
}

function suppressing(...entries: Partial<Suppression>[]): Policy {
  return policy({ suppressions: entries.map((entry) => suppression(entry)) });
}

const SAFETY = duplicate(
  dependencyFinding({ id: findingId(7), scanner: "safety", run: "safety", rule: rule({ id: "PYUP-12345" }) }),
  dependencyFinding().id,
);

describe("a suppression", () => {
  it.each<[string, Partial<Suppression>, boolean]>([
    ["by its rule", { subject: { by: "rule", rule: "B602" } }, true],
    ["not by another rule", { subject: { by: "rule", rule: "B60" } }, false],
    ["by its id", { subject: { by: "finding", finding: codeFinding().id } }, true],
    ["not by another id", { subject: { by: "finding", finding: findingId(9) } }, false],
    ["in its path", { paths: ["docs/**", "src/*.py"] }, true],
    ["not in another path", { paths: ["tests/**"] }, false],
    ["not by a package it is not in", { package: "django" }, false],
    ["not by a gap", { subject: { by: "gap", gap: "**" } }, false],
    ["until its last day", { expires: TODAY }, true],
    ["not after it", { expires: "2026-11-20" }, false],
  ])("holds for a code finding %s", (_, entry, holds) => {
    expect(by(suppressing(entry), open(codeFinding())) !== null).toBe(holds);
  });

  it.each<[string, Partial<Suppression>, boolean]>([
    ["its id", { subject: { by: "advisory", advisory: "CVE-2019-14234" } }, true],
    ["an alias in any case", { subject: { by: "advisory", advisory: "ghsa-6R97-cj55-9hrq" } }, true],
    ["no other", { subject: { by: "advisory", advisory: "CVE-2019-1" } }, false],
    ["its id in its package", { subject: { by: "advisory", advisory: "CVE-2019-14234" }, package: "django" }, true],
    ["its id in no other package", { subject: { by: "advisory", advisory: "CVE-2019-14234" }, package: "flask" }, false],
  ])("holds for an advisory by %s", (_, entry, holds) => {
    expect(by(suppressing(entry), open(dependencyFinding())) !== null).toBe(holds);
  });

  it("by an id holds for no new finding, because the id of a mistake that was mended is free for another one", () => {
    const entry: Partial<Suppression> = { subject: { by: "finding", finding: codeFinding().id } };
    expect(by(suppressing(entry), open(codeFinding(), ["bandit"], "new"))).toBeNull();
    expect(by(suppressing(entry), open(codeFinding(), ["bandit"], "unchanged"))).not.toBeNull();
    expect(by(suppressing({}), open(codeFinding(), ["bandit"], "new"))).not.toBeNull();
  });

  it("holds for what another scanner calls the same problem", () => {
    const entries = [
      { subject: { by: "rule" as const, rule: "PYUP-12345" } },
      { subject: { by: "finding" as const, finding: findingId(7) } },
    ];
    for (const entry of entries) {
      expect(by(suppressing(entry), open(dependencyFinding()), { duplicates: [SAFETY] })).not.toBeNull();
      expect(by(suppressing(entry), open(dependencyFinding()))).toBeNull();
    }
  });

  it("says why and until when", () => {
    const entry = { reason: "reviewed in May", expires: "2027-01-01" };
    expect(by(suppressing(entry), open(codeFinding()))).toEqual({ kind: "policy", ...entry });
  });
});

describe("a comment", () => {
  const commented = open(codeFinding({ commentLine: 3 }));

  it.each([
    ["honour", "new", true],
    ["honour", null, true],
    ["existing", "unchanged", true],
    ["existing", null, true],
    ["existing", "new", false],
    ["existing", "unknown", false],
    ["honour", "unknown", true],
    ["ignore", "unchanged", false],
  ] as const)("with `inline: %s` and the novelty %s suppresses: %s", (inline, novelty, suppresses) => {
    const found = by(policy({ inline }), commented, { novelty });
    expect(found).toEqual(suppresses ? { kind: "inline", reason: "a comment in line 3 asks for it", expires: null } : null);
  });

  it("that is old is no leave for a finding that is new", () => {
    const added = open(codeFinding({ commentLine: 3 }), ["bandit"], "new");
    const old = open(codeFinding({ commentLine: 3 }), ["bandit"], "unchanged");
    expect(by(policy({ inline: "existing" }), added, { novelty: "unchanged" })).toBeNull();
    expect(by(policy({ inline: "existing" }), old, { novelty: "unchanged" })).not.toBeNull();
    expect(by(policy(), added, { novelty: "unchanged" })).not.toBeNull();
  });

  it("suppresses only what its scanner would pass over", () => {
    expect(by(policy(), open(codeFinding()))).toBeNull();
    expect(by(policy(), open(codeFinding({ commentLine: 4 })))).toBeNull();
    expect(by(policy(), open(codeFinding({ commentLine: 3, scanner: "trivy" })))).toBeNull();
  });

  it.each([
    ["2026-11-22", true],
    ["2026-11-21", false],
  ])("that counts until %s suppresses: %s", (until, suppresses) => {
    const comments = [{ scanner: "bandit" as const, path: "src/app.py", line: 3, text: "", novelty: null, until }];
    expect(suppressionMatcher(policy(), comments, TODAY).findingBy({ finding: commented, duplicates: [] }) !== null).toBe(suppresses);
  });

  it("gives way to an entry of the policy, which has a reason", () => {
    expect(by(suppressing({}), commented)).toMatchObject({ kind: "policy" });
  });
});

describe("asserts in tests", () => {
  const assertIn = (path: string, id = "B101") => open(codeFinding({ rule: rule({ id }), location: { path, startLine: 1, endLine: 1 } }));

  it.each([
    "tests/a.py",
    "shop/tests/unit/a.py",
    "test/a.py",
    "test_a.py",
    "shop/a_test.py",
    "shop/tests.py",
    "conftest.py",
    "a/conftest.py",
  ])("are suppressed in %s", (path) => {
    expect(by(policy(), assertIn(path))).toMatchObject({ kind: "asserts-in-tests" });
  });

  it.each(["shop/app.py", "latest/a.py", "contest.py", "protest_a.py", "testing.py"])("are not in %s", (path) => {
    expect(by(policy(), assertIn(path))).toBeNull();
  });

  it("are findings where the policy says so, and other rules always are", () => {
    expect(by(policy({ assertsInTests: "report" }), assertIn("tests/a.py"))).toBeNull();
    expect(by(policy(), assertIn("tests/a.py", "B102"))).toBeNull();
  });
});

describe("a gap", () => {
  const accepts = (entry: Partial<Suppression>, path: string, today = TODAY) =>
    suppressionMatcher(suppressing(entry), [], today).accepts({ path, reason: "" });

  it("is accepted by a glob for its path, as long as that holds", () => {
    const entry: Partial<Suppression> = { subject: { by: "gap", gap: "legacy/**" }, expires: "2026-12-01" };
    expect(accepts(entry, "legacy/a.py")).toBe(true);
    expect(accepts(entry, "src/a.py")).toBe(false);
    expect(accepts(entry, "legacy/a.py", "2026-12-02")).toBe(false);
  });

  it("is accepted by no suppression of findings", () => {
    expect(accepts({ paths: ["**"] }, "a.py")).toBe(false);
  });
});

describe("the end of a suppression", () => {
  it.each([
    [null, false, false],
    ["2026-11-20", true, false],
    ["2026-11-21", false, true],
    ["2026-12-21", false, true],
    ["2026-12-22", false, false],
  ])("at %s has passed: %s, is near: %s", (expires, expired, near) => {
    const entry = suppression({ expires });
    expect([isExpired(entry, TODAY), isExpiring(entry, TODAY)]).toEqual([expired, near]);
  });
});

describe("what matched nothing", () => {
  it("is every entry in force that held for nothing, also beside one that says the same", () => {
    const entries = suppressing(
      { line: 1 },
      { line: 2 },
      { line: 3, paths: ["nowhere/**"] },
      { line: 4, paths: ["gone/**"], expires: "2020-01-01" },
    );
    const matcher = suppressionMatcher(entries, [], TODAY);
    matcher.findingBy({ finding: open(codeFinding()), duplicates: [] });
    expect(matcher.unmatched().map(({ line }) => line)).toEqual([3]);
  });
});
