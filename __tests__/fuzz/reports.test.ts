// What a scanner writes is believed whole or not at all: captured reports with a few members changed, and texts that are no reports.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScannerError } from "../../src/errors.ts";
import type { RunId } from "../../src/findings/scanner-id.ts";
import { SEVERITIES } from "../../src/findings/severity.ts";
import type { ScannerOutput } from "../../src/scanners/scanner.ts";
import { decode, type Fixture, fixture } from "../scanners/fixture.ts";
import { fuzz } from "../support/fuzz.ts";
import { mutatedJson, mutatedText } from "../support/mutations.ts";

const RECORDED: readonly (readonly [run: RunId, name: string, index: number])[] = [
  ["bandit", "unread", 0],
  ["safety", "sfty-ids", 0],
  ["trivy", "clean", 0],
  ["trivy-image", "archive", 0],
];

/** What the decoder gives, or null where it refuses the report; anything but a refusal that is documented fails the test. */
function decoded(recorded: Fixture): ScannerOutput | null {
  try {
    return decode(recorded);
  } catch (thrown) {
    if (thrown instanceof ScannerError && (thrown.code === "report-unreadable" || thrown.code === "canary-missed")) return null;
    throw thrown;
  }
}

function withText(recorded: Fixture, index: number, text: string): Fixture {
  return { ...recorded, reports: recorded.reports.map((report, position) => (position === index ? { ...report, text } : report)) };
}

function expectSound({ findings, coverage }: ScannerOutput, { target, scanner }: Fixture): void {
  const paths = new Set([...target.files, ...target.python, ...target.pins.map(({ path }) => path)]);
  for (const { location, severity, message, rule, run } of findings) {
    expect(SEVERITIES).toContain(severity);
    expect(run).toBe(scanner.run);
    expect(message).not.toBe("");
    expect(rule.id).not.toBe("");
    expect(location.startLine).toBeGreaterThanOrEqual(1);
    expect(location.endLine).toBeGreaterThanOrEqual(location.startLine);
    if (run === "bandit" || run === "safety") expect(paths).toContain(location.path);
  }
  expect(coverage.covered).toBeGreaterThanOrEqual(0);
  expect(coverage.covered).toBeLessThanOrEqual(coverage.expected);
  if (coverage.covered < coverage.expected && scanner.run !== "safety" && scanner.run !== "trivy") expect(coverage.missing).not.toEqual([]);
}

describe.each(RECORDED)("a report of %s", (run, name, index) => {
  const recorded = fixture(run, name);
  const text = recorded.reports[index]?.text ?? "";
  const original: unknown = JSON.parse(text);

  it("is sound as it was recorded (the control)", () => {
    const output = decoded(recorded);
    expect(output).not.toBeNull();
    if (output !== null) expectSound(output, recorded);
  });

  it("with a few members changed is refused, or gives findings of known places and severities", () => {
    const outcomes = new Set<boolean>();
    fuzz(
      fc.property(mutatedJson(original), (json) => {
        const output = decoded(withText(recorded, index, JSON.stringify(json)));
        outcomes.add(output === null);
        if (output !== null) expectSound(output, recorded);
      }),
    );
    expect(outcomes.size).toBe(2);
  });

  it("that is cut or torn is refused, unless what is left is still a whole report", () => {
    fuzz(
      fc.property(fc.oneof(mutatedText(text), fc.string({ unit: "binary" }), fc.json()), (torn) => {
        const output = decoded(withText(recorded, index, torn));
        if (output !== null) expect(() => JSON.parse(torn)).not.toThrow();
      }),
    );
  });
});
