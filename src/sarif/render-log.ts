// Writes a log as JSON, piece by piece: at no time does the whole text exist.

import type { StreamedLog, StreamedRun } from "./log.ts";

/** Pieces are gathered to this many characters, so that whoever writes them has few. */
const PIECE = 65_536;

/** Renders the log as UTF-8-safe JSON with one result on each line; the text is the same for equal logs. Results are made while it is read. */
export function* renderLog(log: StreamedLog): Generator<string> {
  let piece = "";
  for (const part of parts(log)) {
    piece += part;
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
