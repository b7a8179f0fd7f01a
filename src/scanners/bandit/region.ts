// Where in its file a Bandit result is. Bandit counts columns in UTF-8 bytes from 0, and sometimes past the line or on another one; a column that
// cannot be right is left out, for a line without columns is still true.

import type { Location } from "../../findings/finding.ts";
import type { SourceLines } from "../../text/source-lines.ts";
import type { BanditResult } from "./report.ts";

export type Region = Omit<Location, "path">;

/** Returns the region of a result in its file's `lines`. Lines beyond the file are taken back into it; without lines the numbers stand as they are. */
export function banditRegion(result: BanditResult, lines: SourceLines): Region {
  const lastLine = lines.count === 0 ? Number.POSITIVE_INFINITY : lines.count;
  const startLine = within(result.line_number, 1, lastLine);
  const endLine = within(result.line_range.at(-1) ?? startLine, startLine, lastLine);
  return { startLine, endLine, ...columns(result, lines) };
}

/** Both columns or none. They belong to the statement, which begins at the first line of its range: not always the line the result names. */
function columns(result: BanditResult, lines: SourceLines): Pick<Region, "startColumn" | "endColumn"> {
  const { line_number: line, line_range: range, col_offset: start, end_col_offset: end } = result;
  const endLine = range.at(-1) ?? line;
  if (range[0] !== line || endLine < line) return {};
  const startColumn = columnAt(lines.line(line), start);
  const endColumn = columnAt(lines.line(endLine), end);
  if (startColumn === null || endColumn === null) return {};
  return endLine > line || endColumn > startColumn ? { startColumn, endColumn } : {};
}

/** Converts a byte offset to a 1-based column in UTF-16 units; null where no character begins there. A replaced byte has lost its length. */
function columnAt(line: string | undefined, offset: number): number | null {
  if (line === undefined || offset < 0) return null;
  if (Buffer.byteLength(line) === line.length) return offset <= line.length ? offset + 1 : null;
  const bytes = Buffer.from(line);
  const before = bytes.subarray(0, offset).toString();
  const exact = offset <= bytes.length && Buffer.byteLength(before) === offset && !before.includes("\uFFFD");
  return exact ? before.length + 1 : null;
}

function within(line: number, first: number, last: number): number {
  return Math.min(Math.max(line, first), last);
}
