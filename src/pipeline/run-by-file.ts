// Runs a part of a scanner file by file: what an earlier run said of the same bytes is taken over, the rest is shared out among as many processes as may run.
// The outcome is that of one process over all files.

import { join } from "node:path";
import type { Notice } from "../findings/coverage.ts";
import type { Host } from "../host/ports.ts";
import { reusedSpace } from "../host/read-regular-file.ts";
import type { ByFile, Installation, Part, Scanner, ScanTarget } from "../scanners/scanner.ts";
import type { FileCache } from "./file-cache.ts";
import { partition } from "./partition.ts";
import { reportsOf } from "./read-report.ts";
import { type RunCommands, settledValue } from "./run-commands.ts";
import { decodeIdentified, type IdentifiedOutput, mergeOutputs, type RunResult, requireFew } from "./run-result.ts";

export interface ByFileJob {
  readonly scanner: Scanner;
  readonly part: Part;
  readonly byFile: ByFile;
  readonly target: ScanTarget;
  readonly cache: FileCache;
  /** Asked for only when there is something to scan. */
  readonly install: () => Promise<Installation>;
  /** Keeps to `jobs` processes at once. */
  readonly runCommands: RunCommands;
  readonly jobs: number;
}

/** Rejects with a GateError when a share of the files could not be scanned; what was found in the others is kept all the same. */
export async function runByFile(job: ByFileJob, { clock, platform }: Pick<Host, "clock" | "platform">): Promise<RunResult> {
  const { scanner, part, byFile, target, cache } = job;
  const rest = byFile.files(target).filter((file) => !cache.known.has(file));
  const known = (notices: readonly Notice[]) => outputOfKnownFiles(job, notices);
  if (rest.length === 0) return { output: mergeOutputs([known(await cache.close())]), durationMs: 0 };
  const installation = await job.install();
  const started = clock.monotonic();
  let lastEnd = started;
  let found = 0;
  const space = reusedSpace();
  const scan = async (files: readonly string[]): Promise<IdentifiedOutput> => {
    const share = byFile.only({ ...target, text: rememberingTexts(target.text) }, files);
    const ended = await job.runCommands(part, share, installation);
    lastEnd = clock.monotonic();
    // Decoded while others still run, and no report stays in memory.
    const output = decodeIdentified(reportsOf(scanner, ended, space), { scanner, part, target: share, installation });
    // Before all are there, for so many would not fit.
    found += output.findings.length;
    requireFew(scanner, found);
    cache.keep(files, output);
    return output;
  };
  const results = await Promise.allSettled(sharesOf(rest, job, platform.os).map(scan));
  const notices = await cache.close();
  return { output: mergeOutputs([known(notices), ...results.map(settledValue)]), durationMs: Math.round(lastEnd - started) };
}

/** Reads each file once: a share is small, and asked for again and again. */
function rememberingTexts(read: ScanTarget["text"]): ScanTarget["text"] {
  const texts = new Map<string, string | undefined>();
  return (path) => {
    if (!texts.has(path)) texts.set(path, read(path));
    return texts.get(path);
  };
}

/** Windows allows 32,767 characters on a command line; elsewhere an eighth of what Linux and a quarter of what macOS allow. */
const NAMES_LIMIT = { win32: 30_000, others: 240_000 };

function sharesOf(
  files: readonly string[],
  { byFile, target, jobs }: ByFileJob,
  os: Host["platform"]["os"],
): readonly (readonly string[])[] {
  if (!byFile.shared) return [files];
  return partition({
    files,
    size: target.size,
    jobs,
    characters: (file) => join(target.root, file).length + 1,
    charactersLimit: os === "win32" ? NAMES_LIMIT.win32 : NAMES_LIMIT.others,
  });
}

/** What the cache says. */
function outputOfKnownFiles({ byFile, cache }: ByFileJob, notices: readonly Notice[]): IdentifiedOutput {
  const known = [...cache.known.values()];
  const count = byFile.unit === null ? 0 : known.length;
  return {
    findings: known.flatMap(({ findings }) => findings),
    coverage: { expected: count, covered: count, cached: count, unit: byFile.unit ?? "", missing: [] },
    notices,
    pinsTakenUp: [],
    comments: known.flatMap(({ comments }) => comments),
  };
}
