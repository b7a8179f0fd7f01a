import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy, parsePolicy } from "../../src/policy/parse-policy.ts";
import { ACCEPTED_POLICIES, REFUSED_POLICIES } from "../fixtures/policies/cases.ts";
import { fuzz } from "../support/fuzz.ts";

const OPTIONS = { source: "policy.yml", today: "2026-11-21", failOn: "high" } as const;

function problemsOf(text: string): string[] {
  return parsePolicy(text, OPTIONS).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe("parsePolicy", () => {
  it.each(REFUSED_POLICIES)("tells every problem of $name and gives no policy", ({ text, problems }) => {
    expect(problemsOf(text)).toEqual(problems);
    expect(parsePolicy(text, OPTIONS).policy).toBeNull();
  });

  it.each(ACCEPTED_POLICIES)("accepts $name", ({ text, effect }) => {
    expect(problemsOf(text)).toEqual([]);
    expect(parsePolicy(text, OPTIONS).policy).toMatchObject(effect);
  });

  it("lists 100 problems and counts the others", () => {
    const problems = problemsOf(`version: 1\n${Array.from({ length: 150 }, (_, index) => `key${index}: 1`).join("\n")}\n`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe("102:1 There are 50 more problems from here on. Mend those above first.");
  });

  it.each([
    ["version: 1\n", false],
    ["version: 1\ngate: {unpinned: fail}\n", false],
    ["version: 1\ngate: {fail-on: never}\n", true],
    ["version: 1\ngate: {rules: [{name: a}]}\n", true],
  ])("says of %j whether it says what fails: %s", (text, expected) => {
    expect(parsePolicy(text, OPTIONS).saysWhatFails).toBe(expected);
  });

  it("lets the file go before the input about what fails", () => {
    const rules = (text: string) => parsePolicy(text, { ...OPTIONS, failOn: "low" }).policy?.gate.rules.map(({ name }) => name);
    expect(rules("version: 1\ngate: {fail-on: critical}\n")).toEqual(["fail-on: critical"]);
    expect(rules("version: 1\n")).toEqual(["fail-on: low"]);
  });

  it("never throws and gives a policy exactly when there is no problem, whatever the text", () => {
    const yamlish = fc.array(
      fc.constantFrom(..."{}[]:,-?&*!|>'\"%@`#\n\t ~<\\\0\uFEFFa1", "version: 1\n", "gate:", "  - ", "<<: *a", "\r\n"),
      { maxLength: 60 },
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      yamlish.map((parts) => parts.join("")),
    );
    fuzz(fc.property(text, judgedWhole));
  });

  it("never throws on a valid policy with a piece cut out or put in", () => {
    const texts = ACCEPTED_POLICIES.map(({ text }) => text);
    const mutation = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(300),
      cut: fc.nat(12),
      put: fc.oneof(
        fc.string({ unit: "binary", maxLength: 4 }),
        fc.constantFrom("\n", ": ", "- ", "*a ", "&a ", "!!x ", "[", "{", "'", "null", "1e999"),
      ),
    });
    const mutated = mutation.map(({ text, at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut));
    fuzz(fc.property(mutated, judgedWhole));
  });

  it.each([
    ["keys", Array.from({ length: 10_000 }, (_, index) => `${index.toString(36)}: `).join("\n")],
    ["keys of one mapping in braces", `{${Array.from({ length: 12_000 }, (_, index) => index.toString(36)).join(",")}}`],
    ["open braces", "{".repeat(60_000)],
    ["closing braces", "}".repeat(60_000)],
    ["list marks", "- ".repeat(32_000)],
    ["anchors", "&a ".repeat(20_000)],
    ["aliases", `version: [${"*a, ".repeat(15_000)}]`],
    ["documents", "---\n".repeat(16_000)],
    ["stars in a glob", `version: 1\nexclude: ["${"*a".repeat(30_000)}"]`],
    ["dots in a glob", `version: 1\nexclude: ["${"../".repeat(20_000)}"]`],
    ["spaces in a reason", `version: 1\nsuppressions: [{rule: a, expires: never, reason: "${" ".repeat(60_000)}\\u0001"}]`],
    ["letters in a name", `version: 1\ngate: {rules: [{name: "${"a".repeat(60_000)}\\u0001"}]}`],
    ["rules of one name", `version: 1\ngate: {rules: [${"{name: a},".repeat(6_000)}]}`],
  ])("answers within seconds, not minutes, on 64 KiB of %s", (_, text) => {
    const start = performance.now();
    expect(parsePolicy(text, OPTIONS).policy).toBeNull();
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("defaultPolicy", () => {
  it("is what a file says that has only a version", () => {
    expect(defaultPolicy("high", "policy.yml")).toEqual(parsePolicy("version: 1\n", OPTIONS).policy);
    expect(defaultPolicy("never", "no policy file")).toMatchObject({ source: "no policy file", gate: { rules: [] } });
  });
});

function judgedWhole(text: string): void {
  const { policy, problems } = parsePolicy(text, OPTIONS);
  expect(policy === null).toBe(problems.length > 0);
  expect(problems.every(({ line, column, message }) => line >= 1 && column >= 1 && !/\p{Cc}/u.test(message))).toBe(true);
  const places = problems.map(({ line, column }) => line * 100_000 + column);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}
