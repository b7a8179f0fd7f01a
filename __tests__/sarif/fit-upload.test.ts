import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../src/findings/severity.ts";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import { buildUploadLog } from "../../src/sarif/build-log.ts";
import { GITHUB_LIMITS, type LogLimits } from "../../src/sarif/limits.ts";
import { renderLog } from "../../src/sarif/render-log.ts";
import { codeFinding, completedRun, findingId, open, secretFinding } from "../support/findings.ts";
import { logSource, parsed } from "../support/sarif-logs.ts";

/** Findings of Bandit, severities in turn, each with text that does not compress. */
const FINDINGS = Array.from({ length: 100 }, (_, number) =>
  open(codeFinding({ id: findingId(number), severity: SEVERITIES[number % 5] ?? "unknown", message: noise(number) })),
);

function noise(seed: number): string {
  return createHash("sha512").update(String(seed)).digest("base64");
}

/** The upload of these findings, as GitHub would read it. */
async function upload(findings: readonly TriagedFinding[], limits: Partial<LogLimits>) {
  const source = logSource({ runs: [completedRun("bandit"), completedRun("trivy")], findings });
  const { log, truncated } = await buildUploadLog(source, { ...GITHUB_LIMITS, ...limits });
  if (log === null) throw new Error("no run may be uploaded");
  const runs = parsed(log).runs;
  return {
    truncated,
    size: gzipSync([...renderLog(log)].join("")).length,
    results: runs.map(({ results = [] }) => results.map(({ partialFingerprints }) => partialFingerprints?.["sarifGate/v1"])),
    severities: runs.flatMap(({ results = [] }) => results.map(({ properties }) => properties?.["severity"])),
    notifications: runs.map(({ invocations }) =>
      invocations?.[0]?.toolExecutionNotifications?.map(({ level, message }) => `${level}: ${message.text}`),
    ),
  };
}

describe("an upload with more results than GitHub shows", () => {
  it("keeps as many as the limit when there are just as many", async () => {
    expect((await upload(FINDINGS, { resultsPerRun: 100 })).truncated).toEqual([]);
  });

  it("keeps the most severe ones, an unknown severity like a high one", async () => {
    const { severities } = await upload(FINDINGS, { resultsPerRun: 60 });
    expect(new Set(severities)).toEqual(new Set(["critical", "high", "unknown"]));
  });

  it("keeps the smaller ids among equals", async () => {
    const equals = [3, 1, 2].map((number) => open(codeFinding({ id: findingId(number) })));
    expect((await upload(equals, { resultsPerRun: 2 })).results[0]).toEqual([findingId(1), findingId(2)]);
  });

  it("says how many are listed, to the caller and in the run", async () => {
    const { truncated, notifications } = await upload(FINDINGS, { resultsPerRun: 60 });
    expect(truncated).toEqual([{ run: "bandit", kept: 60, total: 100, because: "GitHub shows 60 results of a run" }]);
    expect(notifications).toEqual([
      ["warning: 60 of 100 findings are listed, the most severe ones: GitHub shows 60 results of a run."],
      [],
    ]);
  });

  it("counts the results of each run by itself", async () => {
    const { results } = await upload([...FINDINGS, open(secretFinding())], { resultsPerRun: 1 });
    expect(results.map((run) => run.length)).toEqual([1, 1]);
  });

  it("is the same whatever the order of findings", async () => {
    const { results } = await upload(FINDINGS, { resultsPerRun: 33 });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(FINDINGS, { minLength: FINDINGS.length }), async (findings) => {
        expect((await upload(findings, { resultsPerRun: 33 })).results).toEqual(results);
      }),
      { seed: 1, numRuns: 10 },
    );
  });

  it("has GitHub's own limit by default", async () => {
    const many = Array.from({ length: 5_001 }, (_, number) => open(codeFinding({ id: findingId(number) })));
    expect((await upload(many, {})).truncated).toMatchObject([{ kept: 5_000, total: 5_001 }]);
  });
});

describe("an upload that is too large", () => {
  it("is cut until it fits, and not much further", async () => {
    const limit = 8_000;
    const { size, results, truncated } = await upload(FINDINGS, { compressedBytes: limit });
    expect(size).toBeLessThanOrEqual(limit);
    expect(size).toBeGreaterThan(limit * 0.8);
    expect(truncated).toEqual([{ run: "bandit", kept: results[0]?.length, total: 100, because: "GitHub takes 8,000 compressed bytes" }]);
  });

  it("loses the least severe findings first, whichever run they are in", async () => {
    const { severities, results } = await upload([...FINDINGS, open(secretFinding())], { compressedBytes: 8_000 });
    expect(severities).toContain("critical");
    expect(severities).not.toContain("low");
    expect(results[1]).toEqual([secretFinding().id]);
  });

  it("keeps its runs when not one finding fits", async () => {
    expect((await upload(FINDINGS, { compressedBytes: 1 })).results).toEqual([[], []]);
  });
});
