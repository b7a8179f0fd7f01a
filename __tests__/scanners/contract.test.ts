// Laws for every scanner and every recorded report.

import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { describe, expect, it } from "vitest";
import { ScannerError } from "../../src/errors.ts";
import type { DecodedFinding } from "../../src/findings/finding.ts";
import { RUN_IDS } from "../../src/findings/scanner-id.ts";
import { SEVERITIES } from "../../src/findings/severity.ts";
import { caseNames, decode, type Fixture, fixture, type Json } from "./fixture.ts";

/** Recorded with a database or rules that prove nothing. */
const UNBELIEVABLE = new Set([
  "safety/empty-database",
  "safety/mismatched-database",
  "safety/no-ids",
  "trivy/empty-database",
  "trivy/default-secret-rules",
]);

const all = RUN_IDS.flatMap((run) => caseNames(run).map((name) => [`${run}/${name}`, fixture(run, name)] as const));
const believable = all.filter(([name]) => !UNBELIEVABLE.has(name));
const texts = new Map(all.map(([name, { reports }]) => [name, reports[0]?.text ?? ""]));

describe("a recorded report", () => {
  it.each(believable)("%s: every finding has a place inside the tree", (_, recorded) => {
    for (const { location } of decode(recorded).findings) {
      expect(location.path).toMatch(/^(?!\.{0,2}(?:\/|$)|.*(?:\/\.\.?(?:\/|$)|\\|\/\/))[^/]/su);
      expect(location.startLine).toBeGreaterThanOrEqual(1);
      expect(location.endLine).toBeGreaterThanOrEqual(location.startLine);
      expect(location.startColumn === undefined).toBe(location.endColumn === undefined);
    }
  });

  it.each(believable)("%s: every package has a valid package URL", (_, recorded) => {
    for (const finding of decode(recorded).findings) {
      if (finding.kind === "dependency") expect(PackageURL.fromString(finding.package.purl).toString()).toBe(finding.package.purl);
    }
  });

  it.each(believable)("%s: the run and scanner of a finding are those of the folder, whatever the report claims", (_, recorded) => {
    for (const finding of decode(recorded).findings) {
      expect([finding.run, finding.scanner]).toEqual([recorded.scanner.run, recorded.scanner.scanner]);
      expect(SEVERITIES).toContain(finding.severity);
    }
  });

  it.each(believable)("%s: equal rule ids have equal rules, with text in every part", (_, recorded) => {
    const rules = new Map<string, DecodedFinding["rule"]>();
    for (const { rule } of decode(recorded).findings) {
      expect(rule).toEqual(rules.get(rule.id) ?? rule);
      for (const part of [rule.id, rule.name, rule.title, rule.description, rule.help]) expect(part).not.toBe("");
      rules.set(rule.id, rule);
    }
  });

  it.each(believable)("%s: nothing that looks like a secret of the tree leaves", (_, recorded) => {
    expect(JSON.stringify(decode(recorded))).not.toMatch(/hunter\d|ghp_|\*\*\*\*/u);
  });

  it.each(believable)("%s: the order of its elements does not change the result", (_, recorded) => {
    const expected = decode(recorded);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(decode(shuffled(recorded, seed))).toEqual(expected);
      }),
      { seed: 7, numRuns: 10 },
    );
  });

  it.each(believable)("%s: coverage counts add up", (_, recorded) => {
    const { coverage } = decode(recorded);
    expect(coverage.covered).toBeGreaterThanOrEqual(0);
    expect(coverage.covered).toBeLessThanOrEqual(coverage.expected);
    if (coverage.covered === coverage.expected) expect(coverage.missing).toEqual([]);
  });
});

