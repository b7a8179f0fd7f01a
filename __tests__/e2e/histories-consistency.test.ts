// One prepared history of the sample shop, seen four ways: with scope new, with scope all, without a base, and as it was at the base. They must agree finding
// by finding. The built command line, real scanners.

import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ReportJson } from "../../src/report/report-schema.ts";
import { ROOT } from "../support/run-cli.ts";
import { type ChangeScan, commit, emptyRepository, scanChange } from "../support/stories.ts";
import { git } from "../support/temporary-tree.ts";

/** Findings whose file was moved: their ids differ at the base, because an id holds the path. */
const MOVED = new Map([
  ["office.py", "shop/routes/office.py"],
  ["requirements/web.txt", "requirements/base.txt"],
]);

function prepareShop(): string {
  const root = emptyRepository();
  cpSync(join(ROOT, "examples", "vulnerable-shop"), root, { recursive: true });
  const text = (path: string) => readFileSync(join(root, path), "utf8");
  commit(root);
  git(root, "tag", "base");
  commit(root, { "wsgi.py": `${text("wsgi.py")}eval("1")\n`, "README.md": "The shop\n" });
  commit(root, { "shop/routes/office.py": null, "office.py": text("shop/routes/office.py") });
  commit(root, {
    "shop/models.py": `import os\n\n${text("shop/models.py")}`,
    "shop/payments.py": text("shop/payments.py").replace("verify=False,", ""),
  });
  commit(root, {
    "requirements.txt": text("requirements.txt").replaceAll("base.txt", "web.txt").replace("pyyaml==5.1", "pyyaml==5.3.1"),
    "requirements/base.txt": null,
    "requirements/web.txt": text("requirements/base.txt"),
  });
  commit(root, {
    "deploy/copy.yaml": text("deploy/shop.yaml"),
    "tests/test_models.py": `${text("tests/test_models.py")}\n\ndef test_more():\n    assert 1\n`,
  });
  commit(root, {
    Dockerfile: `${text("Dockerfile")}ADD shop /shop\n`,
    "worker/worker.py": text("worker/worker.py").replaceAll("    ", "  "),
  });
  return root;
}

/** What every view of the head must say of a finding, by id; `state` where it compares. */
const by = <Value>({ findings }: ReportJson, value: (finding: ReportJson["findings"][number]) => Value) =>
  new Map(findings.map((finding) => [finding.id, value(finding)]));

const countBySeverity = (findings: ReportJson["findings"]) => {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
};

describe("The sample shop after six commits", () => {
  let news: ChangeScan;
  let all: ChangeScan;
  let alone: ChangeScan;
  let before: ChangeScan;

  beforeAll(async () => {
    const root = prepareShop();
    const old = join(mkdtempSync(join(tmpdir(), "sarif-gate-clone-")), "shop");
    git(root, "clone", "--quiet", "--branch", "base", `file://${root}`, old);
    news = await scanChange(root, "base");
    all = await scanChange(root, "base", ["--scope", "all"]);
    alone = await scanChange(root, null);
    before = await scanChange(old, null);
  });

  it("has new, unchanged and suppressed findings, and a whole scan in every view", () => {
    expect(Object.values(news.report.states).map((count) => count > 0)).toEqual([false, true, true, true]);
    for (const { report } of [news, all, alone, before])
      expect([report.gaps, report.runs.map(({ status }) => status)]).toEqual([[], ["completed", "completed", "completed"]]);
  });

  it("has the same findings, states and suppressions with scope new and with scope all", () => {
    expect([news.report.scope, all.report.scope]).toEqual(["new", "all"]);
    expect(all.report.findings).toEqual(news.report.findings);
    expect([all.report.states, all.report.newInlineSuppressions]).toEqual([news.report.states, news.report.newInlineSuppressions]);
  });

  it("counts what is new with scope new, and all that is open with scope all", () => {
    const { findings } = news.report;
    expect(news.report.counts).toEqual(countBySeverity(findings.filter(({ state }) => state === "new")));
    expect(all.report.counts).toEqual(countBySeverity(findings.filter(({ state }) => state !== "suppressed")));
  });

  it("has the same findings without a base but for their states, which are null or suppressed then", () => {
    const bare = ({ findings }: ReportJson) =>
      findings.map((finding) => ({ ...finding, state: null })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(bare(alone.report)).toEqual(bare(news.report));
    expect(new Set(alone.report.findings.map(({ state }) => state))).toEqual(new Set([null, "suppressed"]));
    expect(alone.report.counts).toEqual(all.report.counts);
  });

  it("has the states that two whole scans tell: what the base has too is unchanged, the rest is new but for moved files", () => {
    const known = by(before.report, () => true);
    const told = news.report.findings.filter(({ state, path }) => state !== "suppressed" && !MOVED.has(path));
    const expected = told.map(({ id, path, rule }) => [path, rule, known.has(id) ? "unchanged" : "new"]);
    expect(told.map(({ path, rule, state }) => [path, rule, state])).toEqual(expected);
    expect(new Set(expected.map(([, , state]) => state))).toEqual(new Set(["new", "unchanged"]));
  });

  it("has as many unchanged findings in a moved file as the base has in the old one, and no new one", () => {
    for (const [path, old] of MOVED) {
      const statesOf = ({ findings }: ReportJson, at: string) =>
        findings.flatMap((finding) => (finding.path === at ? [`${finding.rule} ${finding.state}`] : [])).sort();
      const then = statesOf(before.report, old).map((line) => line.replace("null", "unchanged"));
      expect(then.length).toBeGreaterThan(0);
      expect(statesOf(news.report, path)).toEqual(then);
    }
  });

  it("has lost what the change repaired, and nothing else", () => {
    const now = by(news.report, () => true);
    const lost = before.report.findings.filter(({ id, path }) => !now.has(id) && ![...MOVED.values()].includes(path));
    expect(lost.map(({ path, rule }) => `${path} ${rule}`).sort()).toEqual(["requirements.txt CVE-2020-1747", "shop/payments.py B501"]);
  });
});
