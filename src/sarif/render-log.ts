// Writes a log as JSON, piece by piece: at no time does the whole text exist.

import type { StreamedLog, StreamedRun } from "./log.ts";

/** Pieces are gathered to this many characters, so that whoever writes them has few. */
const PIECE = 65_536;

/**
 * Renders the log as UTF-8-safe JSON with one result on each line; the text is the same for equal logs. Results are made while it is read. Every
 * result, and what stands before the results of a run, passes `clean` first, e.g. to redact secrets; it must leave quotes as they are.
 */
export function* renderLog(log: StreamedLog, clean: (json: string) => string = (json) => json): Generator<string> {
  let piece = "";
  for (const part of parts(log)) {
    piece += clean(part);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function* parts({ runs, ...head }: StreamedLog): Generator<string> {
  yield `${opened(head)}"runs":[`;
  for (const [index, run] of runs.entries()) {
    yield index === 0 ? "\n" : ",\n";
    yield* runParts(run);
  }
  yield "\n]}\n";
}

function* runParts({ results, ...head }: StreamedRun): Generator<string> {
  yield `${opened(head)}"results":[`;
  let separator = "\n";
  for (const result of results) {
    yield separator;
    yield JSON.stringify(result);
    separator = ",\n";
  }
  yield "\n]}";
}

/** The JSON of a non-empty object, open for one more property. */
function opened(object: object): string {
  return `${JSON.stringify(object).slice(0, -1)},`;
}
