// Writes a log as JSON, piece by piece: at no time does the whole text exist.

import { inPieces } from "../text/in-pieces.ts";
import type { Clean } from "../text/redact.ts";
import { withoutSecrets } from "../text/without-secrets.ts";
import type { StreamedLog, StreamedRun } from "./log.ts";

/**
 * Renders the log as UTF-8-safe JSON with one result on each line; the text is the same for equal logs. Results are made while it is read. Every string in
 * it passes `clean` first, e.g. to redact secrets.
 */
export function renderLog(log: StreamedLog, clean: Clean = (text) => text): Generator<string, void, undefined> {
  return inPieces(parts(log, clean));
}

function* parts({ runs, ...head }: StreamedLog, clean: Clean): Generator<string> {
  yield `${opened(head, clean)}"runs":[`;
  for (const [index, run] of runs.entries()) {
    yield index === 0 ? "\n" : ",\n";
    yield* runParts(run, clean);
  }
  yield "\n]}\n";
}

function* runParts({ results, ...head }: StreamedRun, clean: Clean): Generator<string> {
  yield `${opened(head, clean)}"results":[`;
  let separator = "\n";
  for (const result of results) {
    yield separator;
    yield render(result, clean);
    separator = ",\n";
  }
  yield "\n]}";
}

/** The JSON of a non-empty object, open for one more property. */
function opened(object: object, clean: Clean): string {
  return `${render(object, clean).slice(0, -1)},`;
}

/** Value by value: an escape of JSON may hide a secret, and may be the beginning of what only looks like one. Most values hold none. */
function render(value: object, clean: Clean): string {
  if (withoutSecrets(value, clean) === value) return JSON.stringify(value);
  return JSON.stringify(value, (key, member) => (typeof member === "string" ? cleaned(key, member, clean) : member));
}

/** An address stays one (RFC 3986, 3.3): its brackets are encoded. */
function cleaned(key: string, member: string, clean: Clean): string {
  const text = clean(member);
  return /uri$/i.test(key) && text !== member ? text.replaceAll("[", "%5B").replaceAll("]", "%5D") : text;
}
