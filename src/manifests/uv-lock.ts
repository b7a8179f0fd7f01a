// uv.lock: which documents are of a known version, and where a package comes from. It refuses nothing itself; toml-lock.ts reads the packages.

import type { FileReading } from "./file-reading.ts";
import { isTable, type Table } from "./table.ts";
import { type Origin, readTomlLock } from "./toml-lock.ts";

/** Reads a uv.lock of version 1. The project itself and the members of its workspace are skipped: they are what is locked. */
export function readUvLock(path: string, text: string): FileReading {
  return readTomlLock({ format: "uv.lock", list: "package", isKnown, origin }, path, text);
}

function isKnown({ version }: Table): boolean {
  return version === 1;
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
