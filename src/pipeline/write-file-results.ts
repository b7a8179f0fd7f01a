// Writes what is kept by file: new lines are appended; once a day, and where something is damaged or there is too much, the file is written anew in one step.
// Nothing is appended to a file that holds for something else.

import { appendFileSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../errors.ts";
import type { Notice } from "../findings/coverage.ts";
import { readBytes } from "../host/read-regular-file.ts";
import { daysBetween } from "../policy/days.ts";
import { replaceFile } from "../tools/cache-directory.ts";
import { decodeHeader, isWhole, LINE_HEAD_BYTES, renderHeader } from "./file-results-format.ts";
import { type FileResultsPlace, FOREIGN, STORE_LIMIT_BYTES, type Store, textOf } from "./file-results-store.ts";

/** A result that nobody asked for so long is dropped when the file is written anew. */
const KEPT_DAYS = 30;

/** What a run did with a store. */
export interface Changes {
  /** Keys of the lines that were asked for. */
  readonly used: ReadonlySet<string>;
  /** New lines, each with its line feed. */
  readonly added: readonly string[];
}

/** Returns what went wrong. Nothing is written when there is nothing new and the file is of today. */
export async function writeFileResults(place: FileResultsPlace, store: Store, changes: Changes): Promise<Notice | null> {
  const { path, day } = place;
  const text = changes.added.join("");
  const isSound = store.refused === null && store.damaged.size === 0 && store.bytes.length + Buffer.byteLength(text) <= STORE_LIMIT_BYTES;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!isSound || store.day !== day) await replaceFile(path, rewritten(place, store, changes));
    else if (text !== "") append(place, text);
    return null;
  } catch (thrown) {
    return { message: `The results of this run cannot be kept for the next one: ${messageOf(thrown)}` };
  }
}

/** Makes no file, for it would lack the first line. Another run may have left half a line, or replaced the file by one of its own environment. */
function append({ path, environment }: FileResultsPlace, text: string): void {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_APPEND);
  try {
    const [header = ""] = readBytes(descriptor, LINE_HEAD_BYTES).toString("latin1").split("\n");
    if (decodeHeader(header)?.environment !== environment) throw new Error(`since this run began, ${FOREIGN}`);
    appendFileSync(descriptor, `\n${text}`);
  } finally {
    closeSync(descriptor);
  }
}

/** What is kept goes first to what was used last, within the limits of age and size. */
function rewritten({ environment, day }: FileResultsPlace, store: Store, { used, added }: Changes): string {
  const days = (since: string) => daysBetween(since, day);
  const old = [...store.files]
    .filter(([key, line]) => used.has(key) || (days(line.day) <= KEPT_DAYS && isWhole(textOf(store, line))))
    .map(([key, line]) => ({ day: used.has(key) ? day : line.day, text: textOf(store, line) }))
    .sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0));
  const rules = [...store.rules.values()].map((line) => textOf(store, line)).filter(isWhole);
  let room = STORE_LIMIT_BYTES - rules.concat(added).reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  const kept: string[] = [];
  for (const line of old) {
    room -= Buffer.byteLength(line.text) + 1;
    if (room < 0) break;
    kept.push(line.text.replace(/^file \S+/, `file ${line.day}`));
  }
  return [renderHeader(environment, day), ...[...rules, ...kept].map((line) => `${line}\n`), ...added].join("");
}
