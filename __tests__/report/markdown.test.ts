import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GAP_TITLES } from "../../src/report/gating.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import type { UploadNote } from "../../src/report/upload-note.ts";
import { codeFinding, findingId, judged, open, secretFinding } from "../support/findings.ts";
import { fuzz } from "../support/fuzz.ts";
import { hostileReport } from "../support/hostile-report.ts";
import { COMMAND_SEEDS, hostileText, MARKUP_SEEDS } from "../support/hostile-text.ts";
import { suppression } from "../support/policies.ts";
import { pullRequestReport } from "../support/pull-request-report.ts";
import { advisoryIn, brokenShopReport, manyFindings, scanReport, shopReport } from "../support/scan-report.ts";

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
    ["pull-request", pullRequestReport()],
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

  it("keeps its structure in 10,000 hostile reports", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        const hostile = renderMarkdown(hostileReport(text), { blobUrl });
        expect(new Set(columns(hostile))).toEqual(new Set(columns(renderMarkdown(hostileReport("x"), { blobUrl }))));
        expect(foreignMarkup(hostile.replaceAll("**", ""))).toEqual([]);
      }),
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
    const markdown = renderMarkdown(scanReport({ findings, gaps: judged(remarks), notices: remarks }), { blobUrl });
    expect(Buffer.byteLength(markdown)).toBeLessThan(900 * KIB);
    expect(markdown).toMatch(/… and \d+ more findings in report\.json\.[\s\S]*… and \d+ more gaps[\s\S]*… and \d+ more notices/);
  });

  it("stays below 1 MiB with 50,000 findings, 10,000 gaps and an upload of endless words, and counts them exactly", () => {
    const long = "\u0001".repeat(1_000);
    const gaps = judged(Array.from({ length: 10_000 }, (_, index) => ({ path: `${index}${long}`, reason: `${index} ${long}` })));
    const words = Array.from({ length: 10_000 }, () => long);
    const upload: UploadNote = { level: "failure", message: long, remedy: long, details: words };
    const markdown = renderMarkdown(
      { ...manyFindings(50_000), gaps, within: long, notices: gaps.map(({ path, reason }) => ({ path, message: reason })) },
      { blobUrl, upload, notUploaded: words },
    );
    expect(Buffer.byteLength(markdown)).toBeLessThan(1_048_576);
    expect(markdown).toContain("50000 findings: critical 25000, high 25000. 10000 gaps.");
    const left = [...markdown.matchAll(/and (\d+) more (line|gap|notice)s/g)].map(([, count, noun]) => [noun, Number(count)]);
    const listed = (title: string) =>
      (
        markdown
          .split(title)[1]
          ?.split("\n\n…")[0]
          ?.match(/^(?:- |\| <code>)/gm) ?? []
      ).length;
    expect(left).toEqual([
      ["line", 10_000 - listed("GitHub says:")],
      ["line", 10_000 - listed("Not in the upload:")],
      ["gap", 10_000 - listed("### Not covered")],
      ["notice", 10_000 - listed("10000 notices")],
    ]);
  });

  it("stays below 1 MiB when every list of the policy is endless too", () => {
    const long = "\u{E0041}`".repeat(1_300);
    const endless = Array.from({ length: 1_000 }, (_, index) => `${index}${long}`);
    const named = endless.map((source) => ({ source, suppression: suppression({ reason: long, paths: [long] }) }));
    const markdown = renderMarkdown({
      ...manyFindings(5_000),
      gaps: GAP_TITLES.flatMap(([standing]) =>
        judged(
          endless.map((path) => ({ path, reason: path })),
          standing,
        ),
      ),
      notices: endless.map((path) => ({ path, message: path })),
      policyChanges: endless.map((key) => ({ key, base: long, head: long, effect: "ignored" })),
      changedWorkflows: endless,
      exclusions: endless.map((pattern) => ({ pattern, files: 1 })),
      stale: named,
      expiring: named,
      expired: named,
      newComments: endless.map((path) => ({ scanner: "bandit", path, line: 1, text: long, novelty: "new", honoured: false })),
    });
    expect(Buffer.byteLength(markdown)).toBeLessThan(1_048_576);
    expect(markdown).toMatch(/… and \d+ more suppressions in report\.json\./);
  });

  it("says what brings a package in", () => {
    const place = { path: "poetry.lock", line: 3, name: "jinja2", version: "2.10" };
    const brought = advisoryIn(place, { id: "CVE-2024-1", title: "A flaw", fixed: [] }, { introducedBy: ["flask"] });
    const report = scanReport({ findings: [open(brought)] });
    expect(renderMarkdown(report)).toContain("It comes with flask.");
  });

  it("names a changed workflow before the reasons, and nothing where none is changed", () => {
    const lines = renderMarkdown(pullRequestReport()).split("\n");
    expect(lines[2]).toBe("**This change edits <code>.github/workflows/ci.yml</code>: a workflow may decide how this gate runs.**");
    expect(renderMarkdown(pullRequestReport({ changedWorkflows: [] }))).not.toContain("This change edits");
  });

  it("lists as gating only what gates", () => {
    const gating = renderMarkdown(pullRequestReport()).split("### What gates")[1]?.split("###")[0];
    expect(gating).toContain("github-pat");
    expect(gating).not.toMatch(/django|B602/);
  });

  it("tells gaps that are accepted from gaps that count", () => {
    const gaps = [...judged([{ path: "a.py", reason: "one" }]), ...judged([{ path: "b.py", reason: "two" }], "accepted")];
    const markdown = renderMarkdown(scanReport({ gaps }));
    expect(markdown).toMatch(/### Not covered \(1\)[^#]*a\.py[^#]*### Not covered, which the policy accepts \(1\)[^#]*b\.py/);
  });

  it("counts exactly what it leaves out", () => {
    const findings = Array.from({ length: 503 }, (_, index) => open(codeFinding({ id: findingId(index) })));
    const markdown = renderMarkdown(scanReport({ findings }));
    expect(markdown.match(/^\| high \|/gm)).toHaveLength(500);
    expect(markdown).toContain("… and 3 more findings in report.json.");
  });
});

