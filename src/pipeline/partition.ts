// Shares files out among processes: as many shares as keep all cores busy to the end, of about equal weight.

import { compareText } from "../text/compare-text.ts";

/** Below this another start of the scanner costs more than it saves: 0.13 s, where looking at as much source takes 0.7 s. */
export const SMALLEST_SHARE_BYTES = 256 * 1024;

/** About as much is in one share, or one file that has more. It bounds the report, of which some are decoded while others run, and makes starts a twentieth of the work. */
export const LARGEST_SHARE_BYTES = 1024 * 1024;

/** What is shared out, and among whom. */
export interface Partitioning {
  readonly files: readonly string[];
  /** In bytes. */
  readonly size: (file: string) => number;
  /** How many shares are worked off at once. */
  readonly jobs: number;
  /** How many characters a file takes on a command line, and the most of one; a longer file is a share of its own. */
  readonly characters: (file: string) => number;
  readonly charactersLimit: number;
}

/** Returns shares that together hold every file once: the heaviest first, each sorted. */
export function partition({ files, size, jobs, ...line }: Partitioning): string[][] {
  const weighed = files.map((file) => ({ file, bytes: size(file) })).sort((a, b) => b.bytes - a.bytes || compareText(a.file, b.file));
  const total = weighed.reduce((sum, { bytes }) => sum + bytes, 0);
  const shares = Array.from({ length: shareCount(total, jobs) }, (): Share => ({ files: [], bytes: 0 }));
  for (const { file, bytes } of weighed) {
    const share = lightest(shares);
    share.files.push(file);
    share.bytes += bytes;
  }
  return shares
    .filter((share) => share.files.length > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .flatMap((share) => split(share.files.sort(compareText), line));
}

interface Share {
  readonly files: string[];
  bytes: number;
}

/** Two for each job, so that one that takes longer than its weight says is made up for; a multiple of the jobs, so that none is idle at the end. */
function shareCount(bytes: number, jobs: number): number {
  const wanted = Math.max(2 * jobs, Math.ceil(bytes / LARGEST_SHARE_BYTES));
  const count = Math.max(1, Math.min(wanted, Math.ceil(bytes / SMALLEST_SHARE_BYTES)));
  return count <= jobs ? count : Math.ceil(count / jobs) * jobs;
}

function lightest(shares: readonly Share[]): Share {
  return shares.reduce((least, share) => (share.bytes < least.bytes ? share : least));
}

function split(
  files: readonly string[],
  { characters, charactersLimit }: Pick<Partitioning, "characters" | "charactersLimit">,
): string[][] {
  const lists: string[][] = [];
  let length = 0;
  for (const file of files) {
    length += characters(file);
    const last = lists.at(-1);
    if (last === undefined || length > charactersLimit) {
      lists.push([file]);
      length = characters(file);
    } else last.push(file);
  }
  return lists;
}
