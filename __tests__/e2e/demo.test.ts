// The demo as a person runs it: the built command line, the real scanners, on every supported Node.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "sarif";
import { beforeAll, describe, expect, it } from "vitest";
import { checkContract } from "../../src/sarif/github-contract.ts";
import { validateWithMultitool } from "../support/multitool.ts";
import { type CliResult, type Report, ROOT, runCli } from "../support/run-cli.ts";
import { schemaErrors } from "../support/sarif-schema.ts";

const NODES = [
  ["20", join(ROOT, "node_modules", "node20", "bin", "node")],
  ["22", join(ROOT, "node_modules", "node22", "bin", "node")],
  ["24", process.execPath],
] as const;

/** What the sample's sources hold and no output may. */
const SECRETS = ["made-up-mail-password", "VGhpcyBpcyBub3QgYSBwcml2YXRl"];

describe.each(NODES)("the demo on Node %s", (version, node) => {
  const out = mkdtempSync(join(tmpdir(), "sarif-gate-demo-"));
  const text = (name: string) => readFileSync(join(out, name), "utf8");
  let result: CliResult;
  let report: Report;

  beforeAll(async () => {
    result = await runCli(["demo", "--out", out], { node });
    report = JSON.parse(text("report.json")) as Report;
  });

  it("fails its gate with exit status 1 and nothing left uncovered", () => {
    expect([result.status, report.verdict]).toEqual([1, "fail"]);
    expect(report.reasons.map(({ code }) => code)).toEqual(["rule-violated"]);
    expect(report.runs.every(({ status, coverage }) => status === "completed" && coverage?.covered === coverage?.expected)).toBe(true);
  });

  it("has findings of every kind, from all three scanners, and counts what two report once", () => {
    expect(new Set(report.findings.map(({ kind }) => kind))).toEqual(new Set(["code", "secret", "misconfiguration", "dependency"]));
    expect(new Set(report.findings.flatMap(({ scanners }) => scanners))).toEqual(new Set(["bandit", "safety", "trivy"]));
    expect(report.findings.filter(({ kind }) => kind === "dependency").every(({ scanners }) => scanners.length === 2)).toBe(true);
    expect(new Set(report.findings.map(({ id }) => id)).size).toBe(report.findings.length);
  });

  it.each(["sarif-gate.sarif", "upload.sarif"])("leaves a %s that the schema accepts", (name) => {
    expect(schemaErrors(JSON.parse(text(name)))).toEqual([]);
  });

  it("leaves an upload.sarif that the contract accepts, and a sarif-gate.sarif that only has the suppressed findings more", () => {
    const complaints = (name: string) => checkContract(JSON.parse(text(name)) as Log);
    expect(complaints("upload.sarif")).toEqual([]);
    const suppressed = report.findings.filter(({ state }) => state === "suppressed");
    expect(suppressed.length).toBeGreaterThan(0);
    expect(complaints("sarif-gate.sarif")).toEqual(suppressed.map(() => expect.stringMatching(/: it is suppressed$/u)));
  });

  // The independent validator takes ten seconds for a file, and the files differ by their times only.
  it.runIf(version === "24").each(["sarif-gate.sarif", "upload.sarif"])(
    "leaves a %s that the independent validator accepts",
    async (name) => {
      expect(await validateWithMultitool(join(out, name))).toEqual([]);
    },
  );

  it("says on the terminal what it found and by which databases", () => {
    expect(result.stdout).toMatch(/^\s*FAIL/u);
    expect(result.stdout).toMatch(/CVE-2019-14234/u);
    expect(result.stdout).toMatch(/2026-11-20/u);
  });

  it.each(["sarif-gate.sarif", "upload.sarif", "report.json"])("writes no secret of the sample into %s", (name) => {
    expect(SECRETS.filter((secret) => text(name).includes(secret))).toEqual([]);
  });
});
