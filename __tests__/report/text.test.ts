import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderText } from "../../src/report/text.ts";
import { cellWidth } from "../../src/report/text-page.ts";
import { codeFinding, completedRun, failedRun, findingId, open } from "../support/findings.ts";
import { fuzz } from "../support/fuzz.ts";
import { hostileReport } from "../support/hostile-report.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { advisoryIn, brokenShopReport, manyFindings, scanReport, shopReport } from "../support/scan-report.ts";

const PLAIN = { color: false, width: 100 };
const SGR = /\u001b\[[0-9]+m/g;

describe("renderText", () => {
  it.each([
    ["fail", shopReport()],
    ["error", brokenShopReport()],
    ["pass", scanReport()],
    ["pull-request", pullRequestReport()],
  ])("shows a report with verdict %s as its golden file does", async (verdict, report) => {
    await expect(renderText(report, PLAIN)).toMatchFileSnapshot(`../golden/report-${verdict}.txt`);
  });

  it("shows a report on a narrow terminal as its golden file does", async () => {
    await expect(renderText(shopReport(), { ...PLAIN, width: 56 })).toMatchFileSnapshot("../golden/report-narrow.txt");
  });

  it("differs by colours alone when colours are asked for", () => {
    const colored = renderText(brokenShopReport(), { ...PLAIN, color: true });
    expect(colored).not.toBe(renderText(brokenShopReport(), PLAIN));
    expect(colored.replace(SGR, "").replace(/ +$/gm, "")).toBe(renderText(brokenShopReport(), PLAIN));
  });

  it.each([80, 100, 140])("stays within %i columns", (width) => {
    const lines = [shopReport(), brokenShopReport(), scanReport(), pullRequestReport()].flatMap((report) =>
      renderText(report, { ...PLAIN, width }).split("\n"),
    );
    expect(lines.filter((line) => cellWidth(line) > width)).toEqual([]);
  });

  it("writes ornaments in ASCII when asked", () => {
    expect(renderText(brokenShopReport(), { ...PLAIN, ascii: true })).toMatch(/^[\n -~]*$/);
    expect(renderText(pullRequestReport(), { ...PLAIN, ascii: true })).toMatch(/^[\n -~]*$/);
  });

  it("says what to do about a failed scanner", () => {
    const text = renderText(scanReport({ runs: [failedRun("trivy")] }), PLAIN);
    expect(text).toContain("trivy failed: trivy ended with exit status 2");
    expect(text).toContain("→ Read its last words above.");
  });

  it("lists 20 entries and counts the findings of the rest", () => {
    const findings = Array.from({ length: 25 }, (_, index) => open(codeFinding({ id: findingId(index) })));
    const text = renderText(scanReport({ findings }), PLAIN);
    expect(text.match(/ B602 {2}/g)).toHaveLength(20);
    expect(text).toContain("… and 5 more findings (report.json has all)");
  });

  it("says nothing of more when all are listed", () => {
    const findings = Array.from({ length: 20 }, (_, index) => open(codeFinding({ id: findingId(index) })));
    expect(renderText(scanReport({ findings }), PLAIN)).not.toContain("report.json has all");
  });

  it("says how many advisories of a package the fix closes", () => {
    const place = { path: "requirements.txt", line: 1, name: "py", version: "1.0" };
    const findings = [["1.4"], []].map((fixed, index) => open(advisoryIn(place, { id: `CVE-2024-${index}`, title: "A flaw", fixed })));
    expect(renderText(scanReport({ findings }), PLAIN)).toContain("1.0 → 1.4 (closes 1 of 2): py==1.4");
  });

  it("says how to mend what a rule forbids once in a list", () => {
    const findings = [1, 2].map((index) => open(codeFinding({ id: findingId(index) })));
    expect(renderText(scanReport({ findings }), { ...PLAIN, width: 160 }).match(/→ Pass the program/g)).toHaveLength(1);
  });

  it("says what brings a package in", () => {
    const place = { path: "poetry.lock", line: 3, name: "jinja2", version: "2.10" };
    const brought = advisoryIn(place, { id: "CVE-2024-1", title: "A flaw", fixed: [] }, { introducedBy: ["flask"] });
    const report = scanReport({ findings: [open(brought)] });
    expect(renderText(report, PLAIN)).toContain("It comes with flask.");
  });

  it("names a changed workflow before anything else", () => {
    const text = renderText(pullRequestReport(), PLAIN);
    expect(text.split("\n")[0]).toBe(" This change edits .github/workflows/ci.yml: a workflow may decide how this gate runs.");
    expect(renderText(pullRequestReport({ changedWorkflows: [] }), PLAIN)).not.toContain("This change edits");
  });

  it("has a column for unknown severity only when there is one", () => {
    const unknown = codeFinding({ severity: "unknown" });
    const header = (report: string) => report.split("\n").find((line) => line.startsWith("Scanners"));
    expect(header(renderText(scanReport({ runs: [completedRun("bandit", { findings: [unknown] })] }), PLAIN))).toContain("unknown");
    expect(header(renderText(scanReport(), PLAIN))).not.toContain("unknown");
  });

  it.each([...COMMAND_SEEDS, ...MARKUP_SEEDS])("holds no command and no control character when everything is called %j", (seed) => {
    const text = renderText(hostileReport(seed), PLAIN);
    expect(runnerCommands(text)).toEqual([]);
    expect(text).toMatch(/^[^\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u0000-\u0009\u000B-\u001F\u007F-\u009F]*$/u);
  });

  it("holds no command in 2,500 hostile reports, with colours and without", () => {
    fuzz(
      fc.property(hostileText, fc.boolean(), (text, color) => {
        const rendered = renderText(hostileReport(text), { width: 60, color });
        expect(runnerCommands(rendered.replace(SGR, ""))).toEqual([]);
        expect(runnerCommands(rendered)).toEqual([]);
      }),
      { oneIn: 4 },
    );
  });

  it("is short and exact for 50,000 findings", () => {
    const started = performance.now();
    const text = renderText(manyFindings(50_000), PLAIN);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(text.length).toBeLessThan(20_000);
    expect(text).toContain("50000 findings: critical 25000, high 25000.");
  });
});
