// What a project asks for itself, by its pyproject.toml. It serves to tell direct dependencies in a lock from others; versions and markers do not matter.

import type { Gap } from "../findings/coverage.ts";
import type { NamedRequirement } from "./dependency-graph.ts";
import { requirementHead } from "./requirement.ts";
import { isTable, parseToml, type Table } from "./table.ts";

/**
 * Returns the requirements of all extras and groups: `[project]`, `[dependency-groups]` (PEP 735) and the tables of Poetry and PDM. Nothing where the file
 * could not be read or is not valid. Never throws.
 */
export function declaredRequirements(text: string | Gap): NamedRequirement[] {
  const { table } = typeof text === "string" ? parseToml(text) : { table: null };
  if (table === null) return [];
  const project = tableAt(table, "project");
  const tool = tableAt(table, "tool");
  const poetry = tableAt(tool, "poetry");
  const lists = [
    project["dependencies"],
    ...Object.values(tableAt(project, "optional-dependencies")),
    ...Object.values(tableAt(table, "dependency-groups")),
    ...Object.values(tableAt(tableAt(tool, "pdm"), "dev-dependencies")),
  ];
  const tables = [poetry, ...Object.values(tableAt(poetry, "group")).filter(isTable)].flatMap((group) => [
    tableAt(group, "dependencies"),
    tableAt(group, "dev-dependencies"),
  ]);
  return [...lists.flatMap(requirementsIn), ...tables.flatMap(poetryRequirements)];
}

/** Returns the requirements among the texts of a list (PEP 508); anything else in it is passed over. */
export function requirementsIn(list: unknown): NamedRequirement[] {
  return Array.isArray(list) ? list.flatMap((text) => (typeof text === "string" ? (requirementHead(text) ?? []) : [])) : [];
}

/** A requirement of Poetry; an optional one counts only where an extra asks for it. */
export interface PoetryRequirement extends NamedRequirement {
  readonly isOptional: boolean;
}

/** Returns the requirements of a table of Poetry: names for keys; a version, a table, or a list of such alternatives for values. */
export function poetryRequirements(table: Table): PoetryRequirement[] {
  return Object.entries(table).map(([name, value]) => {
    const alternatives = Array.isArray(value) ? value : [value];
    const tables = alternatives.filter(isTable);
    const extras = tables.flatMap((alternative) => (Array.isArray(alternative["extras"]) ? alternative["extras"] : []));
    return {
      name,
      extras: extras.filter((extra) => typeof extra === "string"),
      isOptional:
        tables.length > 0 && tables.length === alternatives.length && tables.every((alternative) => alternative["optional"] === true),
    };
  });
}

/** Returns the table under a key, an empty one where there is none. */
export function tableAt(table: Table, key: string): Table {
  const inner = table[key];
  return isTable(inner) ? inner : {};
}
