// Our logs under Microsoft's validator, with GitHub's rules on. It runs on Linux x64 only, as its program does.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Log } from "sarif";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildLocalLog, buildUploadLog } from "../../src/sarif/build-log.ts";
import type { LogSource } from "../../src/sarif/log.ts";
import { completedRun, failedRun, judged, skippedRun } from "../support/findings.ts";
import { hostileSource } from "../support/hostile-scan.ts";
import { validateWithMultitool } from "../support/multitool.ts";
import { logSource, parsed } from "../support/sarif-logs.ts";

const TIMEOUT_MS = 60_000;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sarif-gate-logs-"));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function errorsOf(log: unknown): Promise<string[]> {
  const path = join(directory, "log.sarif");
  writeFileSync(path, JSON.stringify(log));
  return validateWithMultitool(path);
}

async function uploadOf(source: LogSource): Promise<Log> {
  const { log } = await buildUploadLog(source);
  if (log === null) throw new Error("no run may be uploaded");
  return parsed(log);
}

/** Sixty hostile scans in one. */
function hostileScan(): LogSource {
  const findings = fc.sample(hostileSource, { seed: 7, numRuns: 60 }).flatMap((source) => source.findings);
  return logSource({
    runs: [completedRun("bandit"), completedRun("safety"), completedRun("trivy"), completedRun("trivy-image")],
    findings: findings.map((finding, index) => ({ ...finding, id: index.toString(16).padStart(20, "0") })),
  });
}

describe.runIf(process.platform === "linux" && process.arch === "x64")("Microsoft's validator", { timeout: TIMEOUT_MS }, () => {
  it("finds no error in the local log of a scan", async () => {
    expect(await errorsOf(parsed(buildLocalLog(logSource())))).toEqual([]);
  });

  it("finds no error in the local log of a scan that is not complete", async () => {
    const gaps = judged([{ run: "trivy", path: "Dockerfile", line: 2, reason: "was not read" }]);
    const runs = [skippedRun("bandit"), failedRun("safety"), completedRun("trivy")];
    expect(await errorsOf(parsed(buildLocalLog(logSource({ runs, gaps, notices: [{ path: "link.py", message: "a symlink" }] }))))).toEqual(
      [],
    );
  });

  it("finds no error in an upload", async () => {
    expect(await errorsOf(await uploadOf(logSource()))).toEqual([]);
  });

  it("finds no error in logs full of hostile text", async () => {
    expect(await errorsOf(parsed(buildLocalLog(hostileScan())))).toEqual([]);
    expect(await errorsOf(await uploadOf(hostileScan()))).toEqual([]);
  });

  it.each<[string, string, (log: Log) => void]>([
    ["a result without location", "GH1015", (log) => delete log.runs[0]?.results?.[0]?.locations],
    ["an address as location", "GH1005", (log) => setUri(log, "debian:8")],
    ["a space in a URI", "SARIF1002", (log) => setUri(log, "a b.py")],
  ])("finds %s, so it does look at our logs", async (_, rule, change) => {
    const log = await uploadOf(logSource());
    change(log);
    expect((await errorsOf(log)).join("\n")).toContain(rule);
  });
});

function setUri(log: Log, uri: string): void {
  const physicalLocation = log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation;
  if (physicalLocation?.artifactLocation === undefined) throw new Error("the log has no location");
  physicalLocation.artifactLocation.uri = uri;
}
