// What `git ls-files -z` prints, taken apart byte by byte. Names are kept as git has them; a name that is not UTF-8 is set apart, never guessed.

import { isUtf8 } from "node:buffer";

/** Mode of a gitlink, the entry of a submodule (https://git-scm.com/docs/index-format). */
const GITLINK = "160000";
/** Tag of an entry with the skip-worktree bit, which a sparse checkout sets (https://git-scm.com/docs/git-ls-files, option -t). */
const SKIP_WORKTREE = "S";

const NUL = 0;
const TAB = 9;

/** Names in the order git printed them. */
export interface NameListing {
  readonly names: readonly string[];
  /** Not valid UTF-8; decoded with U+FFFD, for display. */
  readonly undecodable: readonly string[];
}

/** The entries of an index; a path with conflicts, which has several, appears once. */
export interface IndexListing extends NameListing {
  /** Those of `names` that the sparse checkout leaves out. */
  readonly sparse: readonly string[];
  /** Submodules; not in `names`. */
  readonly gitlinks: readonly string[];
}

/** Decodes `git ls-files -z`. */
export function decodeNames(output: Buffer): NameListing {
  const names: string[] = [];
  const undecodable: string[] = [];
  for (const record of recordsOf(output)) (isUtf8(record) ? names : undecodable).push(record.toString("utf8"));
  return { names, undecodable };
}

/** Decodes `git ls-files --stage -t -z`: `<tag> <mode> <object> <stage>TAB<name>NUL`. Throws an Error at a record of another shape. */
export function decodeIndex(output: Buffer): IndexListing {
  const names: string[] = [];
  const undecodable: string[] = [];
  const sparse: string[] = [];
  const gitlinks: string[] = [];
  let previous: Buffer | null = null;
  for (const record of recordsOf(output)) {
    const tab = record.indexOf(TAB);
    const [tag, mode, , stage] = record.toString("latin1", 0, Math.max(tab, 0)).split(" ");
    if (stage === undefined) throw new Error(`unexpected record of ls-files: ${record.toString("latin1", 0, 80)}`);
    const name = record.subarray(tab + 1);
    if (previous?.equals(name)) continue;
    previous = name;
    const text = name.toString("utf8");
    if (!isUtf8(name)) undecodable.push(text);
    else if (mode === GITLINK) gitlinks.push(text);
    else names.push(text);
    if (tag === SKIP_WORKTREE && names.at(-1) === text) sparse.push(text);
  }
  return { names, undecodable, sparse, gitlinks };
}

function* recordsOf(output: Buffer): Generator<Buffer> {
  let start = 0;
  for (let end = output.indexOf(NUL); end !== -1; end = output.indexOf(NUL, start)) {
    yield output.subarray(start, end);
    start = end + 1;
  }
}
