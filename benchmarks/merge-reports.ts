// A process of its own that does with a workload of recorded reports what a scan does from a scanner's report to the result files, and measures itself.
// Usage: node benchmarks/merge-reports.ts WORKLOAD; prints JSON. The result files are put into WORKLOAD/out.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { deduplicate } from "../src/findings/deduplicate.ts";
import type { CompletedRun } from "../src/findings/scanner-run.ts";
import type { ProcessExit } from "../src/host/ports.ts";
import { keepHeapSmall } from "../src/host/small-heap.ts";
import type { EndedCommand } from "../src/pipeline/read-report.ts";
import type { IdentifiedOutput } from "../src/pipeline/run-result.ts";
import { placeOf } from "../src/pipeline/tree.ts";
import { writeResults } from "../src/pipeline/write-results.ts";
import { bySeverityThenPlace } from "../src/policy/gate.ts";
import { judge } from "../src/policy/judge.ts";
import { defaultPolicy } from "../src/policy/parse-policy.ts";
import type { ScanReport } from "../src/report/scan-report.ts";
import type { ScanTarget } from "../src/scanners/scanner.ts";
import { pythonTarget } from "./python-target.ts";
import { originalOf, runOver, type Workload } from "./recorded-reports.ts";

/** What is printed. */
export interface Merged {
  /** Peak memory of the process before it began. */
  readonly idleBytes: number;
  /** From the reports on disk to findings that are decoded, identified, merged, without duplicates, sorted and judged. */
  readonly merging: Step;
  /** From there to both SARIF files and report.json. */
  readonly writing: Step;
}

interface Step {
  readonly wallMs: number;
  /** Peak memory of the process until the end of the step, bytes. */
  readonly peakBytes: number;
}

async function main(directory: string): Promise<Merged> {
  keepHeapSmall();
  const workload = JSON.parse(readFileSync(join(directory, "workload.json"), "utf8")) as Workload;
  const target: ScanTarget = {
    ...pythonTarget(workload.root, workload.files, (path) => readFileSync(join(workload.corpus, originalOf(path)), "utf8")),
    size: (path) => statSync(join(workload.corpus, originalOf(path))).size,
  };
  const idleBytes = peakMemory();
  const [report, merging] = await timed(async () => reportOn(await readReports(directory, workload, target), workload.root));
  const out = (name: string) => join(directory, "out", name);
  const paths = { sarif: out("sarif-gate.sarif"), upload: out("upload.sarif"), report: out("report.json") };
  const options = { paths, clean: (text: string) => text, repositoryUri: null };
  const [, writing] = await timed(() => writeResults({ report, text: target.text }, options));
  return { idleBytes, merging, writing };
}

async function timed<Value>(act: () => Promise<Value>): Promise<[Value, Step]> {
  const started = performance.now();
  const value = await act();
  return [value, { wallMs: performance.now() - started, peakBytes: peakMemory() }];
}

/** As if Bandit had just ended on every share. */
async function readReports(directory: string, { shares, jobs }: Workload, target: ScanTarget): Promise<IdentifiedOutput> {
  const silent = { stdoutTail: "", stderrTail: "", lastWords: "", stderrDropped: false };
  return await runOver(target, jobs, async (files): Promise<EndedCommand[]> => {
    const share = shares[files[0] ?? ""];
    if (share === undefined) throw new Error(`no report was recorded for the share that begins with ${files[0]}`);
    const place = join(directory, share.directory);
    const exit: ProcessExit = { end: { kind: "exited", code: share.status }, durationMs: 0, ...silent };
    return [{ directory: place, place: placeOf(place), output: "report.json", exit }];
  });
}

function reportOn(output: IdentifiedOutput, root: string): ScanReport {
  const { findings, coverage, comments } = output;
  const core = { run: "bandit", scanner: "bandit", durationMs: 0, notices: [] } as const;
  const run: CompletedRun = { ...core, status: "completed", version: "recorded", coverage, database: null, findings, comments };
  const policy = defaultPolicy("high", "the benchmark");
  const sorted = deduplicate(findings).sort(bySeverityThenPlace(policy.gate.unknownAs));
  const facts = {
    findings: sorted,
    runs: [run],
    gaps: coverage.missing.map((gap) => ({ ...gap, run: core.run, unchanged: false })),
    unpinned: [],
    comments: comments.map((comment) => ({ ...comment, novelty: null })),
    scope: "all",
    looksAtEverything: false,
    baseError: null,
    today: "2026-11-21",
  } as const;
  const unset = {
    policyChanges: [],
    changedWorkflows: [],
    exclusions: [],
    notices: [],
    base: null,
    noBase: "this is a benchmark",
    revision: null,
  };
  const about = {
    toolVersion: "benchmark",
    root,
    within: "",
    startedAt: new Date(0),
    durationMs: 0,
    category: "benchmark",
    policy: policy.source,
  };
  return { ...judge(facts, [policy]), ...unset, ...about, scope: facts.scope, runs: [run] };
}

function peakMemory(): number {
  return Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN) * 1024;
}

console.log(JSON.stringify(await main(process.argv[2] ?? "")));