describe("a text that is no report of the scanner", () => {
  const garbage = [
    "",
    " \n",
    "null",
    "0",
    '"report"',
    "[]",
    "{}",
    "{",
    "<html></html>",
    "[".repeat(200_000),
    `${"[".repeat(200_000)}${"]".repeat(200_000)}`,
  ];

  it.each(positions())("%s[%i]: is an error, never an empty result", (_, index, recorded) => {
    for (const text of garbage) expectRefusal(withText(recorded, index, text));
  });

  it.each(positions())("%s[%i]: cut off anywhere, is an error", (_, index, recorded) => {
    const text = recorded.reports[index]?.text.trimEnd() ?? "";
    for (const part of [0.01, 0.25, 0.5, 0.75, 0.99])
      expectRefusal(withText(recorded, index, text.slice(0, Math.floor(text.length * part))));
    expectRefusal(withText(recorded, index, text.slice(0, -1)));
  });

  it.each(positions())("%s[%i]: written by another scanner, is an error", (name, index, recorded) => {
    for (const [other, text] of texts) {
      if (isForeign(other, name, index)) expectRefusal(withText(recorded, index, text));
    }
  });

  it.each(positions())("%s[%i]: without one of its top-level members that count, is an error", (_, index, recorded) => {
    const json: Json = JSON.parse(recorded.reports[index]?.text ?? "");
    const optional = [
      "ReportID",
      "CreatedAt",
      "ArtifactID",
      "ArtifactName",
      "ArtifactType",
      "Trivy",
      "affected_packages",
      "announcements",
      "remediations",
    ];
    for (const member of Object.keys(json).filter((key) => !optional.includes(key) && key !== "remediations_results")) {
      const { [member]: _gone, ...rest } = json;
      const changed = withText(recorded, index, JSON.stringify(rest));
      // An image in which nothing was found has no results.
      if (recorded.scanner.run === "trivy-image" && index === 0 && member === "Results") expect(decode(changed).findings).toEqual([]);
      // Neither have charts of which none was rendered.
      else if (recorded.scanner.run === "trivy" && index === 1 && member === "Results")
        expect(decode(changed).coverage.missing.length).toBeGreaterThan(decode(recorded).coverage.missing.length);
      else expectRefusal(changed);
    }
  });

  it.each(all.filter(([name]) => UNBELIEVABLE.has(name)))("%s: is an error", (_, recorded) => {
    expectRefusal(recorded);
  });
});

function positions(): [string, number, Fixture][] {
  return believable.flatMap(([name, recorded]) => recorded.reports.map((_, index): [string, number, Fixture] => [name, index, recorded]));
}

/** The second report of the image run is on the canary, which the run on the tree scans too. */
function isForeign(other: string, name: string, index: number): boolean {
  const [otherRun, run] = [other, name].map((path) => path.split("/")[0]);
  return otherRun !== run && !(run === "trivy-image" && index === 1 && otherRun === "trivy");
}

function withText(recorded: Fixture, index: number, text: string): Fixture {
  return { ...recorded, reports: recorded.reports.map((one, position) => (position === index ? { ...one, text } : one)) };
}

function expectRefusal(recorded: Fixture): void {
  expect(() => decode(recorded)).toThrow(ScannerError);
}

/** The same report with its lists of objects and its members in another order. */
function shuffled(recorded: Fixture, seed: number): Fixture {
  const reports = recorded.reports.map((one) => ({ ...one, text: JSON.stringify(shuffle(JSON.parse(one.text), seed)) }));
  return { ...recorded, reports };
}

function shuffle(value: Json, seed: number): Json {
  if (Array.isArray(value))
    return value.some((item) => typeof item === "object") ? permute(value, seed).map((item) => shuffle(item, seed)) : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(permute(Object.entries(value), seed).map(([key, item]) => [key, shuffle(item, seed)]));
}

/** Sorts by a number drawn from the seed and the position. */
function permute<Item>(items: readonly Item[], seed: number): Item[] {
  const drawn = items.map((item, index) => ({ item, rank: Math.imul(index + 1, seed | 1) % 1009 }));
  return drawn.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}
