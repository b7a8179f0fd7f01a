// The outcome of one scanner run.

import type { GateError } from "../errors.ts";
import type { Coverage, Notice } from "./coverage.ts";
import type { Finding } from "./finding.ts";
import type { InlineComment } from "./inline-comment.ts";
import type { RunId, ScannerId } from "./scanner-id.ts";

/** The vulnerability database a run used. */
export interface DatabaseFacts {
  /** When its data were made, ISO 8601; null when the database does not say. */
  readonly updatedAt: string | null;
  /** Whole days between that date and the run. */
  readonly ageDays: number | null;
  /** sha256 of the database file, or of its files in name order, hexadecimal. */
  readonly digest: string;
  /** Where it comes from, for people: "downloaded", "cached", "given by safety-db". */
  readonly origin: string;
}

interface RunCore {
  readonly run: RunId;
  readonly scanner: ScannerId;
  /** Wall time of the scanner's processes, milliseconds; 0 when none was started. */
  readonly durationMs: number;
  readonly notices: readonly Notice[];
}

export type CompletedRun = RunCore & {
  readonly status: "completed";
  readonly version: string;
  readonly coverage: Coverage;
  readonly database: DatabaseFacts | null;
  readonly findings: readonly Finding[];
  /** Every comment in what it looked at that asks it to pass over something, in order of path and line. */
  readonly comments: readonly InlineComment[];
};
/** There was nothing for the scanner to look at; it is not a gap. */
export type SkippedRun = RunCore & { readonly status: "skipped"; readonly reason: string };
export type FailedRun = RunCore & { readonly status: "failed"; readonly error: GateError; readonly version: string | null };

export type ScannerRun = CompletedRun | SkippedRun | FailedRun;
