// Measures the memory of our own process at its peak while it scans a tree with 50,000 findings, which it makes. Linux only: it reads VmHWM.
// Usage: npm run benchmark-memory

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const FILES = 500;
const FINDINGS_PER_FILE = 100;
const LIMIT_MB = 150;

function makeTree(): string {
  const root = mkdtempSync(join(tmpdir(), "sarif-gate-memory-"));
  for (let file = 0; file < FILES; file += 1) {
    const lines = Array.from({ length: FINDINGS_PER_FILE }, (_, line) => `assert value_${line} == ${line}, 'message ${line}'\n`);
    writeFileSync(join(root, `module_${file}.py`), lines.join(""));
  }
  return root;
}

function peakOf(pid: number): number {
  try {
    return (Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

async function main(): Promise<number> {
  const root = makeTree();
  const argv = [
    join(ROOT, "dist/cli.js"),
    "scan",
    root,
    "--offline",
    "--scanners",
    "bandit",
    "--fail-on",
    "never",
    "--quiet",
    "--out",
    join(root, "out"),
  ];
  const child = spawn(process.execPath, argv, { stdio: "ignore" });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid ?? 0));
  }, 10);
  const status = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  const { findings } = JSON.parse(readFileSync(join(root, "out", "report.json"), "utf8")) as { findings: unknown[] };
  rmSync(root, { recursive: true });
  console.log(`${findings.length} findings, exit ${status}, peak ${peak.toFixed(0)} MB of ${LIMIT_MB} MB allowed`);
  return status === 0 && findings.length === FILES * FINDINGS_PER_FILE && peak <= LIMIT_MB ? 0 : 1;
}

process.exitCode = await main();
