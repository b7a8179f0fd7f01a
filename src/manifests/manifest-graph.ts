// Reads the manifests of a tree and follows their includes. Every file is read once, whoever names it; what cannot be followed is a gap of the including file.

import { posix } from "node:path";
import type { Gap } from "../findings/coverage.ts";
import { declaredRequirements } from "./declared-requirements.ts";
import type { NamedRequirement } from "./dependency-graph.ts";
import type { FileReading } from "./file-reading.ts";
import { manifestFormat } from "./manifest-format.ts";
import { manifestText } from "./manifest-text.ts";
import type { ManifestFormat } from "./pin.ts";
import { readPipfileLock } from "./pipfile-lock.ts";
import { readPoetryLock } from "./poetry-lock.ts";
import { readPylock } from "./pylock.ts";
import { readRequirements } from "./requirements.ts";
import { type Exists, resolveInclude } from "./resolve-include.ts";
import { readUvLock } from "./uv-lock.ts";

/** The tree as it is seen from here. All paths are relative to the root. */
export interface ManifestFiles {
  /** All regular files of the scan, sorted. */
  readonly files: readonly string[];
  /** A file's decoded text, or undefined when it cannot be read. Asked for included files outside of `files` too. */
  readonly text: (path: string) => string | undefined;
  readonly exists: Exists;
}

/** An include that was followed. */
export interface IncludedFile {
  readonly path: string;
  readonly isConstraint: boolean;
}

/** Every manifest by its path, in the order of reading, and what each includes. */
export interface ManifestGraph {
  readonly readings: ReadonlyMap<string, FileReading>;
  readonly includes: ReadonlyMap<string, readonly IncludedFile[]>;
  /** One for each manifest that could not be read at all. */
  readonly unreadable: readonly Gap[];
}

/** Reads one manifest; `declared` gives what the project beside it asks for. */
type Reader = (path: string, text: string, declared: () => readonly NamedRequirement[]) => FileReading;

const READERS: Readonly<Record<ManifestFormat, Reader>> = {
  requirements: readRequirements,
  "Pipfile.lock": readPipfileLock,
  "poetry.lock": readPoetryLock,
  "uv.lock": readUvLock,
  "pylock.toml": readPylock,
};

/** Reads all manifests among the files, then what they include. Iterative: neither depth nor cycles of includes matter. Never throws. */
export function readManifestGraph(source: ManifestFiles): ManifestGraph {
  const files = new Set(source.files);
  const exists: Exists = (path) => (files.has(path) ? "file" : source.exists(path));
  const readings = new Map<string, FileReading>();
  const includes = new Map<string, readonly IncludedFile[]>();
  const unreadable: Gap[] = [];
  const paths = new Set(source.files.filter((path) => manifestFormat(path) !== null));
  for (const path of paths) {
    const text = manifestText(path, source.text);
    if (typeof text !== "string") {
      unreadable.push(text);
      continue;
    }
    // A file of any other name got here by an include, which makes it a requirements file.
    const declared = () => declaredRequirements(manifestText(posix.join(posix.dirname(path), "pyproject.toml"), source.text));
    const reading = READERS[manifestFormat(path) ?? "requirements"](path, text, declared);
    const { included, gaps } = followIncludes(path, reading, exists);
    readings.set(path, { ...reading, gaps: [...reading.gaps, ...gaps] });
    includes.set(path, included);
    for (const target of included) paths.add(target.path);
  }
  return { readings, includes, unreadable };
}

function followIncludes(path: string, reading: FileReading, exists: Exists): { included: IncludedFile[]; gaps: Gap[] } {
  const included: IncludedFile[] = [];
  const gaps: Gap[] = [];
  for (const include of reading.includes) {
    const target = resolveInclude(path, include, exists);
    if (typeof target === "string") included.push({ path: target, isConstraint: include.isConstraint });
    else gaps.push(target);
  }
  return { included, gaps };
}
