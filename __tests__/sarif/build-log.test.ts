import fc from "fast-check";
import type { Log, Run } from "sarif";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../src/findings/severity.ts";
import { buildLocalLog, buildUploadLog } from "../../src/sarif/build-log.ts";
import { checkContract } from "../../src/sarif/github-contract.ts";
import type { LogSource } from "../../src/sarif/log.ts";
import { renderLog } from "../../src/sarif/render-log.ts";
import {
  codeFinding,
  completedRun,
  dependencyFinding,
  duplicate,
  failedRun,
  judged,
  open,
  skippedRun,
  suppressed,
} from "../support/findings.ts";
import { hostileSource } from "../support/hostile-scan.ts";
import { logSource, parsed } from "../support/sarif-logs.ts";
import { schemaErrors } from "../support/sarif-schema.ts";

const SAFETYS = dependencyFinding({ id: "5afe".padEnd(20, "0"), scanner: "safety", run: "safety" });

function localLog(overrides: Partial<LogSource> = {}): Log {
  return parsed(buildLocalLog(logSource(overrides)));
}

async function uploadLog(overrides: Partial<LogSource> = {}): Promise<Log> {
  const { log } = await buildUploadLog(logSource(overrides));
  if (log === null) throw new Error("no run may be uploaded");
  return parsed(log);
}

function runOf(log: Log, name: string): Run | undefined {
  return log.runs.find(({ tool }) => tool.driver.name === name);
}

function ids(run: Run | undefined): unknown[] | undefined {
  return run?.results?.map(({ partialFingerprints }) => partialFingerprints?.["sarifGate/v1"]);
}

