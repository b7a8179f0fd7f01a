// Directories that are made once and kept between runs: whole or absent, and made anew when their recipe is another one.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KEPT } from "../bench.ts";

/** Returns the directory `name`, filled by `make` unless it is there and was made by the same recipe. The recipe is JSON of all that decides the content. */
export async function kept(name: string, recipe: unknown, make: (directory: string) => void | Promise<void>): Promise<string> {
  const directory = join(KEPT, name);
  const marker = `${directory}.recipe`;
  const digest = digestOf(JSON.stringify(recipe));
  if (existsSync(directory) && existsSync(marker) && readFileSync(marker, "utf8") === digest) return directory;
  mkdirSync(KEPT, { recursive: true });
  rmSync(marker, { force: true });
  rmSync(directory, { recursive: true, force: true });
  const partial = mkdtempSync(join(KEPT, ".partial-"));
  try {
    await make(partial);
    renameSync(partial, directory);
    writeFileSync(marker, digest);
    return directory;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** sha256, hexadecimal. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The items in an order that looks like chance and is the same for the same seed and names. */
export function shuffled<Item>(items: readonly Item[], seed: string, nameOf: (item: Item) => string): Item[] {
  const keyed = items.map((item) => ({ item, key: digestOf(`${seed}\0${nameOf(item)}`) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}
