// Times a warm scan against the three scanners by hand in one run, interleaved, and prints ratios. Compares the results first: a fast wrong scan is a failure.
// Usage: npm run benchmark -- PATH [PAIRS]

import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { runByHand } from "./by-hand.ts";

const ROOT = join(import.meta.dirname, "..");
const DATABASES = { safety: join(ROOT, "examples/databases/safety"), trivy: join(ROOT, "examples/databases/trivy") };

/** Allowed over the bound: product.md, "Speed". */
const ALLOWANCE = { ms: 500, factor: 1.05 };

function timeScan(root: string): number {
  const argv = [
    join(ROOT, "dist/cli.js"),
    "scan",
    root,
    "--offline",
    "--safety-db",
    DATABASES.safety,
    "--trivy-db",
    DATABASES.trivy,
    "--max-database-age",
    "any",
    "--quiet",
  ];
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0 && status !== 1 && status !== 3) throw new Error(`the scan ended with ${status}: ${stderr}`);
  return performance.now() - started;
}

/** Also warms everything up. */
function sameResults(root: string): boolean {
  return spawnSync(process.execPath, [join(ROOT, "benchmarks/compare-by-hand.ts"), root], { stdio: "inherit" }).status === 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function main(): number {
  const [root = "", pairs = "5"] = process.argv.slice(2);
  if (!sameResults(root)) return 1;
  const rows = Array.from({ length: Number(pairs) }, () => {
    const { durationMs, cpuMs } = runByHand(root, DATABASES);
    const scan = timeScan(root);
    const walls = Object.values(durationMs);
    const sequence = walls.reduce((sum, wall) => sum + wall, 0);
    const cpu = Object.values(cpuMs).reduce((sum, one) => sum + one, 0);
    return { scan, sequence, bound: Math.max(...walls, cpu / availableParallelism()) };
  });
  const [scan, sequence, bound] = (["scan", "sequence", "bound"] as const).map((name) => median(rows.map((row) => row[name])));
  if (scan === undefined || sequence === undefined || bound === undefined) return 1;
  const allowed = bound * ALLOWANCE.factor + ALLOWANCE.ms;
  console.log(`${root}, ${pairs} pairs, medians`);
  console.log(`  by hand in sequence   ${sequence.toFixed(0)} ms`);
  console.log(
    `  bound                 ${bound.toFixed(0)} ms: slowest scanner by hand, or processor time / ${availableParallelism()} cores`,
  );
  console.log(
    `  this scan             ${scan.toFixed(0)} ms: ${(sequence / scan).toFixed(2)} times as fast as by hand, ${(scan / allowed).toFixed(2)} of what is allowed`,
  );
  return scan <= allowed ? 0 : 1;
}

process.exitCode = main();