describe("buildLocalLog", () => {
  it("has one run for each scanner run, with the scanner as its driver and a category of its own", () => {
    const { runs } = localLog();
    expect(runs.map(({ tool, automationDetails }) => [tool.driver.name, tool.driver.semanticVersion, automationDetails?.id])).toEqual([
      ["Bandit", "1.2.3", "sarif-gate/bandit/"],
      ["Safety", "1.2.3", "sarif-gate/safety/"],
      ["Trivy", "1.2.3", "sarif-gate/trivy/"],
    ]);
  });

  it("names a version that is not semantic as plain version", () => {
    const driver = runOf(localLog({ runs: [completedRun("bandit", { version: "1.9.4.dev3" })] }), "Bandit")?.tool.driver;
    expect(driver).toMatchObject({ version: "1.9.4.dev3" });
    expect(driver).not.toHaveProperty("semanticVersion");
  });

  it("points every result at its rule", () => {
    const results = localLog().runs.flatMap(({ tool, results = [] }) =>
      results.map((result) => [result.ruleId, tool.driver.rules?.[result.ruleIndex ?? -1]?.id]),
    );
    expect(results).toHaveLength(5);
    for (const [ruleId, id] of results) expect(id).toBe(ruleId);
  });

  it("gives each severity of a rule a rule of its own", () => {
    const findings = [open(codeFinding({ id: "1" })), open(codeFinding({ id: "2", severity: "low" }))];
    const bandit = runOf(localLog({ findings }), "Bandit");
    expect(bandit?.tool.driver.rules?.map(({ id, properties }) => [id, properties?.["security-severity"]])).toEqual([
      ["B602", "8.0"],
      ["B602/low", "2.0"],
    ]);
  });

  it("keeps duplicates, and says of what", () => {
    expect(runOf(localLog(), "Safety")?.results?.[0]?.properties).toMatchObject({ duplicateOf: dependencyFinding().id });
  });

  it("names repository and commit where both are known", () => {
    expect(localLog().runs[0]?.versionControlProvenance).toEqual([
      {
        repositoryUri: "https://github.com/octo-org/shop",
        revisionId: "0123456789abcdef0123456789abcdef01234567",
        mappedTo: { uriBaseId: "%SRCROOT%" },
      },
    ]);
    expect(localLog({ revision: null }).runs[0]).not.toHaveProperty("versionControlProvenance");
    expect(localLog({ repositoryUri: null }).runs[0]).not.toHaveProperty("versionControlProvenance");
  });

  it("keeps a failed run, unsuccessful and without results", () => {
    const run = localLog({ runs: [failedRun("bandit", { version: null })], findings: [] }).runs[0];
    expect(run).toMatchObject({ invocations: [{ executionSuccessful: false }], results: [] });
    expect(run?.tool.driver).not.toHaveProperty("version");
  });

  it("calls a run with a gap unsuccessful, and keeps its findings", () => {
    const log = localLog({ gaps: judged([{ run: "bandit", path: "broken.py", reason: "has a syntax error" }]) });
    expect(runOf(log, "Bandit")).toMatchObject({ invocations: [{ executionSuccessful: false }], results: [{ ruleId: "B602" }] });
    expect(runOf(log, "Trivy")).toMatchObject({ invocations: [{ executionSuccessful: true }] });
  });

  it("calls a run successful when its gaps are accepted", () => {
    const log = localLog({ gaps: judged([{ run: "bandit", path: "broken.py", reason: "has a syntax error" }], "accepted") });
    expect(runOf(log, "Bandit")?.invocations).toMatchObject([
      { executionSuccessful: true, toolExecutionNotifications: [{ level: "note" }] },
    ]);
  });

  it("keeps a suppressed finding and its duplicate, both with the suppression and the state", () => {
    const [silenced, twice] = [suppressed(dependencyFinding(), {}, "unchanged"), duplicate(SAFETYS, dependencyFinding().id)];
    const log = localLog({ findings: [silenced, twice, open(codeFinding(), ["bandit"], "new")] });
    expect(schemaErrors(log)).toEqual([]);
    for (const name of ["Trivy", "Safety"]) {
      expect(runOf(log, name)?.results).toMatchObject([
        { baselineState: "unchanged", suppressions: [{ kind: "external", status: "accepted", justification: "It is not reachable." }] },
      ]);
    }
    expect(runOf(log, "Bandit")?.results?.[0]).toMatchObject({ baselineState: "new" });
    expect(runOf(log, "Bandit")?.results?.[0]).not.toHaveProperty("suppressions");
  });

  it("names both scanners that report a problem, in the runs of both", () => {
    const texts = ["Trivy", "Safety"].map((name) => runOf(localLog(), name)?.results?.[0]?.message.text);
    expect(texts.filter((text) => text?.endsWith(" Reported by Trivy and Safety."))).toHaveLength(2);
  });

  it("makes a skipped run a successful one without results", () => {
    const run = localLog({ runs: [skippedRun("bandit")], findings: [] }).runs[0];
    expect(run).toMatchObject({
      invocations: [{ executionSuccessful: true, toolExecutionNotifications: [{ level: "note" }] }],
      results: [],
    });
  });

  it("states notices of the tree in every run on it, and those of a run in that run", () => {
    const { runs } = localLog({
      runs: [completedRun("bandit", { notices: [{ message: "own" }] }), completedRun("trivy-image")],
      notices: [{ message: "all" }],
    });
    expect(runs.map(({ invocations }) => invocations?.[0]?.toolExecutionNotifications?.map(({ message }) => message.text))).toEqual([
      ["own", "all"],
      [],
    ]);
  });

  it("lists the most severe findings first", () => {
    const findings = SEVERITIES.map((severity) => open(codeFinding({ id: severity, severity }))).reverse();
    expect(ids(runOf(localLog({ findings }), "Bandit"))).toEqual(["critical", "high", "unknown", "medium", "low"]);
  });

  it("writes the same bytes whatever the order of runs and findings", () => {
    const source = logSource();
    const bytes = [...renderLog(buildLocalLog(source))].join("");
    fc.assert(
      fc.property(shuffled(source.runs), shuffled(source.findings), (runs, findings) => {
        expect([...renderLog(buildLocalLog({ ...source, runs, findings }))].join("")).toBe(bytes);
      }),
      { seed: 1, numRuns: 20 },
    );
  });
});

