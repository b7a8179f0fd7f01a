import { describe, expect, it } from "vitest";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import type { GateResult } from "../../src/policy/gate.ts";
import { explainScope, explainVerdict, explainWorkflows, formatTotals, renderSummaryLine } from "../../src/report/summary-line.ts";
import { codeFinding, completedRun, coverage, failedRun, judged, open, suppressed } from "../support/findings.ts";
import { hostileReport } from "../support/hostile-report.ts";
import { COMMAND_SEEDS } from "../support/hostile-text.ts";
import { suppression } from "../support/policies.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { brokenShopReport, scanReport, shopReport } from "../support/scan-report.ts";

const AGAINST_BASE = {
  scope: "new",
  base: { commit: "9fceb02d0ae598e95dc970b74767f19372d61af8", name: "the base of pull request 12" },
} as const;

describe("renderSummaryLine", () => {
  it("of a failed gate counts what gates by severity", () => {
    expect(renderSummaryLine(shopReport())).toMatch(/^fail: 7 findings of severity high or above: .* \(critical 3, high 4\); no gaps$/);
  });

  it("of a pass says that nothing gates, and how much was looked at", () => {
    const runs = [completedRun("bandit", { coverage: coverage({ expected: 1, covered: 1 }) })];
    expect(renderSummaryLine(scanReport({ runs }))).toBe("pass: nothing violates fail-on: high (no findings); no gaps");
  });

  it("of a pull request tells new, unchanged and suppressed findings apart", () => {
    expect(renderSummaryLine(pullRequestReport())).toMatch(
      /^fail: 3 new findings of .*; 4 unchanged, not gating; 3 suppressed; 2 gaps \(1 unchanged, 1 accepted\)$/,
    );
  });

  it("of an error names what failed and how many gaps there are", () => {
    const line = renderSummaryLine(scanReport({ runs: [failedRun("trivy")], gaps: judged([{ path: "a.py", reason: "Unreadable." }]) }));
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

  it("says of a pass that unchanged findings do not gate", () => {
    const findings = [open(codeFinding(), ["bandit"], "unchanged")];
    expect(explainVerdict(scanReport({ findings, ...AGAINST_BASE })).map(({ text }) => text)).toEqual([
      "Everything was looked at, and no new finding violates fail-on: high; 1 unchanged finding does not gate.",
    ]);
  });

  it("does not claim that everything was looked at when a gap is accepted", () => {
    const gaps = judged([{ path: "a.py", reason: "Unreadable." }], "accepted");
    expect(explainVerdict(scanReport({ gaps }))[0]?.text).toBe("Of what was looked at, nothing violates fail-on: high.");
  });

  it("names a failed scanner of which the policy only warns", () => {
    const { gate } = scanReport();
    expect(explainVerdict(scanReport({ runs: [failedRun("trivy")], gate })).map(({ text }) => text)).toEqual([
      "Of what was looked at, nothing violates fail-on: high.",
      "trivy failed, of which the policy only warns: trivy ended with exit status 2",
    ]);
  });

  it("says what to do about a base that cannot be had", () => {
    const { gate } = scanReport();
    const reason = { code: "base-unavailable", message: "There is no base.", remedy: "Set `fetch-depth: 0`." } as const;
    expect(explainVerdict(scanReport({ gate: { ...gate, verdict: "error", reasons: [reason] } }))).toEqual([
      { text: "What is new cannot be told, so the scan proves nothing.", remedy: "" },
      { text: "There is no base.", remedy: "Set `fetch-depth: 0`." },
    ]);
  });

  it("gives the remedy of a failed scanner", () => {
    expect(explainVerdict(scanReport({ runs: [failedRun("trivy")] }))[1]?.remedy).toBe("Read its last words above.");
  });
});

describe("explainVerdict, of expired suppressions", () => {
  const expired = [{ source: "policy.yml", suppression: suppression({ expires: "2026-11-20" }) }];
  const gating = [open(codeFinding())];

  it("counts them where something fails", () => {
    const words = (count: number) => explainVerdict(scanReport({ findings: gating, expired: Array(count).fill(expired[0]) })).at(-1)?.text;
    expect([words(1), words(2)]).toEqual(["1 suppression has expired; see below.", "2 suppressions have expired; see below."]);
    expect(words(0)).not.toContain("expired");
  });

  it("does not name them where nothing fails", () => {
    expect(explainVerdict(scanReport({ expired }))).toHaveLength(1);
  });
});

describe("formatTotals", () => {
  it("says at once what is new, unchanged and suppressed", () => {
    expect(formatTotals(pullRequestReport())).toBe(
      "4 new findings: critical 1, high 2, medium 1; 4 unchanged, not gating; 3 suppressed. 2 gaps (1 unchanged, 1 accepted).",
    );
  });

  it("says so where a rule lets unchanged findings gate", () => {
    const unchanged = open(codeFinding(), ["bandit"], "unchanged");
    const { gate } = scanReport({ findings: [open(codeFinding())] });
    expect(formatTotals(scanReport({ findings: [unchanged], ...AGAINST_BASE, gate: withFindings(gate, [unchanged]) }))).toContain(
      "1 unchanged, 1 of them gating",
    );
  });

  it("names new and unchanged findings where all gate", () => {
    const findings = [open(codeFinding(), ["bandit"], "unchanged")];
    expect(formatTotals(scanReport({ findings, ...AGAINST_BASE, scope: "all" }))).toBe(
      "1 finding: high 1; 0 new; 1 unchanged; 0 suppressed. No gaps.",
    );
  });

  it("names suppressed findings without a base only when there are some", () => {
    expect(formatTotals(scanReport({ findings: [suppressed(codeFinding())] }))).toBe("No findings; 1 suppressed. No gaps.");
    expect(formatTotals(scanReport())).toBe("No findings. No gaps.");
  });
});

describe("explainScope", () => {
  it("names what is compared with", () => {
    expect(explainScope(pullRequestReport())).toBe("Scope: new findings, compared with the base of pull request 12 (9fceb02d0ae5).");
  });

  it("says why nothing is compared", () => {
    expect(explainScope(scanReport({ noBase: "a run on a schedule looks at everything" }))).toBe(
      "Scope: all findings; nothing is compared: a run on a schedule looks at everything.",
    );
  });
});

describe("explainWorkflows", () => {
  it.each([
    [".github/workflows/docs.yml", "a workflow"],
    [".github/actions/setup/action.yml", "an action"],
  ])("says no more of %s than that it may decide how the gate runs", (path, what) => {
    expect(explainWorkflows(scanReport({ changedWorkflows: [path] }))).toBe(
      `This change edits ${path}: ${what} may decide how this gate runs.`,
    );
  });

  it("names the first of many", () => {
    const changedWorkflows = Array.from({ length: 7 }, (_, index) => `${index}.yml`);
    expect(explainWorkflows(scanReport({ changedWorkflows }))).toBe(
      "This change edits 0.yml, 1.yml, 2.yml, 3.yml, 4.yml and 2 more: workflows and actions may decide how this gate runs.",
    );
  });
});

/** The gate with other findings in its violated rules. */
function withFindings(gate: GateResult, findings: readonly TriagedFinding[]): GateResult {
  return { ...gate, reasons: gate.reasons.map((reason) => (reason.code === "rule-violated" ? { ...reason, findings } : reason)) };
}
