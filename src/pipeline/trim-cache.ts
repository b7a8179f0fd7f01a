// Keeps a directory of results within its size: what was not used for longest goes first. It follows no link, enters no directory, and fails nobody.

import { lstatSync, readdirSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { compareText } from "../text/compare-text.ts";
import { PARTIAL } from "../tools/cache-directory.ts";

/** What of all results is kept on a machine. */
export const RESULTS_LIMIT_BYTES = 256 * 1024 * 1024;

const HOUR_MS = 60 * 60 * 1000;
/** A day in milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

interface Entry {
  readonly path: string;
  readonly stats: Stats;
}

/**
 * Removes the files of `directory` that were changed longest ago until all together have at most `limitBytes`, but none that is younger than an hour: somebody may
 * be about to use it. Removes leftovers of interrupted writes after a day. Never throws: what cannot be removed stays.
 */
export function trimCache(directory: string, limitBytes: number, now: Date): void {
  const entries = entriesOf(directory);
  const isOlder = ({ stats }: Entry, ageMs: number) => now.getTime() - stats.mtimeMs > ageMs;
  for (const entry of entries.filter(({ name }) => name.startsWith(PARTIAL))) {
    if (isOlder(entry, DAY_MS)) remove(entry.path);
  }
  const files = entries.filter(({ name, stats }) => !name.startsWith(PARTIAL) && stats.isFile());
  let total = files.reduce((sum, { stats }) => sum + stats.size, 0);
  for (const file of files.sort(byAge)) {
    if (total <= limitBytes || !isOlder(file, HOUR_MS)) return;
    if (remove(file.path)) total -= file.stats.size;
  }
}

function byAge(a: Entry, b: Entry): number {
  return a.stats.mtimeMs - b.stats.mtimeMs || compareText(a.path, b.path);
}

function entriesOf(directory: string): (Entry & { readonly name: string })[] {
  try {
    return readdirSync(directory).flatMap((name) => {
      const path = join(directory, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ name, path, stats }];
    });
  } catch {
    return [];
  }
}

function remove(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
