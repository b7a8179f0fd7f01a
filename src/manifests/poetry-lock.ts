// poetry.lock: which documents are of a known version, and where a package comes from. It refuses nothing itself; toml-lock.ts reads the packages.

import type { FileReading } from "./file-reading.ts";
import { isTable, type Table } from "./table.ts";
import { type Origin, readTomlLock } from "./toml-lock.ts";

/** Reads a poetry.lock of lock version 1 or 2, or of the releases before lock versions. A package of a private index (`legacy`) is a pin like any other. */
export function readPoetryLock(path: string, text: string): FileReading {
  return readTomlLock({ format: "poetry.lock", list: "package", isKnown, origin }, path, text);
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
