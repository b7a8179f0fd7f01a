import { describe, expect, it } from "vitest";
import { explainVerdict, renderSummaryLine } from "../../src/report/summary-line.ts";
import { completedRun, coverage, failedRun } from "../support/findings.ts";
import { COMMAND_SEEDS } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { brokenShopReport, hostileReport, scanReport, shopReport } from "../support/scan-report.ts";

describe("renderSummaryLine", () => {
  it("of a failed gate counts what gates by severity", () => {
    expect(renderSummaryLine(shopReport())).toBe("fail: 7 findings are of severity high or above (critical 3, high 4); no gaps");
  });

  it("of a pass says that nothing gates, and how much was looked at", () => {
    const runs = [completedRun("bandit", { coverage: coverage({ expected: 1, covered: 1 }) })];
    expect(renderSummaryLine(scanReport({ runs }))).toBe("pass: nothing violates fail-on: high (no findings); no gaps");
  });

  it("of an error names what failed and how many gaps there are", () => {
    const line = renderSummaryLine(scanReport({ runs: [failedRun("trivy")], gaps: [{ path: "a.py", reason: "Unreadable." }] }));
    expect(line).toMatch(/^error: trivy failed: trivy ended with exit status 2; 1 thing was not looked at.*; 1 gap$/);
  });

  it.each(COMMAND_SEEDS)("is one line without a command when everything is called %j", (seed) => {
    expect(runnerCommands(renderSummaryLine(hostileReport(seed)))).toEqual([]);
    expect(renderSummaryLine(hostileReport(seed))).not.toMatch(/[\r\n]/);
  });
});

describe("explainVerdict", () => {
  it("opens with the promise when the scan passed", () => {
    expect(explainVerdict(scanReport())[0]?.text).toBe("Everything was looked at, and nothing violates fail-on: high.");
  });

  it("opens with the incompleteness of the scan before its reasons", () => {
    expect(explainVerdict(brokenShopReport()).map(({ text }) => text)[0]).toBe("The scan is not complete, so it proves nothing.");
    expect(explainVerdict(brokenShopReport())).toHaveLength(4);
  });

  it("gives the remedy of a failed scanner", () => {
    expect(explainVerdict(scanReport({ runs: [failedRun("trivy")] }))[1]?.remedy).toBe("Read its last words above.");
  });
});
