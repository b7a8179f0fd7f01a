// Where an output really goes. Who wrote the scanned change could put links into its tree, so none in there is followed; elsewhere links are the user's own
// choice, but for one in the place of the file itself. What belongs to git is no place for an output. Writes nothing.

import type { Stats } from "node:fs";
import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, isAbsolute, join, parse, sep } from "node:path";
import { GateError } from "../errors.ts";
import { isInside } from "../host/is-inside.ts";

/** As many as Linux follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Returns the path without links for the absolute `path` of a regular file that may be missing, and its directories too. `trees` are the real directories
 * in which no link is followed. Rejects with a GateError `output-unwritable` that names the link, or what else stands in the place of the file.
 */
export async function findOutputPlace(path: string, trees: readonly string[]): Promise<string> {
  const waiting = namesOf(path).reverse();
  let place = parse(path).root;
  let links = 0;
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const next = join(place, name);
    if (name.toLowerCase() === ".git") throw refusal(path, `${next} is git's`);
    const stats = await statsOf(next);
    if (stats === undefined) {
      if (waiting.includes("..")) throw refusal(path, `${next} does not exist`);
      return join(next, ...waiting.reverse());
    }
    if (!stats.isSymbolicLink()) {
      if (waiting.length === 0 && !stats.isFile()) throw refusal(path, `${next} is not a regular file`);
      // Spelled as the file system spells it, where case makes no difference.
      place = await realpath(next);
      if (basename(place).toLowerCase() === ".git") throw refusal(path, `${next} is git's`);
      continue;
    }
    const directory = place;
    links += 1;
    if (waiting.length === 0 || links > MOST_LINKS || trees.some((tree) => isInside(tree, directory)))
      throw refusal(path, `${next} is a symbolic link, which is not followed there`);
    const target = await readlink(next);
    waiting.push(...namesOf(target).reverse());
    if (isAbsolute(target)) place = parse(target).root;
  }
  return place;
}

function namesOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((name) => name !== "" && name !== ".");
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw cause;
  }
}

function refusal(path: string, because: string): GateError {
  return new GateError("output-unwritable", `${path} is not written: ${because}.`, {
    remedy: "Remove what stands there, or name a place outside of the scanned tree: a directory for `--out`, a file for `sarif-file`.",
  });
}
