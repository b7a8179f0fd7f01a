// What one manifest says by itself, before its includes are followed. Every format's reader returns this one shape.

import { valid } from "@renovatebot/pep440";
import type { Gap, Notice } from "../findings/coverage.ts";
import type { Pin } from "./pin.ts";

/** A `-r` or `-c` of a requirements file. */
export interface Include {
  /** As written, relative to the directory of the including file. */
  readonly target: string;
  readonly line: number;
  /** `-c`: what the target names is pinned, not required. */
  readonly isConstraint: boolean;
}

/** One manifest, read. Lists are in the order of the file. */
export interface FileReading {
  readonly pins: readonly Pin[];
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
  /** Names of requirements without an exact version, as written. */
  readonly unpinned: readonly string[];
  readonly includes: readonly Include[];
  /** Directories of projects whose dependencies this lock resolves, relative to the lock's own directory. */
  readonly projects: readonly string[];
}

/** A manifest that says nothing: the start of every reading. */
export const EMPTY_READING: FileReading = { pins: [], gaps: [], notices: [], unpinned: [], includes: [], projects: [] };

/** Builds the notice of a package that advisories, which go by name and version of an index, cannot match. */
export function directNotice(path: string, line: number): Notice {
  return { path, line, message: "no advisory can match a package from a URL, version control or a local path" };
}

/** Returns whether a text is a distribution name (https://packaging.python.org/en/latest/specifications/name-normalization/). */
export function isProjectName(text: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text);
}

/** Returns whether a text is a version (PEP 440), without blanks around it. */
export function isVersion(text: string): boolean {
  return valid(text) !== null;
}
