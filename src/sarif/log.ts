// What a log is made from, and the shape it has while it is built: plain SARIF 2.1.0, except that the results of a run are made one by one as they
// are read, so that 50,000 of them never exist at once.

import type { Log, Result, Run } from "sarif";
import type { Notice } from "../findings/coverage.ts";
import type { Finding } from "../findings/finding.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { JudgedGap } from "../policy/judged-gap.ts";
import type { ResultState } from "./results.ts";

/** How a scanner names itself to GitHub. */
export interface Tool {
  readonly name: string;
  readonly informationUri: string;
}

/** What logs are made from; most of it is the scan's report. The order of runs and findings does not matter. */
export interface LogSource {
  /** Prefix of every run's category, `<category>/<run id>/`. */
  readonly category: string;
  readonly runs: readonly ScannerRun[];
  readonly findings: readonly TriagedFinding[];
  readonly gaps: readonly JudgedGap[];
  /** Notices about the tree. */
  readonly notices: readonly Notice[];
  readonly startedAt: Date;
  /** The commit that was scanned, and the https address of its repository; the log names them only where both are known. */
  readonly revision: string | null;
  readonly repositoryUri: string | null;
  readonly tools: Readonly<Record<RunId, Tool>>;
  /** The value of `primaryLocationLineHash` (see `fingerprints.ts`). */
  readonly fingerprint: (finding: Finding) => string;
}

/** Findings that are not in a run's results, although its scanner found them. */
export interface Truncation {
  readonly run: RunId;
  readonly kept: number;
  readonly total: number;
  /** The limit that was met, as a clause: "GitHub shows 5,000 results of a run". */
  readonly because: string;
}

/** One run of the log to be: its findings become results in their order. */
export interface RunContent {
  readonly run: ScannerRun;
  readonly findings: readonly TriagedFinding[];
  readonly ruleId: (finding: Finding) => string;
  /** What a finding is counted as: a duplicate as what it duplicates, every other one as itself. */
  readonly countedAs: (finding: TriagedFinding) => TriagedFinding;
  /** Of a finding that is not a duplicate. */
  readonly stateOf: (finding: TriagedFinding) => ResultState;
  readonly truncation?: Truncation;
}

/** A run whose results can be read any number of times. */
export type StreamedRun = Omit<Run, "results"> & { readonly results: Iterable<Result> };

/** A log of streamed runs; parsing what `renderLog` writes gives the plain `Log`. */
export type StreamedLog = Omit<Log, "runs"> & { readonly runs: readonly StreamedRun[] };
