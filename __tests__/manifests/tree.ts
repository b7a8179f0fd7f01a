// A tree of texts in memory, read as readManifests reads a checkout.

import type { Pin } from "../../src/manifests/pin.ts";
import { readManifests } from "../../src/manifests/read-manifests.ts";

/** What stands outside of the scan's files: text that can be read all the same, or something that is no regular file. */
export interface Beside {
  /** Files on disk that are not among the scan's files. */
  readonly ignored?: Readonly<Record<string, string>>;
  readonly notRegular?: readonly string[];
  readonly unreadable?: readonly string[];
}

/** Reads a tree given as path and text. */
export function readTree(tree: Readonly<Record<string, string>>, { ignored = {}, notRegular = [], unreadable = [] }: Beside = {}) {
  const texts = new Map([...Object.entries(tree), ...Object.entries(ignored)]);
  return readManifests({
    files: [...Object.keys(tree), ...unreadable].sort(),
    text: (path) => (unreadable.includes(path) ? undefined : texts.get(path)),
    exists: (path) => (notRegular.includes(path) ? "not-regular" : texts.has(path) ? "file" : "missing"),
  });
}

/** `name==version` with the lines, as the tests write a pin. */
export function shown({ name, version, startLine, endLine }: Pin): string {
  return `${name}==${version} ${startLine === endLine ? startLine : `${startLine}-${endLine}`}`;
}
