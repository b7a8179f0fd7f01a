// The ids by which documents name tests, as vitest prints them: `file > suite > test`, the file below __tests__, the titles as the source writes them.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const TESTS = join(import.meta.dirname, "..");

/** Says what is wrong with an id: its file does not exist, or a title does not stand in it after the one before; null when nothing is. */
export function problemOfTestId(id: string): string | null {
  const [file = "", ...titles] = id.split(" > ");
  if (!/^[\w/-]+\.test\.ts$/u.test(file) || titles.length === 0) return `${id}: is no \`file > suite > test\``;
  if (!existsSync(join(TESTS, file))) return `${id}: there is no ${file}`;
  const text = readFileSync(join(TESTS, file), "utf8");
  let from = 0;
  for (const title of titles) {
    const places = [JSON.stringify(title), `'${title}'`, `\`${title}\``]
      .map((quoted) => text.indexOf(quoted, from))
      .filter((at) => at >= 0);
    if (places.length === 0) return `${id}: no "${title}" in ${file}, or not there`;
    from = Math.min(...places);
  }
  return null;
}
