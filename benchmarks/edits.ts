// Changes Python files of a copied tree so that a stale result would show: what is added has a finding of its own.

import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { shuffled } from "./corpora/kept.ts";

export interface Edit {
  readonly file: string;
  /** Of the new line, counted as Python does. */
  readonly line: number;
}

/** Bandit's rule for what an edit adds, always of severity low and confidence high, and its words. */
export const EDIT_RULE = "B101";
export const EDIT_MESSAGE = "Use of assert detected. The enclosed code will be removed when compiling to optimised byte code.";

/** How many files are changed, and what chooses them. */
interface Choice {
  readonly count: number;
  readonly seed: string;
}

function choose(files: readonly string[], { count, seed }: Choice): string[] {
  return shuffled(files, seed, (file) => file).slice(0, count);
}

/** Appends an assert to the chosen files. The text holds the seed, so that no state of a file occurs twice. */
export function editFiles(root: string, files: readonly string[], choice: Choice): Edit[] {
  return choose(files, choice).map((file) => ({ file, line: edit(join(root, file), choice.seed) }));
}

function edit(path: string, seed: string): number {
  const lines = readFileSync(path, "latin1").split(/\r\n|\r|\n/u);
  const isEnded = lines.at(-1) === "";
  appendFileSync(path, `${isEnded ? "" : "\n"}${assertion(seed)}`);
  return lines.length + (isEnded ? 0 : 1);
}

function assertion(seed: string): string {
  return `assert ${JSON.stringify(`edited ${seed}`)}\n`;
}

/** Edits a fifth of the chosen files, deletes, moves and copies a fifth each, and adds files beside the rest: by turns one with a finding and one that cannot be parsed. */
export function reworkFiles(root: string, files: readonly string[], choice: Choice): void {
  for (const [index, file] of choose(files, choice).entries()) {
    const path = join(root, file);
    const beside = (kind: string) => join(dirname(path), `${kind}_${index}_${basename(path)}`);
    const changes = [
      () => edit(path, choice.seed),
      () => rmSync(path),
      () => renameSync(path, beside("moved")),
      () => copyFileSync(path, beside("copied")),
      () => writeFileSync(beside("added"), index % 2 === 0 ? "def broken(:\n" : assertion(choice.seed)),
    ];
    changes[index % changes.length]?.();
  }
}
