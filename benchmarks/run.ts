// The benchmark: prints a Markdown table of what was measured beside what is asked for. A row whose results differ has no figures.
// Usage: npm run benchmark -- [--rows a,b] [--pairs N] [--size full|small] [--program FILE]

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, release, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Bench, ROOT, SIZES } from "./bench.ts";
import { banditRows } from "./rows/bandit.ts";
import { equalityRows } from "./rows/equality.ts";
import { fingerprintRows } from "./rows/fingerprints.ts";
import { installRows } from "./rows/install.ts";
import { growthRows, reportRows } from "./rows/reports.ts";
import { uploadWaitRows } from "./rows/upload-wait.ts";
import { applicationRows, serviceRows } from "./rows/whole-scan.ts";
import { HEAD, type Line, ResultsDiffer, renderDifference, renderLine } from "./table.ts";

const ROWS: ReadonlyMap<string, (bench: Bench) => Promise<Line[]>> = new Map([
  ["equality", equalityRows],
  ["bandit", banditRows],
  ["service", serviceRows],
  ["application", applicationRows],
  ["reports", reportRows],
  ["growth", growthRows],
  ["fingerprints", fingerprintRows],
  ["upload-wait", uploadWaitRows],
  ["install", installRows],
]);

/** The service differs from the application in size only, and the installation needs the network once, which a test may not have. */
const NOT_SMALL: readonly string[] = ["service", "install"];

interface Request {
  readonly rows: readonly string[];
  readonly bench: Omit<Bench, "work">;
}

/** Throws a sentence for a wrong command line. */
function parse(argv: readonly string[]): Request {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args: [...argv], options: { rows: text, pairs: text, size: text, program: text } });
  const size = values.size ?? "full";
  if (size !== "full" && size !== "small") throw new Error("--size is `full` or `small`");
  const pairs = Number(values.pairs ?? (size === "full" ? 3 : 1));
  if (!Number.isInteger(pairs) || pairs < 1) throw new Error("--pairs is a number from 1 on");
  const all = [...ROWS.keys()].filter((row) => size === "full" || !NOT_SMALL.includes(row));
  const rows = values.rows?.split(",") ?? all;
  const unknown = rows.filter((row) => !ROWS.has(row));
  if (unknown.length > 0) throw new Error(`there is no row ${unknown.join(", ")}; there are ${[...ROWS.keys()].join(", ")}`);
  const program = resolve(values.program ?? join(ROOT, "dist", "cli.js"));
  if (!existsSync(program)) throw new Error(`${program} does not exist: run \`npm run build\` first`);
  return { rows, bench: { sizes: SIZES[size], pairs, program } };
}

/** Returns whether results were equal and no target was missed. */
async function run({ rows, bench }: Request): Promise<boolean> {
  let good = true;
  console.log(`${machine()}; ${pairsOf(bench)}; medians, in brackets the smallest and largest\n\n${HEAD}`);
  for (const row of rows) {
    const work = mkdtempSync(join(tmpdir(), "sarif-gate-benchmark-"));
    try {
      for (const line of (await ROWS.get(row)?.({ ...bench, work })) ?? []) {
        console.log(renderLine(line));
        good &&= line.met !== false;
      }
    } catch (thrown) {
      if (!(thrown instanceof ResultsDiffer)) throw thrown;
      console.log(renderDifference(row, thrown.message));
      good = false;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return good;
}

function pairsOf({ pairs, sizes: { often } }: Request["bench"]): string {
  return often === 1 ? `${pairs} pairs` : `${pairs} pairs, ${pairs * often} where a pair takes seconds`;
}

function machine(): string {
  const system = `Linux ${release()}, Node ${process.version}`;
  return `${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${(totalmem() / 1e9).toFixed(0)} GB, ${system}, ${new Date().toISOString().slice(0, 10)}`;
}

if (process.platform !== "linux") throw new Error("The benchmark reads /proc, so it runs on Linux only.");
process.exitCode = (await run(parse(process.argv.slice(2)))) ? 0 : 1;
