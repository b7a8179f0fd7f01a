// Where in its file a Bandit result is. Bandit counts columns in UTF-8 bytes from 0, and sometimes past the line or on another one; a column that
// cannot be right is left out, for a line without columns is still true.

import type { Location } from "../../findings/finding.ts";
import type { BanditResult } from "./report.ts";

export type Region = Omit<Location, "path">;

/** Splits the text of a file into lines as Python's parser does. A byte order mark is no part of the first, and the end of the last begins no other. */
export function pythonLines(text: string): string[] {
  const whole = text.replace(/^\uFEFF/, "").replace(/(?:\r\n|\r|\n)$/, "");
  // Few files have another end of line, and a split without a pattern takes a third of the time.
  return whole.split(whole.includes("\r") ? /\r\n|\r|\n/ : "\n");
}

/** Returns the region of a result in its file's `lines`. Lines beyond the file are taken back into it; without lines the numbers stand as they are. */
export function banditRegion(result: BanditResult, lines: readonly string[] | undefined): Region {
  const lastLine = lines?.length ?? Number.POSITIVE_INFINITY;
  const startLine = within(result.line_number, 1, lastLine);
  const endLine = within(result.line_range.at(-1) ?? startLine, startLine, lastLine);
  return { startLine, endLine, ...columns(result, lines) };
}

/** Both columns or none. They belong to the statement, which begins at the first line of its range: not always the line the result names. */
function columns(result: BanditResult, lines: readonly string[] | undefined): Pick<Region, "startColumn" | "endColumn"> {
  const { line_number: line, line_range: range, col_offset: start, end_col_offset: end } = result;
  const endLine = range.at(-1) ?? line;
  if (range[0] !== line || endLine < line) return {};
  const startColumn = columnAt(lines?.[line - 1], start);
  const endColumn = columnAt(lines?.[endLine - 1], end);
  if (startColumn === null || endColumn === null) return {};
  return endLine > line || endColumn > startColumn ? { startColumn, endColumn } : {};
}

/** Converts a byte offset to a 1-based column in UTF-16 units; null where no character begins there. A replaced byte has lost its length. */
function columnAt(line: string | undefined, offset: number): number | null {
  if (line === undefined || offset < 0) return null;
  const bytes = Buffer.from(line);
  const before = bytes.subarray(0, offset).toString();
  const exact = offset <= bytes.length && Buffer.byteLength(before) === offset && !before.includes("\uFFFD");
  return exact ? before.length + 1 : null;
}

function within(line: number, first: number, last: number): number {
  return Math.min(Math.max(line, first), last);
}
