// What was looked at and what was not. A gap counts (the verdict becomes `error`), a notice is only listed (product.md, "Coverage").

import type { RunId } from "./scanner-id.ts";

/** Something that had to be looked at and was not. */
export interface Gap {
  /** Relative to the root; a database or an image is named by itself. */
  readonly path: string;
  /** 1-based, where one line is to blame. */
  readonly line?: number;
  /** What is missing and why, one sentence without the path. */
  readonly reason: string;
  /** What closes the gap, one sentence; absent where the reason says it. */
  readonly remedy?: string;
}

/** Something worth knowing that does not count. */
export interface Notice {
  /** Absent when it concerns the run as a whole. */
  readonly path?: string;
  readonly line?: number;
  readonly message: string;
}

/** The proof of one run: how many things it had to look at (files, pins, infrastructure files, layers), how many it proved. */
export interface Coverage {
  readonly expected: number;
  readonly covered: number;
  /** How many of those covered an earlier run had looked at, when they were the same; absent: none. */
  readonly cached?: number;
  /** What the numbers count, in the plural: "Python files", "pinned packages". */
  readonly unit: string;
  readonly missing: readonly Gap[];
}

/** A gap of the tree as a whole has no run. */
export type RunGap = Gap & { readonly run?: RunId };
