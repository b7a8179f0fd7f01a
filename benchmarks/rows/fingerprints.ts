// Fingerprints of every line of a corpus against Microsoft's implementation of the same algorithm.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { computeRollingHashes } from "@microsoft/sarif";
import { lineHashes } from "../../src/sarif/line-hash.ts";
import type { Bench } from "../bench.ts";
import { gitFiles } from "../by-hand.ts";
import { corpus } from "../corpora/corpora.ts";
import { cpuTimes, type Measurement, stealPercent } from "../measure.ts";
import { type Round, speedUp, spread, stealOf } from "../rounds.ts";
import { against, type Line, requireEqual, times } from "../table.ts";

type Hash = (text: string) => ReadonlyMap<number, string>;

/** Reads all texts first: only hashing is measured. */
export async function fingerprintRows(bench: Bench): Promise<Line[]> {
  const root = await corpus(bench, bench.sizes.fingerprints);
  const texts = gitFiles(root)
    .filter((file) => file.endsWith(".py"))
    .map((file) => readFileSync(join(root, file), "utf8"));
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const lines = texts.reduce((sum, text, index) => sum + compare(text, index), 0);
  const done = Array.from({ length: bench.pairs }, (): Round<"theirs" | "ours"> => {
    const before = cpuTimes();
    const sides = { theirs: timed(computeRollingHashes, texts), ours: timed(lineHashes, texts) };
    return { sides, stealPercent: stealPercent(before) };
  });
  const ratio = speedUp(done, "theirs", "ours");
  const speed = spread(done, ({ ours }) => bytes / 1e3 / ours.wallMs).median;
  const note = `${speed.toFixed(0)} MB/s over ${(bytes / 1e6).toFixed(1)} MB; against @microsoft/sarif; ${stealOf(done)}`;
  const results = `${lines.toLocaleString("en")} hashes equal`;
  return [
    {
      what: "fingerprints",
      figure: times(ratio),
      ...against(ratio.median, { atLeast: 2.5, unit: "×" }, bench.sizes.judged),
      results,
      note,
    },
  ];
}

function compare(text: string, index: number): number {
  const words = (hash: Hash) => [...hash(text)].map(([line, value]) => `${index}:${line}:${value}`);
  const ours = words(lineHashes);
  requireEqual("fingerprints", ours, words(computeRollingHashes));
  return ours.length;
}

function timed(hash: Hash, texts: readonly string[]): Measurement {
  const started = performance.now();
  for (const text of texts) hash(text);
  return { wallMs: performance.now() - started, cpuMs: 0, peakBytes: 0, status: 0 };
}
