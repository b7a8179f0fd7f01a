// The short form of the benchmark: every row works and compares its results. What it measures means nothing at this size and is not looked at.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { TOOL_CACHE } from "../support/installed-tools.ts";
import { ROOT } from "../support/run-cli.ts";

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly judgement: string;
  readonly results: string;
}

function rowsOf(table: string): Row[] {
  const lines = table.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(1).map((line) => {
    const [what = "", measured = "", , judgement = "", results = ""] = line.split(" | ").map((cell) => cell.replace(/^\| | \|$/gu, ""));
    return { what, measured, judgement, results };
  });
}

function runBenchmark(...argv: string[]) {
  return spawnSync(process.execPath, [join(ROOT, "benchmarks", "run.ts"), ...argv], {
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: TOOL_CACHE },
  });
}

describe("the benchmark in its short form", () => {
  let outcome: ReturnType<typeof runBenchmark>;
  let rows: Row[];

  beforeAll(() => {
    outcome = runBenchmark("--size", "small");
    rows = rowsOf(outcome.stdout);
  }, 300_000);

  it("ends well", () => {
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
  });

  it.each([
    ["Bandit's leg without a cache", /^Bandit leg, [\d,]+ lines, no cache$/u],
    ["Bandit's leg with nothing changed", /^Bandit leg, [\d,]+ lines, nothing changed$/u],
    ["the Python processes that it then starts", /nothing changed, Python processes$/u],
    ["1 % of files changed", / 1 % of files changed$/u],
    ["5 % of files changed", / 5 % of files changed$/u],
    ["20 % of files changed", / 20 % of files changed$/u],
    ["a cold scan", /application, no cache$/u],
    ["a warm scan", /application, nothing changed$/u],
    ["a scan with one changed file", /application, one changed file$/u],
    ["what is allowed over the slowest scanner", /application, no cache, share of what is allowed$/u],
    ["the speed of merging", /^normalising and merging [\d.]+ MB of reports$/u],
    ["the memory of merging", /^normalising and merging [\d.]+ MB of reports, memory$/u],
    ["the time of writing", /^and writing the SARIF, the upload and report\.json$/u],
    ["growth", /^time for 10× the findings/u],
    ["fingerprints", /^fingerprints$/u],
    ["the wait for an upload", /^wait for an upload that takes 40 s$/u],
  ])("measures %s", (_, what) => {
    const found = rows.filter((row) => what.test(row.what));
    expect(found).toHaveLength(1);
    expect(found[0]?.measured).toMatch(/^\d/u);
  });

  it("says of every row what was compared", () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ results }) => !/equal|processed/u.test(results))).toEqual([]);
  });

  it("finds the same results in every way, in each tree and again after it changed", () => {
    const same = rows.filter(({ what }) => what.startsWith("same results, "));
    expect(same.map(({ measured, judgement }) => [measured, judgement])).toEqual(Array(4).fill(["equal", "ok"]));
  });

  it("judges no figure", () => {
    expect(rows.filter(({ measured, judgement }) => measured !== "equal" && judgement !== "–")).toEqual([]);
  });
});

describe("the benchmark's command line", () => {
  it.each([
    ["an unknown row", ["--rows", "nothing"], "there is no row nothing"],
    ["an unknown size", ["--size", "huge"], "--size"],
    ["no pair", ["--pairs", "0"], "--pairs"],
    ["a program that does not exist", ["--program", "nowhere.js"], "does not exist"],
  ])("refuses %s", (_, argv, words) => {
    const { status, stderr } = runBenchmark(...argv);
    expect(status).not.toBe(0);
    expect(stderr).toContain(words);
  });
});
