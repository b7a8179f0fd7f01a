// pylock.toml (PEP 751): which documents are of a known version, and where a package comes from. It refuses nothing itself; toml-lock.ts reads the packages.

import { requirementsIn, tableAt } from "./declared-requirements.ts";
import { addNeeds, type DependencyGraph, type NamedRequirement, nodesOf, rootsOf } from "./dependency-graph.ts";
import type { FileReading } from "./file-reading.ts";
import { isTable, type Table } from "./table.ts";
import { type Origin, readTomlLock } from "./toml-lock.ts";

/** Reads a pylock.toml of major version 1 (https://packaging.python.org/en/latest/specifications/pylock-toml/). */
export function readPylock(path: string, text: string, declared: () => readonly NamedRequirement[]): FileReading {
  const graph = (_: Table, packages: readonly Table[]) => graphOf(packages, declared());
  return readTomlLock({ format: "pylock.toml", list: "packages", isKnown, origin, graph }, path, text);
}

/** Where the project declares nothing, direct is what nobody depends on. A lock without any `dependencies` tells nothing. */
function graphOf(packages: readonly Table[], declared: readonly NamedRequirement[]): DependencyGraph {
  const dependencies = new Map<string, string[]>();
  for (const entry of packages) {
    const { name } = entry;
    if (typeof name === "string") addNeeds(dependencies, { name }, [...listed(entry), ...listedByPdm(entry)]);
  }
  return { direct: declared.length > 0 ? nodesOf(declared) : rootsOf([...dependencies.keys()], dependencies), dependencies };
}

/** PEP 751 leaves it to the tool whether packages have them. */
function listed({ dependencies }: Table): NamedRequirement[] {
  const tables = Array.isArray(dependencies) ? dependencies.filter(isTable) : [];
  return tables.flatMap(({ name }) => (typeof name === "string" ? [{ name, extras: [] }] : []));
}

/** PDM writes requirements (PEP 508) into its own table. */
function listedByPdm(entry: Table): NamedRequirement[] {
  return requirementsIn(tableAt(tableAt(entry, "tool"), "pdm")["dependencies"]);
}

function isKnown(document: Table): boolean {
  const version = document["lock-version"];
  return typeof version === "string" && /^1\./.test(version);
}

function origin({ vcs, directory, archive }: Table): Origin {
  if (isTable(directory))
    return typeof directory["path"] === "string" ? { kind: "direct", project: directory["path"] } : { kind: "direct" };
  return { kind: vcs === undefined && archive === undefined ? "index" : "direct" };
}
