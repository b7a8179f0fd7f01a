// From reports to judged findings, and on to result files: speed and memory over many bytes of Bandit's reports, and how time grows with findings.

import { execFileSync } from "node:child_process";
import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Bench } from "../bench.ts";
import { corpus } from "../corpora/corpora.ts";
import type { Merged } from "../merge-reports.ts";
import { type Amount, recordReports, type WrittenWorkload, writeWorkload } from "../recorded-reports.ts";
import { costOf, type Round, rounds, seconds, spread, stealOf } from "../rounds.ts";
import { against, type Line, requireEqual } from "../table.ts";

const MERGE = join(import.meta.dirname, "..", "merge-reports.ts");

/** Merging is judged by its speed and by the memory of the process until then; what writing adds stands beside it. */
export async function reportRows(bench: Bench): Promise<Line[]> {
  const { reportBytes, judged } = bench.sizes;
  const workload = await workloadOf(bench, { bytes: reportBytes });
  const { done, idleBytes, results } = await merged(bench, workload);
  const speed = spread(done, ({ merging }) => workload.bytes / 1e3 / merging.wallMs);
  const peak = spread(done, ({ merging }) => merging.peakBytes / 1e6);
  const writing = spread(done, (sides) => sides.writing.wallMs / 1e3);
  const what = `normalising and merging ${(workload.bytes / 1e6).toFixed(1)} MB of reports`;
  const note = `${costOf(done, "merging")}; ${stealOf(done)}`;
  return [
    {
      what,
      figure: `${speed.median.toFixed(0)} MB/s (${speed.low.toFixed(0)}–${speed.high.toFixed(0)})`,
      ...against(speed.median, { atLeast: 60, unit: " MB/s" }, judged),
      results,
      note,
    },
    {
      what: `${what}, memory`,
      figure: `${peak.high.toFixed(0)} MB`,
      ...against(peak.high, { atMost: 200, unit: " MB" }, judged),
      results,
      note: `${(idleBytes / 1e6).toFixed(0)} MB of it before it begins`,
    },
    {
      what: "and writing the SARIF, the upload and report.json",
      figure: `${writing.median.toFixed(2)} s (${writing.low.toFixed(2)}–${writing.high.toFixed(2)})`,
      ...against(writing.median, null, judged),
      results,
      note: costOf(done, "writing"),
    },
  ];
}

/** One line for each step to ten times the findings, of merging and writing together. */
export async function growthRows(bench: Bench): Promise<Line[]> {
  const points: { findings: number; wallMs: number; peakBytes: number; results: string }[] = [];
  for (const findings of bench.sizes.growth) {
    const workload = await workloadOf(bench, { findings });
    const { done, results } = await merged(bench, workload);
    const wallMs = spread(done, ({ merging, writing }) => merging.wallMs + writing.wallMs).median;
    points.push({
      findings: workload.findings.length,
      wallMs,
      peakBytes: Math.max(...done.map(({ sides }) => sides.writing.peakBytes)),
      results,
    });
  }
  return points.slice(1).map((point, index): Line => {
    const before = points[index] ?? point;
    const factor = ((point.wallMs / before.wallMs) * 10 * before.findings) / point.findings;
    const judgement = against(factor, { atMost: 12, unit: "×" }, bench.sizes.judged);
    const words = ({ findings, wallMs, peakBytes }: typeof point) =>
      `${findings.toLocaleString("en")}: ${seconds(wallMs)}, ${(peakBytes / 1e6).toFixed(0)} MB`;
    const what = `time for 10× the findings, from ${before.findings.toLocaleString("en")}`;
    const note = `${words(before)} → ${words(point)}`;
    return { what, figure: `${factor.toFixed(1)}×`, ...judgement, results: point.results, note };
  });
}

async function workloadOf(bench: Bench, amount: Amount): Promise<WrittenWorkload> {
  const lines = bench.sizes.bandit[0] ?? 0;
  const tree = await corpus(bench, lines);
  const recorded = await recordReports(tree);
  const directory = join(bench.work, "workload");
  mkdirSync(directory, { recursive: true });
  return await writeWorkload(directory, { corpus: tree, recorded }, amount);
}

interface MergedRounds {
  readonly done: readonly Round<"merging" | "writing">[];
  /** Peak memory of the process before it begins, the largest of all. */
  readonly idleBytes: number;
  readonly results: string;
}

/** The first run is compared and not measured. */
async function merged({ pairs, sizes }: Bench, workload: WrittenWorkload): Promise<MergedRounds> {
  merge(workload.directory);
  const results = requireEqual(
    "SARIF and reports",
    await sarifResults(join(workload.directory, "out", "sarif-gate.sarif")),
    workload.findings,
  );
  let idleBytes = 0;
  const done = await rounds<"merging" | "writing">(pairs * sizes.often, async () => {
    const { merging, writing, ...before } = merge(workload.directory);
    idleBytes = Math.max(idleBytes, before.idleBytes);
    return { merging: { ...UNKNOWN, ...merging }, writing: { ...UNKNOWN, ...writing } };
  });
  return { done, idleBytes, results };
}

/** What the process does not say of itself. */
const UNKNOWN = { cpuMs: 0, status: 0 };

/** With a compile cache, which the first run fills, no memory goes into reading TypeScript. */
function merge(directory: string): Merged {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, "compiled") };
  const stdout = execFileSync(process.execPath, [MERGE, directory], { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(stdout) as Merged;
}

interface SarifResult {
  readonly ruleId: string;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
  }[];
}

/** Our SARIF has one result on each line. */
async function sarifResults(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!line.startsWith('{"ruleId"')) continue;
    const { ruleId, locations } = JSON.parse(line.replace(/,$/u, "")) as SarifResult;
    const place = locations[0]?.physicalLocation;
    found.push(`${decodeURI(place?.artifactLocation.uri ?? "")}:${place?.region.startLine}:${ruleId}`);
  }
  return found;
}
