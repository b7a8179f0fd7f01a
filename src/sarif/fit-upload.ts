// Cuts an upload down to what GitHub takes: least severe findings first, among equals by id, so that the same findings stay in every run.
// The verdict is made from all findings, before and without this.

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { RunId } from "../findings/scanner-id.ts";
import { severityRank } from "../findings/severity.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { LogLimits } from "./limits.ts";
import type { RunContent, StreamedLog } from "./log.ts";
import { renderLog } from "./render-log.ts";

export interface FittedLog {
  readonly log: StreamedLog;
  readonly contents: readonly RunContent[];
}

/**
 * Builds the log of `contents` with as many findings as the limits allow; contents that lose some carry a truncation. How well a log compresses shows only
 * when it is compressed, so the number of findings is estimated from the last try and measured again until it fits.
 */
export async function fitUpload(
  contents: readonly RunContent[],
  limits: LogLimits,
  build: (contents: readonly RunContent[]) => StreamedLog,
): Promise<FittedLog> {
  const { resultsPerRun, compressedBytes } = limits;
  const because = `GitHub shows ${grouped(resultsPerRun)} results of a run`;
  let fitting = contents.map((content) => keep(content, mostSevere(content.findings, resultsPerRun), because));
  let log = build(fitting);
  let size = await compressedSize(renderLog(log));
  while (size > compressedBytes && fitting.some(({ findings }) => findings.length > 0)) {
    fitting = shrink(
      contents,
      fitting,
      Math.min(0.95, (0.95 * compressedBytes) / size),
      `GitHub takes ${grouped(compressedBytes)} compressed bytes`,
    );
    log = build(fitting);
    size = await compressedSize(renderLog(log));
  }
  return { log, contents: fitting };
}

/** Keeps the given share of all findings that are left, rounded down, whichever runs they belong to. */
function shrink(contents: readonly RunContent[], fitting: readonly RunContent[], share: number, because: string): RunContent[] {
  const left = fitting.flatMap(({ findings }) => findings);
  const kept = new Set(mostSevere(left, Math.floor(left.length * share)));
  return contents.map((content) =>
    keep(
      content,
      content.findings.filter((finding) => kept.has(finding)),
      because,
    ),
  );
}

function keep(content: RunContent, findings: readonly TriagedFinding[], because: string): RunContent {
  const total = content.findings.length;
  if (findings.length === total) return content;
  const run: RunId = content.run.run;
  return { ...content, findings, truncation: { run, kept: findings.length, total, because } };
}

/** Returns the `count` most severe findings in the order of the argument; an unknown severity ranks like high. */
function mostSevere(findings: readonly TriagedFinding[], count: number): readonly TriagedFinding[] {
  if (findings.length <= count) return findings;
  const kept = new Set([...findings].sort(bySeverityThenId).slice(0, count));
  return findings.filter((finding) => kept.has(finding));
}

function bySeverityThenId(a: TriagedFinding, b: TriagedFinding): number {
  return severityRank(b.severity) - severityRank(a.severity) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Measures the chunks after gzip without holding them. */
async function compressedSize(chunks: Iterable<string>): Promise<number> {
  let size = 0;
  await pipeline(Readable.from(chunks), createGzip(), async (parts: AsyncIterable<Buffer>) => {
    for await (const part of parts) size += part.length;
  });
  return size;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
