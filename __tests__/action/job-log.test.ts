import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionsLog } from "../../src/action/actions-log.ts";
import { logScan } from "../../src/action/job-log.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { capturedOutput } from "../support/captured-output.ts";
import { codeFinding, completedRun, coverage, failedRun, findingId, open, skippedRun } from "../support/findings.ts";
import { fuzz } from "../support/fuzz.ts";
import { hostileReport } from "../support/hostile-report.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { brokenShopReport, manyFindings, scanReport, shopReport } from "../support/scan-report.ts";

const plain = actionsLog((text) => text);

function logOf(report: ScanReport): string {
  return capturedOutput(() => logScan(report, plain));
}

/** The titles of the groups. */
function groups(log: string): string[] {
  return [...log.matchAll(/^::group::(.*)$/gm)].map(([, title]) => title ?? "");
}

/** What is to be seen while all groups are closed, their titles aside. */
function openLines(log: string): string[] {
  return log
    .replace(/^::group::[\s\S]*?^::endgroup::\n/gm, "")
    .trimEnd()
    .split("\n");
}

/** The names of the commands that the runner obeys, in order. */
function commands(log: string): string[] {
  return runnerCommands(log).map(({ name }) => name);
}

describe("logScan", () => {
  it.each([
    ["fail", shopReport()],
    ["error", brokenShopReport()],
  ])("shows a report with verdict %s as its golden file does", async (verdict, report) => {
    await expect(logOf(report)).toMatchFileSnapshot(`../golden/job-log-${verdict}.txt`);
  });

  it("has one group for each run, its title says how the run went", () => {
    const findings = [open(codeFinding()), open(codeFinding({ id: findingId(2), severity: "low" }))];
    const runs = [
      completedRun("bandit", { coverage: coverage({ expected: 80, covered: 80 }), durationMs: 1_200, findings }),
      failedRun("safety", { durationMs: 3_000 }),
      skippedRun("trivy", { reason: "there is nothing to look at" }),
    ];
    expect(groups(logOf(scanReport({ runs, findings })))).toEqual([
      "bandit: completed, 80 of 80 Python files, 2 findings (high 1, low 1), 1.20 s",
      expect.stringMatching(/^safety: failed after 3\.00 s, /),
      "trivy: skipped, there is nothing to look at",
    ]);
  });

  it("has a group for the notices of the tree when there are any", () => {
    expect(groups(logOf(shopReport())).at(-1)).toBe("tree: 5 notices");
    expect(groups(logOf(scanReport())).filter((title) => title.startsWith("tree"))).toEqual([]);
  });

  it("fits a screen when all is well and the groups are closed", () => {
    const log = logOf(scanReport({ runs: shopReport().runs, notices: shopReport().notices }));
    expect(openLines(log)[0]).toContain("PASS");
    expect(openLines(log).length + groups(log).length).toBeLessThanOrEqual(25);
  });

  it("says verdict, what gates and every gap outside of the groups", () => {
    const text = openLines(logOf(brokenShopReport())).join("\n");
    expect(text).toMatch(/^ ERROR {3}[\s\S]*What gates[\s\S]*Not covered \(3\)/);
  });

  it("lists 50 findings of a run and counts the rest", () => {
    const findings = Array.from({ length: 53 }, (_, index) => open(codeFinding({ id: findingId(index), severity: "low" })));
    const log = logOf(scanReport({ findings, runs: [completedRun("bandit", { findings })] }));
    expect(log.match(/B602/g)).toHaveLength(50);
    expect(log).toContain("… and 3 more findings (report.json has all)");
  });

  it("stays short for 50,000 findings", () => {
    expect(logOf(manyFindings(50_000)).split("\n").length).toBeLessThan(300);
  });

  it.each([...COMMAND_SEEDS, ...MARKUP_SEEDS])("holds no command but its own groups when everything is called %j", (seed) => {
    const expected = commands(logOf(hostileReport("x")));
    expect(commands(logOf(hostileReport(seed)))).toEqual(expected);
    expect(new Set(expected)).toEqual(new Set(["group", "endgroup"]));
  });

  it("holds no command but its own groups in 2,500 hostile reports", () => {
    const expected = commands(logOf(hostileReport("x")));
    fuzz(
      fc.property(hostileText, (text) => {
        expect(commands(logOf(hostileReport(text)))).toEqual(expected);
      }),
      { oneIn: 4 },
    );
  });

  it("passes titles and lines through `clean`", () => {
    const runs = [skippedRun("trivy", { reason: "hunter2" })];
    const log = capturedOutput(() =>
      logScan(
        scanReport({ runs }),
        actionsLog((text) => text.replaceAll("hunter2", "[REDACTED]")),
      ),
    );
    expect(log).not.toContain("hunter2");
    expect(log.match(/\[REDACTED\]/g)).toHaveLength(2);
  });
});
