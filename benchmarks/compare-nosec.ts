// Compares Bandit's own decision about `# nosec` comments with ours on a tree of yours, with a seed also after adding comments at the ends of random lines.
// Usage: npm run compare-nosec -- PYTHON_WITH_BANDIT TREE [SEED]

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { compareNosec, pythonFiles } from "./nosec-comparison.ts";

const COMMENTS = [
  "# nosec",
  "#nosec",
  "# NOSEC",
  "# nosec B101",
  "# nosec: B101, B602",
  "#nosec:B101,B105",
  "# nosec B404 B603 B607 # noqa",
  "# noqa # nosec B110",
  "# nosec import_subprocess, assert_used",
  "# nosec B999",
  "# nosec because it is safe",
  "# nosec B101 because it is safe",
  "# nosec b101",
  "# nosecure",
  "# not a comment for Bandit: nosec",
];

/** Numbers below a bound, the same for the same seed (xorshift, https://www.jstatsoft.org/article/view/v008i14). */
function random(seed: number): (bound: number) => number {
  let state = seed | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Appends a comment to about one line in eight, inside strings too; bytes stay what they are. */
function commented(source: string, below: (bound: number) => number): string {
  return source
    .split("\n")
    .map((line) => {
      if (below(8) !== 0 || line.endsWith("\\")) return line;
      const [, code = "", end = ""] = /^(.*?)(\r?)$/su.exec(line) ?? [];
      return `${code}  ${COMMENTS[below(COMMENTS.length)]}${end}`;
    })
    .join("\n");
}

function commentedCopy(root: string, copy: string, seed: number): void {
  const below = random(seed);
  for (const path of pythonFiles(root)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
    writeFileSync(join(copy, path), commented(readFileSync(join(root, path), "latin1"), below), "latin1");
  }
}

function main(): number {
  const [python = "", tree = "", seed] = process.argv.slice(2);
  const copy = mkdtempSync(join(tmpdir(), "commented-"));
  try {
    if (seed !== undefined) commentedCopy(tree, copy, Number(seed));
    const root = seed === undefined ? resolve(tree) : copy;
    const files = pythonFiles(root);
    const { found, hidden, comments, unread, hiddenTooMuch, hiddenTooLittle } = compareNosec(resolve(python), root, files);
    console.log(
      `${tree}: ${files.length} files, ${comments} comments, ${found} findings, ${hidden} hidden, ${unread} files Bandit cannot read`,
    );
    for (const result of hiddenTooMuch) console.log(`  HIDDEN TOO MUCH    ${result}`);
    for (const result of hiddenTooLittle) console.log(`  HIDDEN TOO LITTLE  ${result}`);
    return hiddenTooMuch.length + hiddenTooLittle.length === 0 ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

process.exitCode = main();
