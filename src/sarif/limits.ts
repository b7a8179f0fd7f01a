// The limits of GitHub's code scanning (https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support).

export interface LogLimits {
  /** Results of one run: GitHub shows no more than 5,000, and rejects a file with more than 25,000. */
  readonly resultsPerRun: number;
  /** Bytes of the file after gzip. */
  readonly compressedBytes: number;
}

/** Whether GitHub's 10 MB are 10^7 bytes or more is not said. */
export const GITHUB_LIMITS: LogLimits = { resultsPerRun: 5_000, compressedBytes: 10_000_000 };

export const MAX_RUNS = 20;
export const MAX_RULES = 25_000;
/** Tags of a rule that are kept; above 20 the file is rejected. */
export const MAX_TAGS = 10;
/** Characters of a rule's name. */
export const MAX_NAME = 255;
/** Characters of every other text. */
export const MAX_TEXT = 1_024;

/** Cuts text to `limit` UTF-16 units, the last of them `…`; a surrogate pair is not split. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
