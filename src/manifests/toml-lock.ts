// What poetry.lock, uv.lock and pylock.toml have in common: a TOML list of packages with name and version. The parser is the truth; lines are matched to it.

import type { Gap, Notice } from "../findings/coverage.ts";
import type { DependencyGraph } from "./dependency-graph.ts";
import { directNotice, EMPTY_READING, type FileReading, isProjectName, isVersion } from "./file-reading.ts";
import { lockTool } from "./lock-tool.ts";
import type { ManifestFormat, Pin } from "./pin.ts";
import { isTable, parseToml, type Table } from "./table.ts";
import { type TableLines, tableLines } from "./toml-table-lines.ts";
import { withPinning } from "./with-pinning.ts";

/** Where a package comes from: an index, elsewhere (no advisory can match it), or the repository's own project, which nobody publishes advisories for. */
export interface Origin {
  readonly kind: "index" | "direct" | "own";
  /** Directory of a local project whose dependencies the lock resolves too, relative to the lock. */
  readonly project?: string;
}

/** What tells one lock format from another. */
export interface TomlLockFormat {
  readonly format: ManifestFormat;
  /** Key of the list of packages. */
  readonly list: string;
  /** Whether a document is of this format, in a version whose meaning is known. */
  readonly isKnown: (document: Table) => boolean;
  readonly origin: (entry: Table, document: Table) => Origin;
  /** Who needs whom, as far as the lock says so. */
  readonly graph: (document: Table, packages: readonly Table[]) => DependencyGraph;
}

/** Reads a lock. What is not a package with a name and a PEP 440 version is a gap of its own; the other packages are read all the same. Never throws. */
export function readTomlLock(lock: TomlLockFormat, path: string, text: string): FileReading {
  const { table, ...place } = parseToml(text);
  if (table === null) return { ...EMPTY_READING, gaps: [{ ...unreadable(path, "is not valid TOML"), ...place }] };
  const gaps: Gap[] = lock.isKnown(table) ? [] : [unreadable(path, `is not a ${lock.format} of a version that is known here`)];
  const entries = table[lock.list] ?? [];
  if (!Array.isArray(entries)) return { ...EMPTY_READING, gaps: [unreadable(path, `has a "${lock.list}" that is not a list of tables`)] };
  const lines = tableLines(text, lock.list);
  const draft: Draft = { pins: [], gaps, notices: [], projects: [] };
  for (const [index, entry] of entries.entries()) {
    readEntry({ lock, path, document: table, entry, lines: lines.length === entries.length ? lines[index] : undefined }, draft);
  }
  const graph = lock.graph(table, entries.filter(isTable));
  return { ...EMPTY_READING, ...draft, pins: withPinning(draft.pins, graph, lockTool(text)) };
}

interface Draft {
  readonly pins: Pin[];
  readonly gaps: Gap[];
  readonly notices: Notice[];
  readonly projects: string[];
}

interface PlacedEntry {
  readonly lock: TomlLockFormat;
  readonly path: string;
  readonly document: Table;
  readonly entry: unknown;
  /** Undefined where the lines do not match the parsed list. */
  readonly lines: TableLines | undefined;
}

function readEntry({ lock, path, document, entry, lines }: PlacedEntry, draft: Draft): void {
  const header = lines?.header ?? 1;
  if (!isTable(entry)) {
    draft.gaps.push({ ...unreadable(path, "has a package that is not a table"), line: header });
    return;
  }
  const { kind, project } = lock.origin(entry, document);
  if (project !== undefined) draft.projects.push(project);
  if (kind === "direct") draft.notices.push(directNotice(path, header));
  if (kind !== "index") return;
  const { name, version } = entry;
  if (typeof name === "string" && isProjectName(name) && typeof version === "string" && isVersion(version)) {
    const line = lines?.version?.text === version ? lines.version.line : header;
    draft.pins.push({ name, version, format: lock.format, path, startLine: line, endLine: line });
  } else {
    draft.gaps.push({ ...unreadable(path, "has a package without a valid name and version (PEP 440)"), line: header });
  }
}

function unreadable(path: string, reason: string): Gap {
  return { path, reason, remedy: "Write the lock file anew with the tool that made it." };
}
