// The security checklist names real tests, and its script computes the score from what they showed and from nothing else.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { problemOfTestId } from "./support/test-ids.ts";

interface Item {
  readonly id: string;
  readonly weight: number;
  readonly property: string;
  readonly refuses: readonly string[];
  readonly controls: readonly string[];
}

interface Result {
  readonly id: string;
  readonly status: string;
}

const ROOT = join(import.meta.dirname, "..");
const ITEMS = JSON.parse(readFileSync(join(ROOT, "docs/security-checklist.json"), "utf8")) as Item[];
const idsOf = ({ refuses, controls }: Item) => [...refuses, ...controls];
const IDS = [...new Set(ITEMS.flatMap(idsOf))];
const allPassed = IDS.map((id): Result => ({ id, status: "passed" }));

/** Items without those that need a test of `id`, and their weight. */
function lostWith(id: string): { readonly items: readonly Item[]; readonly weight: number } {
  const items = ITEMS.filter((item) => idsOf(item).includes(id));
  return { items, weight: items.reduce((sum, { weight }) => sum + weight, 0) };
}

/** A test that exactly one item needs, of the given weight; not the item of one of `others`. */
function onlyTestOf(weight: number, others: ReadonlySet<string> = new Set()): string {
  const id = IDS.find((candidate) => {
    const { items } = lostWith(candidate);
    return items.length === 1 && items[0]?.weight === weight && !idsOf(items[0]).some((other) => others.has(other));
  });
  if (id === undefined) throw new Error(`no test is needed by one item of weight ${weight} alone`);
  return id;
}

/** A report as vitest writes it, with placeholders of `it.each` filled in. */
function reportOf(results: readonly Result[]): string {
  const fileOf = ({ id }: Result) => id.split(" > ")[0];
  const testResults = [...new Set(results.map(fileOf))].map((file) => ({
    name: `/somewhere/__tests__/${file}`,
    assertionResults: results.filter((result) => fileOf(result) === file).map(({ id, status }) => ({ fullName: filledIn(id), status })),
  }));
  const path = join(mkdtempSync(join(tmpdir(), "sarif-gate-checklist-")), "test-results.json");
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}

function filledIn(id: string): string {
  return id
    .split(" > ")
    .slice(1)
    .join(" ")
    .replaceAll(/%[sdifjoO#$]|\$[\w.]+/gu, "any (thing)");
}

function checklist(report: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/checklist.mjs", report], { cwd: ROOT, encoding: "utf8" });
  const lines = stdout.trimEnd().split("\n");
  return { status, stderr, last: lines.at(-1) ?? "", lineOf: (id: string) => lines.find((line) => line.startsWith(id)) ?? "", lines };
}

/** The outcome when one test has another status than passed; null leaves it out of the report. */
function checklistWith(id: string, status: string | null) {
  const others = allPassed.filter((result) => result.id !== id);
  return checklist(reportOf(status === null ? others : [...others, { id, status }]));
}

describe("docs/security-checklist.json", () => {
  it("has the items C01 to C40, whose weights of 1 to 3 are 100 in all", () => {
    expect(ITEMS.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, index) => `C${String(index + 1).padStart(2, "0")}`));
    expect(ITEMS.filter(({ weight }) => ![1, 2, 3].includes(weight))).toEqual([]);
    expect(ITEMS.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  });

  it("says of each item what holds, and names a test that refuses and another one as its control", () => {
    const wanting = ITEMS.filter(
      ({ property, refuses, controls }) =>
        property === "" || refuses.length === 0 || controls.length === 0 || refuses.some((id) => controls.includes(id)),
    );
    expect(wanting.map(({ id }) => id)).toEqual([]);
  });

  it("names tests that exist, and no other", () => {
    expect(IDS.map(problemOfTestId).filter((problem) => problem !== null)).toEqual([]);
    expect(problemOfTestId("checklist.test.ts > docs/security-checklist.json > names nothing")).toContain("no ");
    expect(problemOfTestId("no-such.test.ts > a > b")).toContain("there is no no-such.test.ts");
  });
});

describe("the score of the checklist", () => {
  it("is 100 when every test passed", () => {
    const { status, last, lines } = checklist(reportOf(allPassed));
    expect([status, last]).toEqual([0, "score 100 of 100, items of weight 3: all shown"]);
    expect(lines.filter((line) => /^C\d\d /u.test(line)).length).toBe(40);
  });

  it.each(["failed", "skipped", "pending", "todo"])("loses an item of weight 3 when one of its tests is %s, and ends with 1", (outcome) => {
    const id = onlyTestOf(3);
    const { status, last, lineOf, lines } = checklistWith(id, outcome);
    const item = lostWith(id).items[0]?.id ?? "";
    expect([status, last]).toEqual([1, `score 97 of 100, items of weight 3: not shown: ${item}`]);
    expect(lineOf(item)).toContain(`${item}  3  NOT SHOWN (1 ${outcome})  `);
    expect(lines.filter((line) => line.endsWith(id) && line.includes(`  ${outcome} `))).toHaveLength(1);
  });

  it("loses an item when one of its tests did not run", () => {
    const id = onlyTestOf(3);
    expect(checklistWith(id, null).lineOf(lostWith(id).items[0]?.id ?? "")).toContain("NOT SHOWN (1 did not run)");
  });

  it("loses an item when one case of many failed", () => {
    const id = IDS.find((candidate) => /%|\$/u.test(candidate)) ?? "";
    const { last, lineOf } = checklist(reportOf([...allPassed, { id, status: "failed" }]));
    expect(last).toContain(`score ${100 - lostWith(id).weight} of 100`);
    expect(lineOf(lostWith(id).items[0]?.id ?? "")).toContain("NOT SHOWN (1 failed)");
  });

  it("may lack lighter items down to 94, and no more", () => {
    const without = (weights: readonly number[]) => {
      const gone = new Set<string>();
      for (const weight of weights) gone.add(onlyTestOf(weight, gone));
      const { status, last } = checklist(reportOf(allPassed.filter(({ id }) => !gone.has(id))));
      return [status, last];
    };
    expect(without([2, 2, 2])).toEqual([0, "score 94 of 100, items of weight 3: all shown"]);
    expect(without([2, 2, 2, 1])).toEqual([1, "score 93 of 100, items of weight 3: all shown"]);
  });

  it("is 0 for a run without tests", () => {
    const { status, last } = checklist(reportOf([]));
    expect(status).toBe(1);
    expect(last).toMatch(/^score 0 of 100, items of weight 3: not shown: C01, /u);
  });

  it("is asked of the test command where there is no report", () => {
    const { status, stderr, lines } = checklist(join(tmpdir(), "no-such-report.json"));
    expect([status, lines]).toEqual([1, [""]]);
    expect(stderr).toContain("Run `npm test` first.");
  });
});
