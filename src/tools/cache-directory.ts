// Directories of the cache are whole or absent: built under a private name, renamed into place in one step, and renamed away before they are removed.
// No locks: of two processes that build the same directory at once, the first to rename wins and the other takes over its result.

import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCode } from "./install-failure.ts";

/** How names of unfinished work begin: a leading dot keeps it out of every listing of entries. */
export const PARTIAL = ".partial-";
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

export interface Building {
  /** Directory of the finished one; made when absent. */
  readonly parent: string;
  readonly now: Date;
  /** Fills the private directory and returns the name it gets. */
  readonly build: (partial: string) => Promise<string>;
}

/** Builds a directory and returns its path. Whatever fails or interrupts `build`, nothing appears under the final name. */
export async function buildDirectory({ parent, now, build }: Building): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await removeAbandoned(parent, now);
  return await withPartial(parent, async (partial) => {
    const directory = join(parent, await build(partial));
    await moveUnlessTaken(partial, directory);
    return directory;
  });
}

/** Removes a directory so that no reader ever meets half of it. Absent already: fine. */
export async function discardDirectory(directory: string): Promise<void> {
  await withPartial(dirname(directory), async (aside) => {
    await rename(directory, join(aside, basename(directory))).catch((thrown: unknown) => {
      if (systemCode(thrown) !== "ENOENT") throw thrown;
    });
  });
}

/** Writes a file in one step: readers see the old text or the new one. Without a pause, so that no end of our process comes in between. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await withPartial(dirname(path), async (partial) => {
    const written = join(partial, basename(path));
    writeFileSync(written, text, { mode: 0o600 });
    renameSync(written, path);
  });
}

const REMOVAL = { recursive: true, force: true, maxRetries: 3 } as const;

/** Hands out a private directory beside the final one, and removes what is left of it, also when our own process is told to end at once. */
async function withPartial<Result>(parent: string, use: (partial: string) => Promise<Result>): Promise<Result> {
  // At once: were it awaited, our process could be told to end while it is made and before it is known here.
  const partial = mkdtempSync(join(parent, PARTIAL));
  const removeNow = () => {
    try {
      rmSync(partial, REMOVAL);
    } catch {
      // Something was written into it meanwhile. Its name says that it is unfinished; it is removed as abandoned later.
    }
  };
  process.on("exit", removeNow);
  try {
    return await use(partial);
  } finally {
    await rm(partial, REMOVAL);
    process.off("exit", removeNow);
  }
}

/** What rename says when the target is there already; Windows speaks of permission. */
const TAKEN = new Set(["ENOTEMPTY", "EEXIST", "EPERM", "EACCES"]);

async function moveUnlessTaken(partial: string, directory: string): Promise<void> {
  try {
    await rename(partial, directory);
  } catch (thrown) {
    if (!TAKEN.has(systemCode(thrown) ?? "") || !existsSync(directory)) throw thrown;
  }
}

/** What an interrupted process left. A day is longer than any build takes, so nobody is still at work there. */
async function removeAbandoned(parent: string, now: Date): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PARTIAL)) continue;
    const path = join(parent, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => now.getTime() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
