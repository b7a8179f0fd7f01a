// Compares a scan with the three scanners by hand on a tree of yours: nothing they state may be missing, and what is more must have a reason.
// Usage: npm run compare-by-hand -- PATH [SAFETY_DB TRIVY_DB]

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DATABASES, ROOT } from "./bench.ts";
import { type Databases, runByHand } from "./by-hand.ts";
import { compareStatements, type Report } from "./compare-statements.ts";

function scanned(root: string, { safety, trivy }: Databases): Report {
  const databases = ["--safety-db", safety, "--trivy-db", trivy, "--max-database-age", "any"];
  const argv = [join(ROOT, "dist", "cli.js"), "scan", root, "--offline", ...databases, "--format", "json", "--quiet"];
  const { stdout, status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 1 << 29 });
  if (status !== 0 && status !== 1 && status !== 3) throw new Error(`the scan ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

async function main(): Promise<number> {
  const [root = "", safety = DATABASES.safety, trivy = DATABASES.trivy] = process.argv.slice(2);
  const report = scanned(root, { safety, trivy });
  const { stated } = await runByHand(root, { safety, trivy });
  const { missing, more } = compareStatements(root, report, stated);
  const { verdict, findings, gaps } = report;
  console.log(`${root}: verdict ${verdict}, ${findings.length} findings here, ${stated.length} statements by hand, ${gaps.length} gaps`);
  for (const gap of gaps) console.log(`  gap      ${gap.path}${gap.line === null ? "" : `:${gap.line}`} ${gap.reason}`);
  for (const { scanner, key, ids } of missing) console.log(`  MISSING  ${scanner} ${key} ${ids.join(" ")}`);
  for (const { scanner, key, ids, reason } of more)
    console.log(`  more     ${scanner} ${key} ${ids[0] ?? ""}: ${reason ?? "NO REASON KNOWN"}`);
  return missing.length + more.filter(({ reason }) => reason === null).length === 0 ? 0 : 1;
}

process.exitCode = await main();
