// Names and numbers of a report that mean something to a program, followed from the report to everything that is made of it.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deduplicate } from "../../src/findings/deduplicate.ts";
import type { Finding } from "../../src/findings/finding.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import type { RunId } from "../../src/findings/scanner-id.ts";
import { identify } from "../../src/pipeline/identify.ts";
import { judge } from "../../src/policy/judge.ts";
import { renderJson } from "../../src/report/json.ts";
import { buildLocalLog, buildUploadLog } from "../../src/sarif/build-log.ts";
import { NO_LINES } from "../../src/text/source-lines.ts";
import { decode, edited, type Fixture, fixture, type Json } from "../scanners/fixture.ts";
import { completedRun } from "../support/findings.ts";
import { facts, gateRule, policy } from "../support/policies.ts";
import { logSource, parsed } from "../support/sarif-logs.ts";
import { scanReport } from "../support/scan-report.ts";

/** For each scanner a report of one real finding, and how to forge its severity and its names. */
interface Forgery {
  readonly recorded: (name: string) => Fixture;
  readonly name: (json: Json, name: string) => void;
  readonly severity: (json: Json, value: unknown) => void;
}

/** A Python file of that name, and one finding in it. */
function banditFixture(path: string): Fixture {
  const shop = fixture("bandit", "shop");
  const target = { ...shop.target, files: [path], python: [path], text: () => "assert x\n" };
  return edited({ ...shop, target }, (json) => {
    const filename = `/home/dev/shop/${path}`;
    json.metrics = JSON.parse(`{"_totals":{"nosec":0,"skipped_tests":0},${JSON.stringify(filename)}:{"nosec":0,"skipped_tests":0}}`);
    json.results = [{ ...json.results[0], filename, line_number: 1, line_range: [1], col_offset: 0, end_col_offset: 8 }];
  });
}

/** One package, called so, pinned in a file of that name. */
function pinned(run: "safety" | "trivy", path: string): Fixture {
  const recorded = fixture(run, "shop");
  const pin = recorded.target.pins.find(({ name }) => name.toLowerCase() === "flask");
  return { ...recorded, target: { ...recorded.target, pins: pin === undefined ? [] : [{ ...pin, name: path, path }] } };
}

const FORGERIES: Readonly<Record<"bandit" | "safety" | "trivy", Forgery>> = {
  bandit: {
    recorded: banditFixture,
    name: ({ results }, name) => Object.assign(results[0], { test_id: name, test_name: name }),
    severity: ({ results }, value) => Object.assign(results[0], { issue_severity: value }),
  },
  safety: {
    recorded: (name) => pinned("safety", name),
    name: (json, name) => keepOneOfFlask(json, "vulnerabilities", { package_name: name, vulnerability_id: name, CVE: name }),
    severity: (json, value) =>
      keepOneOfFlask(json, "vulnerabilities", {
        package_name: "app.py",
        severity: { cvssv3: { base_score: value, base_severity: value }, cvssv2: null },
      }),
  },
  trivy: {
    recorded: (name) => pinned("trivy", name),
    name: (json, name) => keepTrivys(json, { PkgName: name, PkgIdentifier: undefined, VulnerabilityID: name, SeveritySource: name }),
    severity: (json, value) => keepTrivys(json, { PkgName: "app.py", PkgIdentifier: undefined, Severity: value, CVSS: undefined }),
  },
};

/** Leaves the canary and one finding on flask, which is changed. */
function keepOneOfFlask(json: Json, member: string, change: object): void {
  const all: Json[] = json[member];
  const kept = all.find(({ package_name: name }) => name === "flask");
  json[member] = [...all.filter(({ package_name: name, analyzed_version: version }) => name === "django" && version === "2.2.0"), kept];
  Object.assign(kept, change);
}