describe("renderMarkdown, of the upload", () => {
  const alertsUrl = "https://github.example/dev/shop/security/code-scanning";
  const failed: UploadNote = {
    level: "failure",
    message: "GitHub does not let the token write code scanning results (403).",
    remedy: "Give the job `permissions: security-events: write`.",
    details: ["Resource not accessible by integration"],
  };
  const done: UploadNote = { level: "done", message: "GitHub took the results of 3 scanners.", remedy: "", details: [] };

  it("shows a failed one as its golden file does", async () => {
    const notUploaded = [
      "bandit: it failed: bandit ended with exit status 2",
      "trivy: 2 of 5002 findings, because GitHub shows 5,000 results of a run",
    ];
    const markdown = renderMarkdown(scanReport(), { blobUrl, alertsUrl, upload: failed, notUploaded });
    await expect(markdown).toMatchFileSnapshot("../golden/summary-upload.md");
  });

  it("says in the first line that it failed, beside a verdict that passes", () => {
    expect(renderMarkdown(scanReport(), { upload: failed }).split("\n")[0]).toBe("## sarif-gate: pass, and the upload failed");
  });

  it.each(["done", "notice", "warning"] as const)("leaves the first line to the verdict when its level is %s", (level) => {
    expect(renderMarkdown(scanReport(), { upload: { ...done, level } }).split("\n")[0]).toBe("## sarif-gate: pass");
  });

  it.each([
    ["done", "GitHub took the results of 3 scanners.", true],
    ["notice", "skipped: GitHub took", false],
    ["warning", "**warning**: GitHub took", true],
    ["failure", "**failed**: GitHub took", false],
  ] as const)("tells the level %s in words, and links to the alerts only where there are some", (level, words, linked) => {
    const markdown = renderMarkdown(scanReport(), { alertsUrl, upload: { ...done, level } });
    expect(markdown).toContain(`### Code scanning\n\n${words}`);
    expect(markdown.includes(`[See the alerts](<${alertsUrl}>)`)).toBe(linked);
  });

  it("stands between the verdict and what gates", () => {
    const markdown = renderMarkdown(shopReport(), { upload: done });
    const places = ["9 findings:", "### Code scanning", "### What gates", "### Scanners"].map((text) => markdown.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("has no section when nobody tried and nothing was left out", () => {
    expect(renderMarkdown(scanReport(), { alertsUrl, upload: null, notUploaded: [] })).toBe(renderMarkdown(scanReport()));
  });

  it.each([...COMMAND_SEEDS, ...MARKUP_SEEDS])("keeps its structure when GitHub says %j", (seed) => {
    const note = (text: string): UploadNote => ({ level: "failure", message: text, remedy: text, details: [text] });
    const lines = (text: string) => renderMarkdown(scanReport(), { upload: note(text), notUploaded: [text] }).split("\n").length;
    const hostile = renderMarkdown(scanReport(), { upload: note(seed), notUploaded: [seed] });
    expect(lines(seed)).toBe(lines("x"));
    expect(foreignMarkup(hostile.replaceAll("**", ""))).toEqual([]);
  });
});