describe("buildUploadLog", () => {
  it("uploads every run that is complete, and says that nothing is missing", async () => {
    const { log, omitted, truncated } = await buildUploadLog(logSource());
    expect(log?.runs).toHaveLength(3);
    expect([omitted, truncated]).toEqual([[], []]);
  });

  it("reports a problem of two scanners once, in Trivy's run", async () => {
    const log = await uploadLog();
    expect(runOf(log, "Safety")?.results).toEqual([]);
    expect(ids(runOf(log, "Trivy"))).toContain(dependencyFinding().id);
  });

  it("reports it in Safety's run when Trivy was not asked for", async () => {
    const safetys = dependencyFinding({ scanner: "safety", run: "safety" });
    expect(ids(runOf(await uploadLog({ runs: [completedRun("safety")], findings: [open(safetys)] }), "Safety"))).toEqual([safetys.id]);
  });

  it("leaves out suppressed findings, their duplicates and what GitHub does not read", async () => {
    const silenced = suppressed(dependencyFinding(), {}, "new");
    const findings = [silenced, duplicate(SAFETYS, silenced.id), open(codeFinding(), ["bandit"], "unchanged")];
    const log = await uploadLog({ findings });
    expect(log.runs.map(({ results }) => results?.length)).toEqual([1, 0, 0]);
    expect(JSON.stringify(log)).not.toMatch(/baselineState|suppressions/);
    expect(checkContract(log)).toEqual([]);
  });

  it("uploads a run whose gaps are accepted, and notes them", async () => {
    const gaps = judged([{ run: "bandit", path: "broken.py", reason: "has a syntax error" }], "accepted");
    const { log, omitted } = await buildUploadLog(logSource({ gaps }));
    expect(omitted).toEqual([]);
    expect(log?.runs[0]?.invocations?.[0]?.toolExecutionNotifications).toMatchObject([{ level: "note" }]);
  });

  it("leaves out what is incomplete, and says so", async () => {
    const { log, omitted } = await buildUploadLog(
      logSource({ runs: [completedRun("bandit"), completedRun("safety"), failedRun("trivy")] }),
    );
    expect(log?.runs.map(({ tool }) => tool.driver.name)).toEqual(["Bandit"]);
    expect(omitted.map(({ run }) => run)).toEqual(["trivy", "safety"]);
  });

  it("is no log at all when no run is complete, and says why for each", async () => {
    const { log, omitted } = await buildUploadLog(logSource({ runs: [failedRun("bandit"), failedRun("trivy")] }));
    expect(log).toBeNull();
    expect(omitted.map(({ run }) => run)).toEqual(["bandit", "trivy"]);
  });

  it("uploads a skipped run without results, so that alerts of files that are gone are closed", async () => {
    expect((await uploadLog({ runs: [skippedRun("bandit")], findings: [] })).runs).toMatchObject([{ results: [] }]);
  });

  it("gives rules the ids that they have in the local log, also where their worst case is a duplicate", async () => {
    const worst = duplicate(dependencyFinding({ id: "a" }), "elsewhere");
    const lesser = open(dependencyFinding({ id: "b", severity: "low" }));
    expect(runOf(await uploadLog({ findings: [worst, lesser] }), "Trivy")?.results).toMatchObject([{ ruleId: "CVE-2019-14234/low" }]);
  });

  it("carries a hundred notices at most", async () => {
    const notices = Array.from({ length: 300 }, (_, index) => ({ message: `notice ${index}` }));
    const log = await uploadLog({ notices, runs: [completedRun("bandit", { notices })] });
    expect(log.runs[0]?.invocations?.[0]?.toolExecutionNotifications).toHaveLength(200);
  });
});

describe("any finding, gap and notice, whatever its texts", () => {
  it("makes logs that the schema and GitHub's contract accept", async () => {
    await fc.assert(
      fc.asyncProperty(hostileSource, async (source) => {
        const upload = await uploadLog({ ...source, gaps: [] });
        expect(checkContract(upload)).toEqual([]);
        expect(schemaErrors(upload)).toEqual([]);
        expect(schemaErrors(parsed(buildLocalLog(source)))).toEqual([]);
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});

function shuffled<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...items], { minLength: items.length });
}
