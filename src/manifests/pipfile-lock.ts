// Reads Pipfile.lock: every category, not only `default`. JSON.parse is the truth; a scan of the keys gives the lines.

import type { Gap, Notice } from "../findings/coverage.ts";
import { directNotice, EMPTY_READING, type FileReading, isProjectName, isVersion } from "./file-reading.ts";
import { keyLines } from "./json-key-lines.ts";
import type { Pin } from "./pin.ts";
import { isTable, parseJson, type Table } from "./table.ts";

/** Reads a Pipfile.lock. An entry without a valid name or version is a gap of its own; the other entries are read all the same. Never throws. */
export function readPipfileLock(path: string, text: string): FileReading {
  const { table, ...place } = parseJson(text);
  if (table === null) return { ...EMPTY_READING, gaps: [{ ...unreadable(path, "is not a JSON object"), ...place }] };
  const draft: Draft = { pins: [], gaps: [], notices: [] };
  if (!isTable(table["_meta"])) draft.gaps.push(unreadable(path, "is not a Pipfile.lock: it has no _meta"));
  const lines = keyLines(text, 3);
  for (const [category, packages] of Object.entries(table)) {
    if (category === "_meta") continue;
    if (isTable(packages)) readCategory(path, packages, (keys) => lines([category, ...keys]), draft);
    else draft.gaps.push({ ...unreadable(path, "has a category that is not an object"), line: lines([category]) });
  }
  return { ...EMPTY_READING, ...draft };
}

interface Draft {
  readonly pins: Pin[];
  readonly gaps: Gap[];
  readonly notices: Notice[];
}

/** Names of the places other than an index that Pipenv locks packages from. */
const DIRECT_KEYS = ["git", "hg", "svn", "bzr", "path", "file", "editable"];

function readCategory(path: string, packages: Table, lineOf: (keys: readonly string[]) => number, draft: Draft): void {
  for (const [name, entry] of Object.entries(packages)) {
    const version = isTable(entry) ? entry["version"] : undefined;
    const exact = exactVersion(version);
    if (exact !== undefined && isVersion(exact) && isProjectName(name)) {
      const line = lineOf([name, "version"]);
      draft.pins.push({ name, version: exact, format: "Pipfile.lock", path, startLine: line, endLine: line });
    } else if (isTable(entry) && version === undefined && DIRECT_KEYS.some((key) => Object.hasOwn(entry, key))) {
      draft.notices.push(directNotice(path, lineOf([name])));
    } else {
      draft.gaps.push({ ...unreadable(path, "has a package without a valid name and exact version (PEP 440)"), line: lineOf([name]) });
    }
  }
}

/** The text after `==` or `===`. */
function exactVersion(version: unknown): string | undefined {
  return typeof version === "string" && version.startsWith("==") ? version.replace(/^={2,3}/, "").trimStart() : undefined;
}

function unreadable(path: string, reason: string): Gap {
  return { path, reason, remedy: "Write it anew with pipenv lock." };
}
