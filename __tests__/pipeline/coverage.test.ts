import { describe, expect, it } from "vitest";
import type { Gap } from "../../src/findings/coverage.ts";
import { packageKey } from "../../src/findings/package-ref.ts";
import type { ScannerRun } from "../../src/findings/scanner-run.ts";
import type { ManifestReading, Pin } from "../../src/manifests/pin.ts";
import { collectGaps, collectNotices, looksAtEverything } from "../../src/pipeline/coverage.ts";
import type { RunOutcome } from "../../src/pipeline/run-scanner.ts";
import { completedRun, coverage, failedRun, skippedRun } from "../support/findings.ts";
import { policy } from "../support/policies.ts";

const PIN: Pin = { name: "Six", version: "1.16.0", format: "requirements", path: "requirements.txt", startLine: 2, endLine: 2 };
const KEY = packageKey("six", "1.16.0");
const GAP: Gap = { path: "a.py", reason: "could not be parsed" };

function reading(overrides: Partial<ManifestReading> = {}): ManifestReading {
  return { pins: [PIN], gaps: [], notices: [], unpinned: [], manifests: ["requirements.txt"], ...overrides };
}

function outcome(run: ScannerRun, overrides: Partial<RunOutcome> = {}): RunOutcome {
  return { run, pinsTakenUp: [], databaseGap: null, ...overrides };
}

function gaps(outcomes: readonly RunOutcome[], { manifests = reading(), tree = [] as Gap[] } = {}) {
  return collectGaps({ gaps: tree }, manifests, outcomes);
}

describe("collectGaps", () => {
  it.each(["safety", "trivy"] as const)("has no gap for a pin that only %s took up", (scanner) => {
    const outcomes = (["safety", "trivy"] as const).map((run) => outcome(completedRun(run), { pinsTakenUp: run === scanner ? [KEY] : [] }));
    expect(gaps(outcomes)).toEqual([]);
  });

  it("has a gap at the line of a pin that no scanner took up", () => {
    expect(gaps([outcome(completedRun("safety")), outcome(completedRun("trivy"))])).toMatchObject([
      { path: "requirements.txt", line: 2, reason: "Six==1.16.0 was taken up by no scanner of dependencies" },
    ]);
  });

  it("says nothing of pins when only Bandit was asked for, or no scanner of dependencies completed", () => {
    expect(gaps([outcome(completedRun("bandit"))])).toEqual([]);
    expect(gaps([outcome(failedRun("safety")), outcome(failedRun("trivy"))])).toEqual([]);
  });

  it("does not take an image's run for one that looked up the tree's pins", () => {
    expect(gaps([outcome(completedRun("trivy-image"), { pinsTakenUp: [KEY] })])).toEqual([]);
    expect(gaps([outcome(completedRun("trivy-image"), { pinsTakenUp: [KEY] }), outcome(completedRun("trivy"))])).toHaveLength(1);
  });

  it("collects gaps of the tree, of manifests, of runs and of databases, and names the run of the last two", () => {
    const run = completedRun("safety", { coverage: coverage({ missing: [GAP] }) });
    const databaseGap: Gap = { path: "safety-db", reason: "is 400 days old" };
    const all = gaps([outcome(run, { pinsTakenUp: [KEY], databaseGap })], {
      tree: [{ path: "t", reason: "r" }],
      manifests: reading({ gaps: [{ path: "m", reason: "r" }] }),
    });
    expect(all).toEqual([
      { path: "t", reason: "r" },
      { path: "m", reason: "r" },
      { ...GAP, run: "safety" },
      { ...databaseGap, run: "safety" },
    ]);
  });

  it("lists a gap once that a scanner reports again and again", () => {
    const run = completedRun("bandit", { coverage: coverage({ missing: [GAP, { ...GAP }, { ...GAP, line: 2 }] }) });
    expect(gaps([outcome(run)])).toEqual([
      { ...GAP, run: "bandit" },
      { ...GAP, line: 2, run: "bandit" },
    ]);
  });

  it("has no gap for a run that failed or was skipped: the run itself says so", () => {
    const none = reading({ pins: [] });
    expect(gaps([outcome(failedRun("bandit")), outcome(skippedRun("safety"))], { manifests: none })).toEqual([]);
  });
});

describe("collectNotices", () => {
  const unpinned = { path: "requirements.txt", line: 3, message: "flask has no version" };
  const manifests = reading({ notices: [{ path: "a", message: "a link" }, unpinned], unpinned: [unpinned] });

  it("tells of the tree and of its manifests", () => {
    expect(collectNotices({ notices: [{ path: "b", message: "a pipe" }] }, manifests, [policy()]).map(({ path }) => path)).toEqual([
      "b",
      "a",
      "requirements.txt",
    ]);
  });

  it("leaves out what a policy makes a gap, which is told as such", () => {
    const strict = policy({ gate: { unpinned: "fail" } });
    expect(collectNotices({ notices: [] }, manifests, [policy(), strict]).map(({ path }) => path)).toEqual(["a"]);
  });
});

describe("looksAtEverything", () => {
  const runs = [completedRun("bandit"), skippedRun("safety"), completedRun("trivy")];

  it("is so when no scanner was left out and none failed, on the whole tree", () => {
    expect(looksAtEverything("", runs)).toBe(true);
    expect(looksAtEverything("src", runs)).toBe(false);
    expect(looksAtEverything("", runs.slice(1))).toBe(false);
    expect(looksAtEverything("", [...runs, failedRun("trivy-image")])).toBe(false);
  });
});
