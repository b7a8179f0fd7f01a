// uv.lock: which documents are of a known version, and where a package comes from. It refuses nothing itself; toml-lock.ts reads the packages.

import { tableAt } from "./declared-requirements.ts";
import { addNeeds, type DependencyGraph, type NamedRequirement, nodesOf } from "./dependency-graph.ts";
import type { FileReading } from "./file-reading.ts";
import { isTable, type Table } from "./table.ts";
import { type Origin, readTomlLock } from "./toml-lock.ts";

/** Reads a uv.lock of version 1. The project itself and the members of its workspace are skipped: they are what is locked. */
export function readUvLock(path: string, text: string): FileReading {
  return readTomlLock({ format: "uv.lock", list: "package", isKnown, origin, graph }, path, text);
}

function isKnown({ version }: Table): boolean {
  return version === 1;
}

/** Direct is what the project and the members of its workspace need, with all extras and groups; a script and a bare workspace say it in the manifest. */
function graph(document: Table, packages: readonly Table[]): DependencyGraph {
  const manifest = tableAt(document, "manifest");
  const own = packages.filter((entry) => origin(entry, document).kind === "own");
  const lists = own.flatMap((entry) => [
    entry["dependencies"],
    ...valuesAt(entry, "optional-dependencies"),
    ...valuesAt(entry, "dev-dependencies"),
  ]);
  const direct = [manifest["requirements"], ...valuesAt(manifest, "dependency-groups"), ...lists].flatMap(requirements);
  const dependencies = new Map<string, string[]>();
  for (const entry of packages) {
    const { name } = entry;
    if (typeof name !== "string") continue;
    addNeeds(dependencies, { name }, requirements(entry["dependencies"]));
    for (const [extra, list] of Object.entries(tableAt(entry, "optional-dependencies")))
      addNeeds(dependencies, { name, extra }, requirements(list));
  }
  return { direct: nodesOf(direct), dependencies };
}

function valuesAt(table: Table, key: string): unknown[] {
  return Object.values(tableAt(table, key));
}

function requirements(list: unknown): NamedRequirement[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isTable).flatMap(({ name, extra, extras }) => {
    const asked = [extra, extras].flat().filter((text) => typeof text === "string");
    return typeof name === "string" ? [{ name, extras: asked }] : [];
  });
}

/** The sources uv writes: registry, git, url, path (an archive), directory, editable, and virtual (a project that is not installed). */
function origin({ name, source }: Table, { manifest }: Table): Origin {
  if (!isTable(source)) return { kind: "index" };
  const { virtual, editable, directory, git, url, path } = source;
  const project = [virtual, editable, directory].find((local) => typeof local === "string");
  if (typeof project === "string") {
    const members = isTable(manifest) && Array.isArray(manifest["members"]) ? manifest["members"] : [];
    const isOwn = project === virtual || project === "." || members.includes(name);
    return { kind: isOwn ? "own" : "direct", project };
  }
  return { kind: [git, url, path].some((source) => source !== undefined) ? "direct" : "index" };
}
