// Which requirements files require packages without an exact version, so that there is no version to check.

import type { Notice } from "../findings/coverage.ts";
import { normalizeProjectName } from "../findings/package-ref.ts";
import { isConstraintsFile, manifestFormat } from "./manifest-format.ts";
import type { ManifestGraph } from "./manifest-graph.ts";

/** So many names stand in a notice, each cut at so many characters. */
const NAMES = 5;
const NAME_LENGTH = 60;

/**
 * Returns one notice per requirements file that requires packages without an exact version. Quiet are constraints files, which require nothing; a `.in` file whose
 * compiled `.txt` stands beside it; and names that are pinned in a constraints file which the requirements file includes, directly or through others.
 */
export function unpinnedRequirements(files: readonly string[], graph: ManifestGraph): Notice[] {
  const known = new Set(files);
  const required = requiredFiles(graph);
  const notices: Notice[] = [];
  for (const [path, { unpinned }] of graph.readings) {
    const isCompiled = path.endsWith(".in") && known.has(path.replace(/in$/, "txt"));
    if (unpinned.length === 0 || isCompiled || !required.has(path)) continue;
    const pinned = constrainedNames(path, graph);
    const names = new Map(unpinned.map((name) => [normalizeProjectName(name), name]));
    for (const name of pinned) names.delete(name);
    if (names.size > 0)
      notices.push({ path, message: `${describe([...names.values()])} without an exact version: no version to check, pin or lock` });
  }
  return notices;
}

/** Files that require something: included with `-r`, or found by a name that does not say "constraints". */
function requiredFiles({ readings, includes }: ManifestGraph): Set<string> {
  const found = [...readings.keys()].filter((path) => manifestFormat(path) !== null && !isConstraintsFile(path));
  const included = [...includes.values()].flat().filter(({ isConstraint }) => !isConstraint);
  return new Set([...found, ...included.map(({ path }) => path)]);
}

/** Normalised names of what is pinned in the files that `start` reaches by includes of which at least one is a `-c`. */
function constrainedNames(start: string, { readings, includes }: ManifestGraph): Set<string> {
  const required = new Set([start]);
  const constraints = new Set<string>();
  for (const path of required) {
    for (const target of includes.get(path) ?? []) (target.isConstraint ? constraints : required).add(target.path);
  }
  for (const path of constraints) {
    for (const target of includes.get(path) ?? []) constraints.add(target.path);
  }
  const pins = [...constraints].flatMap((path) => readings.get(path)?.pins ?? []);
  return new Set(pins.map(({ name }) => normalizeProjectName(name)));
}

function describe(names: readonly string[]): string {
  const listed = names.slice(0, NAMES).map((name) => name.slice(0, NAME_LENGTH));
  const more = names.length > NAMES ? ", …" : "";
  return `${names.length} ${names.length === 1 ? "requirement" : "requirements"} (${listed.join(", ")}${more})`;
}
