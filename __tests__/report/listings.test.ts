import { describe, expect, it } from "vitest";
import { buildListings } from "../../src/report/listings.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { suppression } from "../support/policies.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { scanReport } from "../support/scan-report.ts";

function listed(report: ScanReport, title: RegExp): string[] {
  const listing = buildListings(report).find((each) => title.test(each.title));
  return (listing?.first(listing.count) ?? []).map(({ place, remark }) => `${place}: ${remark}`);
}

describe("buildListings", () => {
  it("has no list where nothing is to be said", () => {
    expect(buildListings(scanReport())).toEqual([]);
  });

  it("makes no more items than are wanted, and counts all", () => {
    const listing = buildListings(pullRequestReport()).find(({ title }) => title.startsWith("Policy changes"));
    expect([listing?.count, listing?.first(2).map(({ place }) => place)]).toEqual([3, ["gate.fail-on", "suppressions"]]);
  });

  it("lists what the change loosens, which is ignored, before what it tightens", () => {
    expect(listed(pullRequestReport(), /^Policy changes \(2 ignored until merged\)$/)).toEqual([
      "gate.fail-on: ignored until it is merged: was `high`, is `never`",
      "suppressions: ignored until it is merged: was nothing, is `rule DS-0002 without an end`",
      "gate.unknown-severity: applies now: was `medium`, is `high`",
    ]);
  });

  it.each([
    ["one that suppresses", { honoured: true }, ""],
    ["one that the policy does not allow", { honoured: false }, "; not honoured, because the policy's `inline` does not allow it"],
    [
      "one that still holds, and the policy does not allow",
      { honoured: false, until: "2026-11-22" },
      "; not honoured, because the policy's `inline` does not allow it",
    ],
    ["one that has ended", { honoured: false, until: "2026-11-21" }, "; not honoured, because it says that it ends on 2026-11-21"],
  ] as const)("names the place of every new comment: %s", (_, parts, words) => {
    const newComments = [{ scanner: "trivy", path: "Dockerfile", line: 3, text: "x", novelty: "new", ...parts }] as const;
    expect(listed(scanReport({ newComments, commentCount: 4 }), /^New comments that ask for suppression \(1 of 4\)$/)).toEqual([
      `Dockerfile:3: new, for trivy${words}`,
    ]);
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
    expect(listed(report, /^Too many comments that ask for suppression \(3\)$/)).toEqual([
      "shop/views.py:52: new, for bandit; not honoured, because the policy's `inline` does not allow it",
      "a.py:1: for bandit",
    ]);
    expect(listed(report, /^New comments/)).toEqual([]);
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

  it("says what a suppression that matched nothing is for and where it stands, and advises nothing", () => {
    expect(listed(pullRequestReport(), /^Suppressions that matched nothing in this run \(1\)$/)).toEqual([
      ".github/sarif-gate.yml, line 13: advisory CVE-2024-1234 of requests (we never call it)",
    ]);
  });

  it("says when an expired suppression has ended", () => {
    expect(listed(pullRequestReport(), /^Expired/)).toEqual([
      ".github/sarif-gate.yml, line 17: advisory CVE-2022-42969: ended 2026-10-31 (no repository is read)",
    ]);
  });

  it("counts suppressed findings by severity and by what suppresses them", () => {
    expect(buildListings(pullRequestReport()).map(({ title }) => title)).toContain(
      "Suppressed findings (3: high 1, low 2; 1 by the policy, 1 by comments in the source, 1 by asserts-in-tests)",
    );
  });

  it("names every pattern that is excluded, with the number of its files", () => {
    expect(listed(pullRequestReport(), /^Excluded/)).toEqual(["docs/vendored/**: 12 files"]);
  });
});
