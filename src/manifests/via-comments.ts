// The comments of compiled requirements files that say who needs a pin (`# via flask`), as pip-compile and uv write them. It reads comments, never requirements.

import { normalizeProjectName } from "../findings/package-ref.ts";
import { addNeeds, type DependencyGraph } from "./dependency-graph.ts";
import type { Pin } from "./pin.ts";
import { requirementHead } from "./requirement.ts";

/** On the pin's last line or alone on the next; the names follow it or stand on the lines below, each after at least two blanks. */
const VIA = /(?:^|[ \t])#[ \t]*via(?:[ \t](.*))?$/s;
const VIA_ALONE = /^[ \t]*#[ \t]*via(?:[ \t](.*))?$/s;
const LISTED = /^[ \t]*#[ \t]{2,}(\S.*)$/;

/**
 * Returns who needs whom by the comments after the pins of a requirements file; null where there is no such comment. Direct is what a file asks for (`-r requirements.in`,
 * `shop (pyproject.toml)`) or a project that is not pinned here itself. A constraint (`-c`) asks for nothing. Linear in the text.
 */
export function viaGraph(text: string, pins: readonly Pin[]): DependencyGraph | null {
  const lines = text.split(/\r\n|\n|\r/);
  const pinned = new Set(pins.map(({ name }) => normalizeProjectName(name)));
  const direct: string[] = [];
  const bare: string[] = [];
  const dependencies = new Map<string, string[]>();
  // Of several pins on one line, which takes another line break than an editor's, the last has the comment.
  for (const [endLine, { name }] of new Map(pins.map((pin) => [pin.endLine, pin]))) {
    const node = normalizeProjectName(name);
    const entries = entriesAfter(lines, endLine);
    // In a file with such comments one is missing where nobody but the project needs the pin: uv's exports of groups.
    if (entries.length === 0) bare.push(node);
    for (const entry of entries) {
      const parent = parentIn(entry);
      if (parent === null) continue;
      if (!pinned.has(parent)) direct.push(node);
      else addNeeds(dependencies, { name: parent }, [{ name, extras: [] }]);
    }
  }
  return direct.length === 0 && dependencies.size === 0 ? null : { direct: [...direct, ...bare], dependencies };
}

/** The normalised name of a package, an empty text for the project or its input file, null for what needs nothing. */
function parentIn(entry: string): string | null {
  if (/^(?:-c|--constraint|--override)\b/.test(entry)) return null;
  if (entry.startsWith("-") || entry.endsWith(")")) return "";
  const name = requirementHead(entry)?.name;
  return name === undefined ? null : normalizeProjectName(name);
}

function entriesAfter(lines: readonly string[], endLine: number): string[] {
  const own = VIA.exec(lines[endLine - 1] ?? "");
  const via = own ?? VIA_ALONE.exec(lines[endLine] ?? "");
  if (via === null) return [];
  if (via[1] !== undefined && via[1].trim() !== "") return via[1].split(",").map((entry) => entry.trim());
  const listed: string[] = [];
  for (let at = own === null ? endLine + 1 : endLine; ; at += 1) {
    const entry = LISTED.exec(lines[at] ?? "")?.[1];
    if (entry === undefined) return listed;
    listed.push(entry.trim());
  }
}
