// poetry.lock: which documents are of a known version, and where a package comes from. It refuses nothing itself; toml-lock.ts reads the packages.

import { poetryRequirements, requirementsIn, tableAt } from "./declared-requirements.ts";
import { addNeeds, type DependencyGraph, type NamedRequirement, nodesOf, rootsOf } from "./dependency-graph.ts";
import type { FileReading } from "./file-reading.ts";
import { isTable, type Table } from "./table.ts";
import { type Origin, readTomlLock } from "./toml-lock.ts";

/**
 * Reads a poetry.lock of lock version 1 or 2, or of the releases before lock versions. A package of a private index (`legacy`) is a pin like any other.
 * Direct dependencies are those the project beside it declares; the lock does not tell them.
 */
export function readPoetryLock(path: string, text: string, declared: () => readonly NamedRequirement[]): FileReading {
  const graph = (_: Table, packages: readonly Table[]) => graphOf(packages, declared());
  return readTomlLock({ format: "poetry.lock", list: "package", isKnown, origin, graph }, path, text);
}

/** Where the project declares nothing, direct is what nobody depends on. */
function graphOf(packages: readonly Table[], declared: readonly NamedRequirement[]): DependencyGraph {
  const named = packages.flatMap((entry) => (typeof entry["name"] === "string" ? [{ entry, name: entry["name"] }] : []));
  const dependencies = new Map<string, string[]>();
  for (const { entry, name } of named) {
    const required = poetryRequirements(tableAt(entry, "dependencies")).filter(({ isOptional }) => !isOptional);
    addNeeds(dependencies, { name }, required);
    for (const [extra, list] of Object.entries(tableAt(entry, "extras"))) addNeeds(dependencies, { name, extra }, requirementsIn(list));
  }
  const direct =
    declared.length > 0
      ? nodesOf(declared)
      : rootsOf(
          named.map(({ name }) => name),
          dependencies,
        );
  return { direct, dependencies };
}

function isKnown({ metadata }: Table): boolean {
  if (!isTable(metadata)) return false;
  const version = metadata["lock-version"];
  return version === undefined || (typeof version === "string" && /^[12]\./.test(version));
}

function origin({ source }: Table): Origin {
  if (!isTable(source)) return { kind: "index" };
  switch (source["type"]) {
    case "directory":
      return typeof source["url"] === "string" ? { kind: "direct", project: source["url"] } : { kind: "direct" };
    case "git":
    case "hg":
    case "file":
    case "url":
      return { kind: "direct" };
    default:
      return { kind: "index" };
  }
}
