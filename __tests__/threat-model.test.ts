// The threat model has a row for every vector, and every row names tests that exist.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problemOfTestId } from "./support/test-ids.ts";

const DOCUMENT = readFileSync(join(import.meta.dirname, "..", "docs/threat-model.md"), "utf8");
const VECTORS = Array.from({ length: 40 }, (_, index) => `V${index + 1}`);

/** Everything that is wrong with the table of vectors: missing or repeated rows, rows without a test, tests that do not exist. */
function problemsOf(document: string): string[] {
  const rows = [...document.matchAll(/^\| (V\d+) \|(.*)\|$/gmu)].map(([, id = "", rest = ""]) => ({ id, tests: testsOf(rest) }));
  const ids = rows.map(({ id }) => id);
  return [
    ...VECTORS.filter((id) => !ids.includes(id)).map((id) => `${id}: has no row`),
    ...ids.filter((id, index) => !VECTORS.includes(id) || ids.indexOf(id) !== index).map((id) => `${id}: is no vector, or has two rows`),
    ...rows.filter(({ tests }) => tests.length === 0).map(({ id }) => `${id}: names no test`),
    ...rows.flatMap(({ tests }) => tests.map(problemOfTestId)).filter((problem) => problem !== null),
  ];
}

/** What stands in backticks in the last cell of a row. */
function testsOf(row: string): string[] {
  return [...(row.split(" | ").at(-1) ?? "").matchAll(/`([^`]+)`/gu)].map(([, id = ""]) => id);
}

describe("docs/threat-model.md", () => {
  it("has one row for each of V1 to V40, with tests that exist", () => {
    expect(problemsOf(DOCUMENT)).toEqual([]);
  });

  it.each([
    ["a row that is missing", /^\| V7 \|.*\n/mu, "", "V7: has no row"],
    ["a second row", /^(\| V7 \|.*\n)/mu, "$1$1", "V7: is no vector, or has two rows"],
    ["a row without a test", /^(\| V7 \|.* \| )[^|]*\|$/mu, "$1none |", "V7: names no test"],
    ["a test that is missing", /^(\| V7 \|.* \| )/mu, "$1`architecture.test.ts > architecture > made up`<br>", 'no "made up"'],
    ["a file that is missing", /^(\| V7 \|.* \| )/mu, "$1`made-up.test.ts > a > b`<br>", "there is no made-up.test.ts"],
  ])("would be found to have %s", (_, place, replacement, problem) => {
    expect(place.test(DOCUMENT)).toBe(true);
    expect(problemsOf(DOCUMENT.replace(place, replacement))).toEqual([expect.stringContaining(problem)]);
  });
});
