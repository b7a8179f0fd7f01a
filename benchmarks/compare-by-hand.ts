// Compares a scan with the three scanners by hand on a tree of yours: nothing they state may be missing, and what is more must have a reason.
// Usage: npm run compare-by-hand -- PATH [SAFETY_DB TRIVY_DB]

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Databases, gitFiles, packageKeyOf, runByHand, type Stated } from "./by-hand.ts";

const ROOT = join(import.meta.dirname, "..");

interface Found extends Stated {
  readonly kind: string;
  readonly path: string;
}

interface Report {
  verdict: string;
  findings: {
    kind: string;
    rule: string;
    path: string;
    startLine: number;
    scanners: string[];
    package: { name: string; version: string } | null;
    advisory: { id: string; aliases: string[] } | null;
  }[];
  gaps: { path: string; line: number | null; reason: string }[];
}

function scanned(root: string, databases: Databases): Report {
  const argv = [
    join(ROOT, "dist", "cli.js"),
    "scan",
    root,
    "--offline",
    "--safety-db",
    databases.safety,
    "--trivy-db",
    databases.trivy,
    "--max-database-age",
    "any",
    "--format",
    "json",
    "--quiet",
  ];
  const { stdout, status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 1 << 29 });
  if (status !== 0 && status !== 1 && status !== 3) throw new Error(`the scan ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

function toFound(finding: Report["findings"][number]): Found {
  const { kind, rule, path, startLine, scanners } = finding;
  const scanner = scanners[0] as Stated["scanner"];
  if (finding.package === null || finding.advisory === null) return { scanner, kind, path, key: `${path}:${startLine}:${rule}`, ids: [] };
  return {
    scanner,
    kind,
    path,
    key: packageKeyOf(finding.package.name, finding.package.version),
    ids: [finding.advisory.id, ...finding.advisory.aliases],
  };
}

function same(a: Stated, b: Stated): boolean {
  return a.key === b.key && (a.ids.length === 0 || a.ids.some((id) => b.ids.includes(id)));
}

function without(from: readonly Stated[], other: readonly Stated[]): Stated[] {
  const byKey = new Map<string, Stated[]>();
  for (const one of other) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one]);
  return from.filter((one) => !(byKey.get(one.key) ?? []).some((candidate) => same(one, candidate)));
}

/** Why a scan may find more than the scanners by hand do; null: no reason is known. */
function reasonFor({ kind, path }: Found): string | null {
  if (kind === "code" && !/\.pyw?$/u.test(path)) return "script without extension, which Bandit by hand does not open";
  if (kind === "secret") return "place that Trivy's built-in rules skip";
  if (kind === "dependency") return "pin in a form or file that the scanners by hand do not read";
  return null;
}

function main(): number {
  const [root = "", safety = join(ROOT, "examples/databases/safety"), trivy = join(ROOT, "examples/databases/trivy")] =
    process.argv.slice(2);
  const databases = { safety, trivy };
  const tracked = new Set(gitFiles(root));
  const report = scanned(root, databases);
  const ours = report.findings.map(toFound);
  const hand = runByHand(root, databases).stated.filter(({ key, ids }) => ids.length > 0 || tracked.has(key.slice(0, key.indexOf(":"))));
  const missing = without(hand, ours);
  const more = without(ours, hand) as Found[];
  const unexplained = more.filter((found) => reasonFor(found) === null);
  console.log(
    `${root}: verdict ${report.verdict}, ${ours.length} findings here, ${hand.length} statements by hand, ${report.gaps.length} gaps`,
  );
  for (const gap of report.gaps) console.log(`  gap      ${gap.path}${gap.line === null ? "" : `:${gap.line}`} ${gap.reason}`);
  for (const { scanner, key, ids } of missing) console.log(`  MISSING  ${scanner} ${key} ${ids.join(" ")}`);
  for (const found of more)
    console.log(`  more     ${found.scanner} ${found.key} ${found.ids[0] ?? ""}: ${reasonFor(found) ?? "NO REASON KNOWN"}`);
  return missing.length + unexplained.length === 0 ? 0 : 1;
}

process.exitCode = main();
