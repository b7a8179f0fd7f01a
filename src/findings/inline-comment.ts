// A comment in the scanned source that asks a scanner to pass over findings: `# nosec`, `trivy:ignore`.

import type { ScannerId } from "./scanner-id.ts";
import type { Novelty } from "./triaged-finding.ts";

/** One such comment and its place. */
export interface InlineComment {
  readonly scanner: ScannerId;
  /** Relative to the root. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** The whole line without white space: what the comment is recognised by at the base, wherever it has moved to in its file. */
  readonly text: string;
  /** The first day on which it no longer counts, `YYYY-MM-DD` (UTC); absent where it has no end. */
  readonly until?: string;
}

/** A comment compared with the base; null where there is none to compare with, `unknown` where it could not be had. */
export type ComparedComment = InlineComment & { readonly novelty: Novelty | "unknown" | null };
