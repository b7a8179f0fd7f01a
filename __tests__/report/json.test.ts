import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../src/report/json.ts";
import { type ReportJson, reportJsonSchema, reportSchema } from "../../src/report/report-schema.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { codeFinding, duplicate, failedRun, findingId, open } from "../support/findings.ts";
import { fuzz } from "../support/fuzz.ts";
import { hostileReport } from "../support/hostile-report.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { advisoryIn, brokenShopReport, manyFindings, scanReport, shopReport } from "../support/scan-report.ts";

const REPORTS: [string, ScanReport][] = [
  ["findings of every kind", shopReport()],
  ["gaps and a skipped run", brokenShopReport()],
  ["nothing found", scanReport()],
  ["new, unchanged and suppressed findings", pullRequestReport()],
  ["a failed run", scanReport({ runs: [failedRun("trivy"), failedRun("safety", { version: null })] })],
  ["hostile text", hostileReport("\u001b]0;x\u0007 ##[add-mask]x")],
];

function textOf(report: ScanReport, clean?: (text: string) => string): string {
  return [...renderJson(report, clean)].join("");
}

function parsed(report: ScanReport): ReportJson {
  return reportSchema.parse(JSON.parse(textOf(report)));
}

describe("report.schema.json", () => {
  it("is what the schema in the source says", () => {
    const committed: unknown = JSON.parse(readFileSync(new URL("../../report.schema.json", import.meta.url), "utf8"));
    expect(committed).toEqual(reportJsonSchema());
  });

  it.each(REPORTS)("accepts a report with %s", (_, report) => {
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    ajv.validate(reportJsonSchema(), JSON.parse(textOf(report)));
    expect(ajv.errors).toBeNull();
  });

  it("refuses a report without a verdict", () => {
    const { verdict, ...rest } = JSON.parse(textOf(scanReport()));
    expect([verdict, new Ajv2020().validate(reportJsonSchema(), rest)]).toEqual(["pass", false]);
  });
});

describe("renderJson", () => {
  it.each(REPORTS)("writes no field that the schema does not name, for %s", (_, report) => {
    expect(parsed(report)).toEqual(JSON.parse(textOf(report)));
  });

  it("shows a report as its golden file does", async () => {
    await expect(textOf(brokenShopReport())).toMatchFileSnapshot("../golden/report-json.txt");
  });

  it("shows a pull request as its golden file does", async () => {
    await expect(textOf(pullRequestReport())).toMatchFileSnapshot("../golden/report-json-pull-request.txt");
  });

  it("says of every finding whether it is new, unchanged or suppressed, and by what", () => {
    const { findings, states, counts } = parsed(pullRequestReport());
    const of = (rule: string) => findings.find((finding) => finding.rule === rule);
    expect([of("github-pat")?.state, of("CVE-2019-14234")?.state, of("B602")?.state]).toEqual(["new", "unchanged", "suppressed"]);
    expect(of("B602")?.suppression).toEqual({ kind: "policy", reason: "the export runs in a sandbox", expires: "2026-12-01" });
    expect(states).toEqual({ open: 0, new: 4, unchanged: 4, suppressed: 3 });
    expect(counts).toEqual({ critical: 1, high: 2, medium: 1, low: 0, unknown: 0 });
  });

  it("gives no state to an open finding without a base", () => {
    expect(new Set(parsed(shopReport()).findings.map(({ state }) => state))).toEqual(new Set([null]));
  });

  it.each([
    [
      { code: "base-unavailable", message: "m", remedy: "r" },
      { code: "base-unavailable", rule: null, run: null, count: 1 },
    ],
    [
      { code: "limit-exceeded", rule: "limits.nosec", count: 3, message: "m", comments: [] },
      { code: "limit-exceeded", rule: "limits.nosec", run: null, count: 3 },
    ],
  ] as const)("writes the reason %j", (reason, expected) => {
    const { gate } = scanReport();
    const report = scanReport({ gate: { ...gate, verdict: "error", reasons: [reason] } });
    expect(parsed(report).reasons).toEqual([{ ...expected, message: "m" }]);
  });

  it("lists a finding of two scanners once, under both names, its own scanner first", () => {
    const place = { path: "requirements.txt", line: 3, name: "django", version: "2.2.0" };
    const primary = advisoryIn(place, { id: "CVE-2019-14234", title: "A flaw", fixed: ["2.2.4"] });
    const other = { ...primary, id: findingId(9), scanner: "safety" as const, run: "safety" as const };
    const { findings } = parsed(scanReport({ findings: [open(primary, ["safety", "trivy"]), duplicate(other, primary.id)] }));
    expect(findings.map(({ id, scanners }) => [id, scanners])).toEqual([[primary.id, ["trivy", "safety"]]]);
  });

  it("gives a package its fix and the line to write", () => {
    const django = parsed(shopReport()).findings.find(({ rule }) => rule === "CVE-2022-28346");
    expect(django?.fix).toEqual({ version: "2.2.28", line: "django==2.2.28", note: null });
  });

  it("names what brings a package in, and nothing where that is not known", () => {
    const place = { path: "poetry.lock", line: 3, name: "jinja2", version: "2.10" };
    const brought = advisoryIn(place, { id: "CVE-2024-1", title: "A flaw", fixed: [] }, { introducedBy: ["flask"] });
    const { findings } = parsed(scanReport({ findings: [open(brought), open(codeFinding())] }));
    expect(findings.map(({ introducedBy }) => introducedBy)).toEqual([["flask"], null]);
  });

  it("keeps every string as it was", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        const { findings, gaps, runs } = parsed(hostileReport(text));
        expect([findings[0]?.message, gaps[0]?.path, runs[2]?.error?.message]).toEqual([text, text, text]);
      }),
    );
  });

  it.each([...COMMAND_SEEDS, ...MARKUP_SEEDS])("is a text without commands or control characters when everything is called %j", (seed) => {
    expect(runnerCommands(textOf(hostileReport(seed)))).toEqual([]);
    expect(textOf(hostileReport(seed))).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u0000-\u0009\u000B-\u001F\u007F-\u009F]/u);
  });

  it("passes every string through `clean`, names of fields aside", () => {
    const text = textOf(shopReport(), (value) => value.replaceAll("django", "[REDACTED]").replaceAll("findings", "lost"));
    expect(text).not.toContain("django");
    expect(JSON.parse(text).findings).toHaveLength(9);
  });

  it("streams 50,000 findings in small pieces", () => {
    const started = performance.now();
    let longest = 0;
    let lines = 0;
    for (const piece of renderJson(manyFindings(50_000))) {
      longest = Math.max(longest, piece.length);
      lines += piece.split('"startLine"').length - 1;
    }
    expect([lines, longest < 131_072]).toEqual([50_000, true]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
