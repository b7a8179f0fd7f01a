// Which files of a run need no scan, because an earlier run of the same scanner looked at the same bytes in the same place; and what is kept of this run for
// later ones. See file-results.ts for how it is kept.

import { join } from "node:path";
import type { Notice } from "../findings/coverage.ts";
import type { InlineComment } from "../findings/inline-comment.ts";
import type { Part, Scanner, ScanTarget } from "../scanners/scanner.ts";
import { textDigest } from "../tools/file-digest.ts";
import type { ScannerIdentity } from "../tools/install-toolchain.ts";
import { openFileResults } from "./file-results.ts";
import type { FileFinding, FileResult } from "./file-results-format.ts";
import type { FileResultsPlace } from "./file-results-store.ts";
import type { KeptResults } from "./kept-results.ts";
import type { IdentifiedOutput } from "./run-result.ts";
import { type Sight, sightsOf } from "./sights.ts";

/** The cache of one run. */
export interface FileCache {
  /** What is known of files, by path. */
  readonly known: ReadonlyMap<string, FileResult>;
  /** Keeps what was found in files that were scanned now, but for those of which anything else is to be said. It looks at them again until `close`. */
  keep(files: readonly string[], output: IdentifiedOutput): void;
  /** Writes what was kept, and returns what is to be said of the cache. */
  close(): Promise<readonly Notice[]>;
}

/** Where there is no cache: nothing is known, and nothing is kept. */
export const NO_FILE_CACHE: FileCache = { known: new Map(), keep: () => {}, close: async () => [] };

export interface FileCacheOptions {
  readonly scanner: Scanner;
  readonly part: Part;
  readonly identity: ScannerIdentity;
  readonly target: ScanTarget;
  /** Those of the target that the run looks at. */
  readonly files: readonly string[];
  readonly kept: KeptResults;
}

/** Looks files up. Never rejects because of what is kept. */
export async function openFileCache(options: FileCacheOptions): Promise<FileCache> {
  const { scanner, target, kept } = options;
  const results = openFileResults(await placeOf(options), scanner);
  // Nobody will ask how files looked where nothing is known and nothing will be kept.
  const sights = results.isEmpty && !kept.keeps ? new Map<string, Sight>() : await kept.sightsOf(target.root, options.files);
  const { ofFile: mayUse } = await kept.usable;
  const known = new Map<string, FileResult>();
  for (const [file, { key }] of results.isEmpty ? [] : sights) {
    const result = mayUse(file) ? results.find(key, file) : null;
    if (result !== null) known.set(file, result);
  }
  const addSound = async (sound: ReadonlyMap<string, FileResult>): Promise<void> => {
    for (const [file, after] of await sightsOf(target.root, sound.keys())) {
      const [before, result] = [sights.get(file), sound.get(file)];
      // Only what was the same before and after, and was not written meanwhile, is what the scanner saw.
      if (result !== undefined && before?.key === after.key && before.written === after.written) results.add(after.key, result);
    }
  };
  let keeping = Promise.resolve();
  return {
    known,
    keep: (scanned, output) => {
      if (!kept.keeps) return;
      keeping = keeping.then(() => addSound(soundResults(scanned, output)));
      // A rejection before `close` must not end the process.
      keeping.catch(() => undefined);
    },
    close: async () => {
      await keeping;
      const problem = kept.keeps ? await results.write() : null;
      return [...results.notices(), ...(problem === null ? [] : [problem])];
    },
  };
}

/** One file for a tree and what is looked for in it: where it holds for another environment, that is told, and it is replaced. */
async function placeOf({ scanner, part, identity, target, kept }: FileCacheOptions): Promise<FileResultsPlace> {
  const run = `${scanner.run}-${scanner.parts.indexOf(part)}`;
  return {
    path: join(await kept.directory, `files-${textDigest(target.root).slice(0, 16)}-${run}.txt`),
    environment: textDigest(JSON.stringify([run, identity, kept.program])),
    day: kept.day,
  };
}

interface GatheredResult {
  readonly findings: FileFinding[];
  readonly comments: InlineComment[];
}

/** The files of which findings and comments are all that is to be said. What is said of the run as a whole, or of another file, may mean any of them. */
function soundResults(files: readonly string[], { findings, comments, coverage, notices }: IdentifiedOutput): Map<string, FileResult> {
  const named = new Set(coverage.missing.map(({ path }) => path));
  const scanned = new Set(files);
  const places = [...coverage.missing, ...comments, ...findings.map(({ location }) => location)];
  if (notices.length > 0 || places.some(({ path }) => !scanned.has(path))) return new Map();
  const sound = new Map(
    files.filter((file) => !named.has(file)).map((file): [string, GatheredResult] => [file, { findings: [], comments: [] }]),
  );
  for (const finding of findings) {
    if (finding.kind === "code" || finding.kind === "secret") sound.get(finding.location.path)?.findings.push(finding);
    else sound.delete(finding.location.path);
  }
  for (const comment of comments) sound.get(comment.path)?.comments.push(comment);
  return sound;
}
