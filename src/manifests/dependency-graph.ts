// Who brings a package: the way from the direct dependencies through a lock's graph. It knows names only, not versions, and decides nothing about markers.

import { normalizeProjectName } from "../findings/package-ref.ts";
import { isProjectName } from "./file-reading.ts";

/** A name and the extras it is asked for with. */
export interface NamedRequirement {
  readonly name: string;
  readonly extras: readonly string[];
}

/** What a lock says of who needs whom. Nodes are `name` and `name[extra]`, PEP 503 normalised (see `nodesOf`). */
export interface DependencyGraph {
  /** Nodes that the project itself asks for. */
  readonly direct: readonly string[];
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** A package, or one of its extras. */
export interface Needing {
  readonly name: string;
  readonly extra?: string;
}

/** So many direct dependencies are named for one package; a longer name is not one that an index has. */
const NAMED = 5;
const NAME_LENGTH = 100;

/** Returns the nodes that requirements ask for: an extra is a node of its own, since it needs more than the package alone. */
export function nodesOf(requirements: readonly NamedRequirement[]): string[] {
  return requirements.flatMap(({ name, extras }) => [nodeOf(name), ...extras.map((extra) => nodeOf(name, extra))]);
}

function nodeOf(name: string, extra?: string): string {
  const base = normalizeProjectName(name);
  return extra === undefined ? base : `${base}[${normalizeProjectName(extra)}]`;
}

/** Adds what a package needs, or one of its extras, to what is known of it: one name may be locked in several versions. */
export function addNeeds(dependencies: Map<string, string[]>, { name, extra }: Needing, needed: readonly NamedRequirement[]): void {
  const node = nodeOf(name, extra);
  const known = dependencies.get(node) ?? [];
  for (const next of nodesOf(needed)) known.push(next);
  dependencies.set(node, known);
}

/** Returns those of the names that nobody depends on: the direct dependencies, as far as a graph alone can tell. */
export function rootsOf(names: readonly string[], dependencies: DependencyGraph["dependencies"]): string[] {
  const needed = new Set([...dependencies.values()].flat());
  return names.map(normalizeProjectName).filter((name) => !needed.has(name));
}

/**
 * Returns the direct dependencies that bring each package that is not one, by normalised name; `Pinning.introducedBy` says which of them. Iterative, cycles are fine:
 * a node is left at most as often as names are kept for it, so the time is linear in the graph.
 */
export function introducers({ direct, dependencies }: DependencyGraph): Map<string, string[]> {
  const isDirect = new Set(direct);
  const starts = byBase([...isDirect].filter((node) => dependencies.has(node)));
  const found = new Map<string, string[]>();
  for (const name of [...starts.keys()].sort()) {
    if (!isProjectName(name) || name.length > NAME_LENGTH) continue;
    const open = [...(starts.get(name) ?? [])];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const next of dependencies.get(node) ?? []) {
        const names = found.get(next) ?? [];
        if (isDirect.has(next) || names.length === NAMED || names.at(-1) === name) continue;
        found.set(next, [...names, name]);
        open.push(next);
      }
    }
  }
  return found;
}

/** The nodes of each name. */
function byBase(nodes: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const extra = node.indexOf("[");
    const name = extra === -1 ? node : node.slice(0, extra);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [node]);
    else group.push(node);
  }
  return groups;
}
