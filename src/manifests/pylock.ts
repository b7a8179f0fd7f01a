// pylock.toml (PEP 751): which documents are of a known version, and where a package comes from. It refuses nothing itself; toml-lock.ts reads the packages.

import type { FileReading } from "./file-reading.ts";
import { isTable, type Table } from "./table.ts";
import { type Origin, readTomlLock } from "./toml-lock.ts";

/** Reads a pylock.toml of major version 1 (https://packaging.python.org/en/latest/specifications/pylock-toml/). */
export function readPylock(path: string, text: string): FileReading {
  return readTomlLock({ format: "pylock.toml", list: "packages", isKnown, origin }, path, text);
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
