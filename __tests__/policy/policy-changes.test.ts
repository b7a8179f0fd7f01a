import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { policyChanges } from "../../src/policy/policy-changes.ts";
import { ACCEPTED_POLICIES } from "../fixtures/policies/cases.ts";

function policyOf(body: string): Policy {
  const { policy, problems } = parsePolicy(`version: 1\n${body}`, { source: "policy.yml", today: "2026-11-21", failOn: "high" });
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
}

/** `key: base -> head, effect`; nothing is `-`. */
function told(base: string, head: string): string[] {
  return policyChanges(policyOf(base), policyOf(head)).map((one) => `${one.key}: ${one.base ?? "-"} -> ${one.head ?? "-"}, ${one.effect}`);
}

const rules = (...list: string[]) => `gate: {rules: [${list.map((one) => `{${one}}`).join(", ")}]}`;
const suppressions = (...list: string[]) => `suppressions: [${list.map((one) => `{reason: r, ${one}}`).join(", ")}]`;

/** From looser to stricter: forwards it applies, backwards it is ignored. */
const ORDERED: readonly (readonly [string, string, string, string, string, string])[] = [
  ["a threshold", "gate: {fail-on: high}", "gate: {fail-on: low}", "gate.fail-on", "high", "low"],
  ["a gate where there was none", "gate: {fail-on: never}", "gate: {fail-on: critical}", "gate.fail-on", "never", "critical"],
  ["a new rule", rules("name: a"), rules("name: a", "name: b"), "gate.rules", "-", "b: severity low"],
  ["a rule's severity", rules("name: a, severity: high"), rules("name: a"), "gate.rules", "a: severity high", "a: severity low"],
  ["a rule's tolerance", rules("name: a, max: 3"), rules("name: a"), "gate.rules", "a: severity low, at most 3", "a: severity low"],
  [
    "a rule's scope",
    rules("name: a, scope: new"),
    rules("name: a, scope: all"),
    "gate.rules",
    "a: severity low, scope new",
    "a: severity low, scope all",
  ],
  [
    "a rule's kinds",
    rules("name: a, kinds: [code]"),
    rules("name: a, kinds: [secret, code]"),
    "gate.rules",
    "a: code, severity low",
    "a: code, secret, severity low",
  ],
  ["a rule's paths", rules("name: a, paths: [s/**]"), rules("name: a"), "gate.rules", "a: severity low, in s/**", "a: severity low"],
  [
    "a rule's exceptions",
    rules("name: a, except-paths: [s/**]"),
    rules("name: a"),
    "gate.rules",
    "a: severity low, not in s/**",
    "a: severity low",
  ],
  [
    "a rule's confidence",
    rules("name: a, confidence: high"),
    rules("name: a"),
    "gate.rules",
    "a: severity low, confidence high",
    "a: severity low",
  ],
  [
    "a rule about fixes",
    rules("name: a, fix: available"),
    rules("name: a"),
    "gate.rules",
    "a: severity low, with a fix",
    "a: severity low",
  ],
  ["unknown severities", "gate: {unknown-severity: low}", "", "gate.unknown-severity", "low", "high"],
  ["what is incomplete, told once", "gate: {incomplete: {default: warn}}", "", "gate.incomplete.default", "warn", "fail"],
  ["one scanner's gaps", "gate: {incomplete: {safety: warn}}", "", "gate.incomplete.safety", "warn", "fail"],
  ["unpinned dependencies", "", "gate: {unpinned: fail}", "gate.unpinned", "notice", "fail"],
  ["a required scanner", "", "require: {scanners: [safety]}", "require.scanners", "-", "safety"],
  ["a required path", "", "require: {path: src}", "require.path", "-", "src"],
  ["a wider required path", "require: {path: src}", 'require: {path: "."}', "require.path", "src", "."],
  [
    "a suppression's end",
    suppressions("rule: B1, expires: never"),
    suppressions("rule: B1, expires: 2027-06-30"),
    "suppressions",
    "rule B1 without an end",
    "rule B1 until 2027-06-30",
  ],
  [
    "a suppression's date",
    suppressions("rule: B1, expires: 2027-07-01"),
    suppressions("rule: B1, expires: 2027-06-30"),
    "suppressions",
    "rule B1 until 2027-07-01",
    "rule B1 until 2027-06-30",
  ],
  [
    "a suppression's paths",
    suppressions("rule: B1, expires: never"),
    suppressions("rule: B1, paths: [t/**], expires: never"),
    "suppressions",
    "rule B1 without an end",
    "rule B1 in t/** without an end",
  ],
  [
    "a suppression's package",
    suppressions("advisory: C-1, expires: never"),
    suppressions("advisory: C-1, package: p, expires: never"),
    "suppressions",
    "advisory C-1 without an end",
    "advisory C-1 of package p without an end",
  ],
  ["a suppression", suppressions("gap: a.py, expires: never"), "", "suppressions", "gap a.py without an end", "-"],
  ["an exclusion", "exclude: [vendor/**]", "", "exclude", "vendor/**", "-"],
  ["comments that suppress", "", "inline: existing", "inline", "honour", "existing"],
  ["comments of the base", "inline: existing", "inline: ignore", "inline", "existing", "ignore"],
  ["asserts in tests", "", "asserts-in-tests: report", "asserts-in-tests", "ignore", "report"],
  ["a limit of comments", "", "limits: {nosec: 20}", "limits.nosec", "-", "20"],
  ["a smaller limit", "limits: {permanent: 5}", "limits: {permanent: 0}", "limits.permanent", "5", "0"],
  ["the age of a database", "limits: {database-age-days: {trivy: 9}}", "", "limits.database-age-days.trivy", "9", "7"],
];