function keepTrivys(json: Json, change: object): void {
  const kept = json.Results.filter((result: Json) => result.Target.includes("canary"));
  const own = json.Results.find((result: Json) => result.Vulnerabilities?.some(isOfFlask));
  own.Vulnerabilities = [{ ...own.Vulnerabilities.find(isOfFlask), ...change }];
  json.Results = [...kept, own];
}

const isOfFlask = ({ PkgName }: Json): boolean => PkgName === "flask";

/** The findings as a scan has them. */
function findingsOf(run: RunId, name: string, change: (json: Json) => void): readonly Finding[] {
  const forgery = FORGERIES[run === "trivy-image" ? "trivy" : run];
  return identify(decode(edited(forgery.recorded(name), change)).findings, () => NO_LINES);
}

const RUNS = ["bandit", "safety", "trivy"] as const;
const NAMES = ["__proto__", "constructor", "hasOwnProperty", "toString", "ordinary"];

describe.each(RUNS)("a finding of %s", (run) => {
  const strict = policy({ gate: { rules: [gateRule({ severity: "low" })] } });
  const scanOf = (findings: readonly Finding[]) =>
    facts({ findings: deduplicate(findings), runs: [completedRun(run, { findings: [...findings] })] });

  it.each(NAMES)(
    "whose rule, advisory, package and path are called %s is counted once by the gate, in report.json and in both SARIF files",
    async (name) => {
      const findings = findingsOf(run, name, (json) => FORGERIES[run].name(json, name));
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({
        rule: { id: name },
        location: { path: name },
        ...(run === "bandit" ? {} : { package: { name: pypiPackage(name, "1").name } }),
      });
      const scanned = scanOf(findings);
      const judgement = judge(scanned, [strict]);
      expect(judgement.gate.verdict).toBe("fail");
      expect(Object.values(judgement.gate.counts).reduce((sum, count) => sum + count, 0)).toBe(1);
      const report = JSON.parse([...renderJson(scanReport({ ...judgement, runs: scanned.runs }))].join(""));
      expect(report.findings).toMatchObject([{ rule: name, path: name }]);
      const source = logSource({ runs: scanned.runs, findings: judgement.findings });
      const upload = await buildUploadLog(source);
      for (const log of [buildLocalLog(source), upload.log]) {
        const results =
          log === null ? [] : parsed(log).runs.flatMap(({ results: own = [], tool }) => own.map((result) => ({ result, tool })));
        expect(results).toHaveLength(1);
        const { result, tool } = results[0] ?? {};
        expect(tool?.driver.rules?.[result?.ruleIndex ?? -1]?.id).toBe(result?.ruleId);
        expect(result?.ruleId).toContain(name);
        expect(result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toBe(name);
      }
    },
  );

  it("has one of the five severities whatever stands in its place, and an unknown one fails the gate", () => {
    const known = /^(?:critical|high|medium|low)$/iu;
    const strange = fc
      .oneof(
        fc.jsonValue(),
        fc.constantFrom<unknown>("9.8abc", -1, 10.1, "high ", "NaN", "Infinity", 1e308, [], {}, null, undefined, "__proto__"),
      )
      .filter((value) => !(typeof value === "string" && known.test(value)) && !(typeof value === "number" && value >= 0 && value <= 10));
    const one = policy({ gate: { rules: [gateRule({ severity: "high" })] } });
    fc.assert(
      fc.property(strange, (value) => {
        const findings = findingsOf(run, "app.py", (json) => FORGERIES[run].severity(json, value));
        expect(findings.map(({ severity }) => severity)).toEqual(["unknown"]);
        expect(judge(scanOf(findings), [one]).gate.verdict).toBe("fail");
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it("that is really low passes the gate that an unknown one fails", () => {
    const findings = findingsOf(run, "app.py", (json) => FORGERIES[run].severity(json, run === "safety" ? 2.5 : "LOW"));
    expect(findings.map(({ severity }) => severity)).toEqual(["low"]);
    expect(judge(scanOf(findings), [policy()]).gate.verdict).toBe("pass");
  });
});
