// Files that name dependencies and are no manifests: project files without a lock, and formats that are not read. It looks up nothing; it says what stays unchecked.

import { posix } from "node:path";
import type { Gap, Notice } from "../findings/coverage.ts";
import type { FileReading } from "./file-reading.ts";
import { directoriesOf } from "./manifest-format.ts";
import type { ManifestFiles, ManifestGraph } from "./manifest-graph.ts";
import { manifestText } from "./manifest-text.ts";
import { isTable, parseToml } from "./table.ts";

/** What these files leave unchecked. */
export interface OtherSources {
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
  /** One for each project that declares dependencies and has no manifest beside it. */
  readonly unpinned: readonly Notice[];
}

type Statement = "declares" | "nothing" | "not-read" | "invalid";

const READERS: readonly (readonly [RegExp, (text: string) => Statement])[] = [
  [/^pyproject\.toml$/, readPyproject],
  [/^Pipfile$/, readPipfile],
  [/^setup\.py$/, (text) => (text.includes("install_requires") ? "declares" : "nothing")],
  [/^setup\.cfg$/, (text) => (/^[ \t]*install_requires[ \t]*[=:]/m.test(text) ? "declares" : "nothing")],
  [/^(?:pdm\.lock|pixi\.lock|conda-lock\.ya?ml)$/, () => "not-read"],
  [/^(?:environment.*|conda)\.ya?ml$/i, (text) => (/^dependencies:/m.test(text) ? "not-read" : "nothing")],
];

/**
 * Reads these files. A project counts as locked when a manifest stands in its directory or in `requirements/` below it, or when a lock names it as a local project.
 * Never throws.
 */
export function readOtherSources({ files, text }: ManifestFiles, { readings }: ManifestGraph): OtherSources {
  const locked = new Set([...readings].flatMap(([path, reading]) => lockedDirectories(path, reading)));
  const found: { gaps: Gap[]; notices: Notice[]; unpinned: Notice[] } = { gaps: [], notices: [], unpinned: [] };
  for (const path of files) {
    const read = READERS.find(([name]) => name.test(posix.basename(path)))?.[1];
    if (read === undefined) continue;
    const content = manifestText(path, text);
    const statement = typeof content === "string" ? read(content) : null;
    if (typeof content !== "string") found.gaps.push(content);
    if (statement === "not-read") found.notices.push({ path, message: "is in a format that is not read: its packages are not looked up" });
    if (statement === "invalid") found.notices.push({ path, message: "is not valid TOML: whether it declares dependencies is not known" });
    if (statement === "declares" && !locked.has(posix.dirname(path))) {
      found.unpinned.push({
        path,
        message: "declares dependencies, and no lock or requirements file stands beside it: no version to check, pin or lock",
      });
    }
  }
  return found;
}

function lockedDirectories(path: string, { projects }: FileReading): string[] {
  const local = projects.map((project) => posix.join(posix.dirname(path), project).replace(/\/$/, ""));
  return [...directoriesOf(path), ...local];
}

/** https://packaging.python.org/en/latest/specifications/pyproject-toml/, dependency groups (PEP 735), and the tables of Poetry. */
function readPyproject(text: string): Statement {
  const { table } = parseToml(text);
  if (table === null) return "invalid";
  const project = at(table, "project");
  const poetry = at(table, "tool", "poetry");
  const lists = [
    at(project, "dependencies"),
    ...valuesOf(at(project, "optional-dependencies")),
    ...valuesOf(at(table, "dependency-groups")),
  ];
  const tables = [
    at(poetry, "dependencies"),
    at(poetry, "dev-dependencies"),
    ...valuesOf(at(poetry, "group")).map((group) => at(group, "dependencies")),
  ];
  const names = tables.flatMap((dependencies) => (isTable(dependencies) ? Object.keys(dependencies) : []));
  return lists.some((list) => Array.isArray(list) && list.length > 0) || names.some((name) => name !== "python") ? "declares" : "nothing";
}

/** Every table of a Pipfile but these four is a category of packages (https://pipenv.pypa.io/en/latest/pipfile.html). */
function readPipfile(text: string): Statement {
  const { table } = parseToml(text);
  if (table === null) return "invalid";
  const categories = Object.entries(table).filter(([name]) => !["source", "requires", "scripts", "pipenv"].includes(name));
  return categories.some(([, packages]) => valuesOf(packages).length > 0) ? "declares" : "nothing";
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : undefined), value);
}

function valuesOf(value: unknown): unknown[] {
  return isTable(value) ? Object.values(value) : [];
}
