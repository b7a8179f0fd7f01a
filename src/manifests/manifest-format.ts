// Which files are manifests, by their path alone. It errs on the side of reading: a missed manifest is missed silently, prose that is read is said to be unreadable.

import { posix } from "node:path";
import type { ManifestFormat } from "./pin.ts";

const LOCK_FORMATS: ReadonlyMap<string, ManifestFormat> = new Map([
  ["Pipfile.lock", "Pipfile.lock"],
  ["poetry.lock", "poetry.lock"],
  ["uv.lock", "uv.lock"],
  ["pylock.toml", "pylock.toml"],
]);

/**
 * Returns the format of a manifest, or null when the path names none. Lock files go by their exact name, `pylock.<name>.toml` as PEP 751 has it. A requirements file
 * is a `.txt`, `.in` or `.pip` file with "requirements" or "constraints" in its name (`dev-requirements.txt`, `requirements_test.in`, `upper-constraints.txt`),
 * or a `.txt` or `.in` file anywhere below a directory named `requirements` or `reqs` (`requirements/edx/base.txt`) unless its name says that it is a readme, licence,
 * change log or notice. Upper and lower case count as equal there.
 */
export function manifestFormat(path: string): ManifestFormat | null {
  const name = posix.basename(path);
  const lock = LOCK_FORMATS.get(name);
  if (lock !== undefined) return lock;
  if (/^pylock\.[^.]+\.toml$/.test(name)) return "pylock.toml";
  const isNamed = /\.(?:txt|in|pip)$/i.test(name) && /requirements|constraints/i.test(name);
  const isProse = /^(?:readme|licen[cs]e|changelog|changes|notice)\b/i.test(name);
  const isPlaced = /\.(?:txt|in)$/i.test(name) && !isProse && posix.dirname(path).split("/").some(isRequirementsDirectory);
  return isNamed || isPlaced ? "requirements" : null;
}

/** Returns whether a file pins what others require, without requiring anything itself: its name says `constraints`. */
export function isConstraintsFile(path: string): boolean {
  return /constraints/i.test(posix.basename(path));
}

/** Returns the directories a manifest speaks for: its own, and the one above a directory named `requirements` or `reqs`. */
export function directoriesOf(path: string): string[] {
  const directory = posix.dirname(path);
  return isRequirementsDirectory(posix.basename(directory)) ? [directory, posix.dirname(directory)] : [directory];
}

function isRequirementsDirectory(name: string): boolean {
  return /^(?:requirements|reqs)$/i.test(name);
}
