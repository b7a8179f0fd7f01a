import { describe, expect, it } from "vitest";
import type { RunGap } from "../../src/findings/coverage.ts";
import type { ScannerRun } from "../../src/findings/scanner-run.ts";
import { gapsOf, omittedRuns } from "../../src/sarif/upload-runs.ts";
import { completedRun, failedRun, judged, skippedRun } from "../support/findings.ts";

const ALL = [completedRun("bandit"), completedRun("safety"), completedRun("trivy"), completedRun("trivy-image")];

function omitted(runs: readonly ScannerRun[], gaps: readonly RunGap[] = []): string[] {
  return omittedRuns(runs, judged(gaps)).map(({ run }) => run);
}

describe("omittedRuns", () => {
  it("leaves out nothing when every run looked at everything", () => {
    expect(omittedRuns(ALL, [])).toEqual([]);
  });

  it("leaves out a run that failed, and says why", () => {
    expect(omittedRuns([failedRun("bandit"), completedRun("trivy")], [])).toEqual([
      { run: "bandit", because: "it failed: bandit ended with exit status 2" },
    ]);
  });

  it("leaves out a run with a gap, and names the first", () => {
    const gaps: RunGap[] = ["a.py", "b.py"].map((path) => ({ run: "bandit", path, line: 3, reason: "has a syntax error" }));
    expect(omittedRuns(ALL, judged(gaps))).toEqual([
      { run: "bandit", because: "it did not look at everything: a.py:3 has a syntax error (and 1 more)" },
    ]);
  });

  it("leaves out every run on the tree when the tree has a gap", () => {
    expect(omitted(ALL, [{ path: "vendored", reason: "is a submodule that is not initialised" }])).toEqual(["bandit", "safety", "trivy"]);
  });

  it.each([
    ["counts", ["bandit"]],
    ["warned", ["bandit"]],
    ["unchanged", ["bandit"]],
    ["accepted", []],
  ] as const)("of a run with a gap that is %s leaves out %j", (standing, expected) => {
    const gaps = judged([{ run: "bandit", path: "a.py", reason: "has a syntax error" }], standing);
    expect(omittedRuns(ALL, gaps).map(({ run }) => run)).toEqual(expected);
  });

  it.each([
    ["failed", [completedRun("safety"), failedRun("trivy")], []],
    ["has a gap", [completedRun("safety"), completedRun("trivy")], [{ run: "trivy", path: "Dockerfile", reason: "was not read" }]],
  ] as const)("leaves out Safety when Trivy %s", (_, runs, gaps) => {
    expect(omitted(runs, gaps)).toEqual(["trivy", "safety"]);
  });

  it("keeps Safety when Trivy was not asked for", () => {
    expect(omitted([completedRun("safety"), failedRun("bandit")])).toEqual(["bandit"]);
  });

  it("keeps Trivy when Safety is left out", () => {
    expect(omitted([failedRun("safety"), completedRun("trivy")])).toEqual(["safety"]);
  });

  it("names Safety once when it failed as well", () => {
    expect(omitted([failedRun("safety"), failedRun("trivy")])).toEqual(["safety", "trivy"]);
  });

  it("keeps Safety when only the image could not be scanned", () => {
    expect(omitted([completedRun("safety"), completedRun("trivy"), failedRun("trivy-image")])).toEqual(["trivy-image"]);
  });

  it("keeps a run that had nothing to look at", () => {
    expect(omitted([skippedRun("bandit"), completedRun("safety"), skippedRun("trivy")])).toEqual([]);
  });
});

describe("gapsOf", () => {
  it("gives a run its own gaps and those of the tree", () => {
    const gaps = judged([
      { run: "bandit", path: "a", reason: "r" },
      { run: "trivy", path: "b", reason: "r" },
      { path: "c", reason: "r" },
    ]);
    expect(gapsOf("bandit", gaps).map(({ path }) => path)).toEqual(["a", "c"]);
    expect(gapsOf("trivy-image", gaps)).toEqual([]);
  });
});
