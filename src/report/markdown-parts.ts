// What the sections of the job summary are put together from: prose, tables and lists, each list within a limit of rows and bytes. It knows nothing of findings.

import { escapeMarkdown } from "../text/markdown.ts";
import { printableProse } from "../text/printable.ts";

/** What a list may take, bytes of UTF-8 with its line breaks. */
export interface Limit {
  readonly rows: number;
  readonly bytes: number;
}

/** Characters of one message. */
const MESSAGE_LENGTH = 300;

/** Renders untrusted prose as one line, cut to `maxLength` UTF-16 units. */
export function prose(text: string, maxLength = MESSAGE_LENGTH): string {
  return escapeMarkdown(printableProse(text, maxLength));
}

/** Returns the lines of a table; its rows are made by `cells`. */
export function table(header: readonly string[], rows: readonly string[]): string[] {
  return [cells(header), cells(header.map(() => "---")), ...rows];
}

/** Renders one row of a table from markdown. */
export function cells(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |`;
}

/** Returns the lines that count what a list leaves out, and say where that can be read; none when it is nothing. */
export function more(left: number, noun: string, where = " in report.json"): string[] {
  return left === 0 ? [] : ["", `… and ${left} more ${left === 1 ? noun : `${noun}s`}${where}.`];
}

/** Renders items from the front as long as the rows are within the limit. */
export function renderWithin<T>({ rows, bytes }: Limit, items: readonly T[], render: (item: T, index: number) => string): string[] {
  const taken: string[] = [];
  let left = bytes;
  for (const [index, item] of items.slice(0, rows).entries()) {
    const row = render(item, index);
    left -= Buffer.byteLength(row) + 1;
    if (left < 0) break;
    taken.push(row);
  }
  return taken;
}
