// Runs a part of a scanner on a target as a whole, or decodes the reports of an earlier run that looked at the very same.

import { GateError } from "../errors.ts";
import type { Host } from "../host/ports.ts";
import type { Installation, Part, Scanner, ScanTarget } from "../scanners/scanner.ts";
import { reportsOf } from "./read-report.ts";
import type { ReportCache } from "./report-cache.ts";
import type { RunCommands } from "./run-commands.ts";
import { decodeIdentified, type IdentifiedOutput, type RunResult } from "./run-result.ts";

export interface WholeJob {
  readonly scanner: Scanner;
  readonly part: Part;
  readonly target: ScanTarget;
  readonly installation: Installation;
  readonly cache: ReportCache;
  readonly runCommands: RunCommands;
}

/** Rejects with a ScannerError. */
export async function runWhole(job: WholeJob, { clock }: Pick<Host, "clock">): Promise<RunResult> {
  const { scanner, part, target, installation, cache } = job;
  const known = outputOfKnownReports(job);
  if (known !== null) return { output: known, durationMs: 0 };
  const started = clock.monotonic();
  const ended = await job.runCommands(part, target, installation);
  const durationMs = Math.round(clock.monotonic() - started);
  const output = decodeIdentified(cache.passing(reportsOf(scanner, ended)), job);
  return { output: { ...output, notices: [...output.notices, ...(await cache.close())] }, durationMs };
}

/** What an earlier run's reports say now. Reports that prove nothing any more are as good as none. */
function outputOfKnownReports(job: WholeJob): IdentifiedOutput | null {
  const { known } = job.cache;
  if (known === null) return null;
  try {
    const output = decodeIdentified(known, job);
    return { ...output, coverage: { ...output.coverage, cached: output.coverage.covered } };
  } catch (thrown) {
    if (thrown instanceof GateError) return null;
    throw thrown;
  }
}
