import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { codeFinding, findingId, open, secretFinding } from "../support/findings.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { brokenShopReport, hostileReport, manyFindings, scanReport, shopReport } from "../support/scan-report.ts";

const blobUrl = "https://github.example/dev/shop/blob/3f786850e387550fdab836ed7e6dc881de23b001";
const KIB = 1024;

/** The cells of every table row, each as its number of columns. */
function columns(markdown: string): number[] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").length - 2);
}

/** What is left of `<` when our own elements and link addresses are taken away. */
function foreignMarkup(markdown: string): string[] {
  return markdown.replace(/<\/?(?:code|details|summary)>|\]\(<https:\/\/[^<>\s|]+>\)/g, "").match(/[<>`*].*/g) ?? [];
}

describe("renderMarkdown", () => {
  it.each([
    ["fail", shopReport()],
    ["error", brokenShopReport()],
    ["pass", scanReport()],
  ])("shows a report with verdict %s as its golden file does", async (verdict, report) => {
    await expect(renderMarkdown(report, { blobUrl })).toMatchFileSnapshot(`../golden/summary-${verdict}.md`);
  });

  it("links a file to its lines at the scanned commit, its name encoded", () => {
    const finding = codeFinding({ location: { path: "a b/#1 (x)%.py", startLine: 3, endLine: 5 } });
    expect(renderMarkdown(scanReport({ findings: [open(finding)] }), { blobUrl })).toContain(
      `](<${blobUrl}/a%20b/%231%20(x)%25.py#L3-L5>)`,
    );
  });

  it("links no file without the address of the commit", () => {
    expect(renderMarkdown(scanReport({ findings: [open(codeFinding())] }))).toContain("| <code>src/app.py:3</code> |");
  });

  it("links no image", () => {
    const finding = secretFinding({ run: "trivy-image", location: { path: "shop/web", startLine: 1, endLine: 1 } });
    expect(renderMarkdown(scanReport({ findings: [open(finding)] }), { blobUrl })).toContain("| <code>shop/web</code> |");
  });

  it.each([...COMMAND_SEEDS, ...MARKUP_SEEDS])("keeps its structure when everything is called %j", (seed) => {
    const hostile = renderMarkdown(hostileReport(seed), { blobUrl });
    expect(columns(hostile)).toEqual(columns(renderMarkdown(hostileReport("x"), { blobUrl })));
    expect(foreignMarkup(hostile.replaceAll("**", ""))).toEqual([]);
  });

  it("keeps its structure in 500 hostile reports", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const hostile = renderMarkdown(hostileReport(text), { blobUrl });
        expect(new Set(columns(hostile))).toEqual(new Set(columns(renderMarkdown(hostileReport("x"), { blobUrl }))));
        expect(foreignMarkup(hostile.replaceAll("**", ""))).toEqual([]);
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });

  it("is far below 1 MiB for 50,000 findings, with exact totals before the list", () => {
    const started = performance.now();
    const markdown = renderMarkdown(manyFindings(50_000), { blobUrl });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(Buffer.byteLength(markdown)).toBeLessThan(900 * KIB);
    expect(markdown.indexOf("50000 findings: critical 25000, high 25000.")).toBeLessThan(markdown.indexOf("| severity |"));
  });

  it("stays below 900 KiB when names are as long and as costly as they can be", () => {
    const long = "\u{E0041}`".repeat(1_300);
    const findings = Array.from({ length: 600 }, (_, index) =>
      open(codeFinding({ id: findingId(index), message: long, location: { path: `${long}${index}`, startLine: 1, endLine: 1 } })),
    );
    const remarks = findings.map((_, index) => ({ path: `${long}${index}`, reason: `${index}${long}`, message: `${index}${long}` }));
    const markdown = renderMarkdown(scanReport({ findings, gaps: remarks, notices: remarks }), { blobUrl });
    expect(Buffer.byteLength(markdown)).toBeLessThan(900 * KIB);
    expect(markdown).toMatch(/… and \d+ more findings in report\.json\.[\s\S]*… and \d+ more gaps[\s\S]*… and \d+ more notices/);
  });

  it("counts exactly what it leaves out", () => {
    const findings = Array.from({ length: 503 }, (_, index) => open(codeFinding({ id: findingId(index) })));
    const markdown = renderMarkdown(scanReport({ findings }));
    expect(markdown.match(/^\| high \|/gm)).toHaveLength(500);
    expect(markdown).toContain("… and 3 more findings in report.json.");
  });
});
