import { describe, expect, it } from "vitest";
import { buildListings } from "../../src/report/listings.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { suppression } from "../support/policies.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { scanReport } from "../support/scan-report.ts";

function listed(report: ScanReport, title: RegExp): string[] {
  const listing = buildListings(report).find((each) => title.test(each.title));
  return (listing?.items ?? []).map(({ place, remark }) => `${place}: ${remark}`);
}

describe("buildListings", () => {
  it("has no list where nothing is to be said", () => {
    expect(buildListings(scanReport())).toEqual([]);
  });

  it("lists what the change loosens, which is ignored, before what it tightens", () => {
    expect(listed(pullRequestReport(), /^Policy changes \(2 ignored until merged\)$/)).toEqual([
      "gate.fail-on: ignored until it is merged: was high, is never",
      "suppressions: ignored until it is merged: was nothing, is rule B602",
      "gate.unknown-severity: applies now: was medium, is high",
    ]);
  });

  it("names the place of every new inline suppression", () => {
    expect(listed(pullRequestReport(), /^New inline suppressions \(1 of 4\)$/)).toEqual(["shop/views.py:27: new, for bandit"]);
  });

  it("lists the comments that exceed a limit instead of the new ones", () => {
    const { gate, newComments } = pullRequestReport();
    const old = { scanner: "bandit", path: "a.py", line: 1, text: "x", novelty: "unchanged" } as const;
    const reason = {
      code: "limit-exceeded",
      rule: "limits.nosec",
      count: 2,
      message: "too many",
      comments: [...newComments, old],
    } as const;
    const report = pullRequestReport({ gate: { ...gate, reasons: [reason] } });
    expect(listed(report, /^Too many inline suppressions \(4\)$/)).toEqual(["shop/views.py:27: new, for bandit", "a.py:1: for bandit"]);
    expect(listed(report, /^New inline/)).toEqual([]);
  });

  it.each([
    ["2026-11-21", "ends 2026-11-21, today"],
    ["2026-11-22", "ends 2026-11-22, in 1 day"],
    ["2026-12-21", "ends 2026-12-21, in 30 days"],
  ])("counts the days from the day of the run to %s", (expires, words) => {
    const startedAt = new Date("2026-11-21T23:59:59Z");
    const expiring = [{ source: "policy.yml", suppression: suppression({ expires }) }];
    expect(listed(scanReport({ startedAt, expiring }), /end soon/)[0]).toContain(words);
  });

  it("says what a stale suppression is for, and where it stands", () => {
    expect(listed(pullRequestReport(), /^Stale/)).toEqual([
      ".github/sarif-gate.yml, line 7: advisory CVE-2024-1234 of requests: remove it (we never call it)",
    ]);
  });

  it("says when an expired suppression has ended", () => {
    expect(listed(pullRequestReport(), /^Expired/)).toEqual([
      ".github/sarif-gate.yml, line 21: gap old/**: ended 2026-10-31 (to be deleted)",
    ]);
  });

  it("counts suppressed findings by severity and by what suppresses them", () => {
    expect(buildListings(pullRequestReport()).map(({ title }) => title)).toContain(
      "Suppressed findings (3: high 1, medium 1, low 1; 1 by the policy, 1 by comments in the source, 1 by asserts-in-tests)",
    );
  });

  it("names every pattern that is excluded, with the number of its files", () => {
    expect(listed(pullRequestReport(), /^Excluded/)).toEqual(["vendor/**: 12 files"]);
  });
});