describe("policyChanges", () => {
  it.each(ORDERED)("applies %s that is stricter", (_, loose, strict, key, before, after) => {
    expect(told(loose, strict)).toEqual([`${key}: ${before} -> ${after}, applies`]);
  });

  it.each(ORDERED)("ignores %s that is looser", (_, loose, strict, key, before, after) => {
    expect(told(strict, loose)).toEqual([`${key}: ${after} -> ${before}, ignored`]);
  });

  it.each(ACCEPTED_POLICIES)("tells nothing of $name beside itself", ({ text }) => {
    const { policy } = parsePolicy(text, { source: "policy.yml", today: "2026-11-21", failOn: "high" });
    expect(policy === null ? null : policyChanges(policy, { ...policy, source: "elsewhere" })).toEqual([]);
  });

  it("tells nothing when rules, suppressions and lists only change their order", () => {
    expect(told(rules("name: a", "name: b, kinds: [code, secret]"), rules("name: b, kinds: [secret, code]", "name: a"))).toEqual([]);
    const [one, two] = ["rule: B1, expires: never", "rule: B2, expires: never"];
    expect(told(suppressions(one, two), suppressions(two, one))).toEqual([]);
    expect(told("exclude: [a, b]", "exclude: [b, a, a]")).toEqual([]);
  });

  it("takes a rule that is stricter in one way and looser in another for one removed and one added", () => {
    expect(told(rules("name: a, severity: high"), rules("name: a, max: 1"))).toEqual([
      "gate.rules: a: severity high -> -, ignored",
      "gate.rules: - -> a: severity low, at most 1, applies",
    ]);
  });

  it("compares the short form with rules", () => {
    expect(told("", rules("name: a"))).toEqual([
      "gate.rules: fail-on: high: severity high -> -, ignored",
      "gate.rules: - -> a: severity low, applies",
    ]);
  });

  it("ignores a suppression that is narrower but lasts longer", () => {
    const base = suppressions("rule: B1, expires: 2027-01-01");
    expect(told(base, suppressions("rule: B1, paths: [t/**], expires: never"))).toEqual([
      "suppressions: rule B1 until 2027-01-01 -> rule B1 in t/** without an end, ignored",
    ]);
  });

  it("shows the reason of a suppression when nothing else changed", () => {
    expect(
      told("suppressions: [{rule: B1, reason: one, expires: never}]", "suppressions: [{rule: B1, reason: two, expires: never}]"),
    ).toEqual(["suppressions: rule B1 without an end: one -> rule B1 without an end: two, applies"]);
  });

  it("matches suppressions of one subject by place before it takes one for a change of the other", () => {
    const inPath = (path: string) => `rule: B1, paths: [${path}], expires: never`;
    expect(told(suppressions(inPath("a"), inPath("b")), suppressions(inPath("b"), inPath("c")))).toEqual([
      "suppressions: rule B1 in a without an end -> rule B1 in c without an end, ignored",
    ]);
  });

  it("tells of a required path beside the other one as of one removed and one added", () => {
    expect(told("require: {path: src}", "require: {path: lib}")).toEqual([
      "require.path: src -> -, ignored",
      "require.path: - -> lib, applies",
    ]);
  });

  it("lists changes in the order of the keys", () => {
    const keys = policyChanges(
      policyOf("exclude: [b]\n"),
      policyOf("inline: ignore\nexclude: [a]\ngate: {fail-on: low, unpinned: fail}\n"),
    ).map(({ key }) => key);
    expect(keys).toEqual(["gate.fail-on", "gate.unpinned", "exclude", "exclude", "inline"]);
  });

  it("cuts long texts to 120 characters", () => {
    const [change] = policyChanges(policyOf(""), policyOf(`exclude: [${"x".repeat(200)}]`));
    expect(change?.head).toBe(`${"x".repeat(119)}…`);
  });
});
