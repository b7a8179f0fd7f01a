// Where the tables of an array of tables stand in a TOML text. smol-toml gives no positions, so this scans for lines alone; values come from the parser.

/** One `[[list]]` of the text. Lines are 1-based. */
export interface TableLines {
  readonly header: number;
  /** The line of the table's own `version = "…"` and the text between its quotation marks; null when there is none on one line. */
  readonly version: { readonly line: number; readonly text: string } | null;
}

const HEADER = /^[ \t]*\[\[[ \t]*(?:([A-Za-z0-9_-]+)|"([^"\\]*)"|'([^']*)')[ \t]*\]\]/;
const VERSION = /^[ \t]*(?:version|"version"|'version')[ \t]*=[ \t]*(?:"([^"\\]*)"|'([^']*)')/;

/** Returns the `[[list]]` tables of a valid TOML text in order. Lines within multi-line strings and arrays are never taken for headers or keys. Linear. */
export function tableLines(text: string, list: string): TableLines[] {
  const tables: { header: number; version: TableLines["version"] }[] = [];
  let current: { header: number; version: TableLines["version"] } | null = null;
  for (const { line, number } of statements(text)) {
    if (/^[ \t]*\[/.test(line)) {
      const header = HEADER.exec(line);
      const isListed = header !== null && (header[1] ?? header[2] ?? header[3]) === list;
      current = isListed ? { header: number, version: null } : null;
      if (current !== null) tables.push(current);
    } else if (current !== null) {
      const version = VERSION.exec(line);
      if (version !== null) current.version = { line: number, text: version[1] ?? version[2] ?? "" };
    }
  }
  return tables;
}

/** The lines on which a statement begins: those outside of strings and brackets that an earlier line opened. */
function* statements(text: string): Generator<{ readonly line: string; readonly number: number }> {
  let number = 1;
  for (let start = 0; start < text.length; ) {
    const firstEnd = lineEnd(text, start);
    yield { line: text.slice(start, firstEnd), number };
    const end = statementEnd(text, start);
    for (let at = start; at < end; at += 1) if (text.charAt(at) === "\n") number += 1;
    start = end;
  }
}

/** The index after the line feed that ends the statement beginning at `start`. */
function statementEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\n" && depth <= 0) return at + 1;
    if (character === "#") at = lineEnd(text, at) - 1;
    else if (character === '"' || character === "'") at = stringEnd(text, at) - 1;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
  }
  return text.length;
}

/** The index after the string whose opening quotation mark is at `start`; a `\\` escapes in `"` strings only. */
function stringEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  const closing = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let at = start + closing.length;
  while (at < text.length && !text.startsWith(closing, at)) at += quote === '"' && text.charAt(at) === "\\" ? 2 : 1;
  at += closing.length;
  // Up to two quotation marks may stand before the three that end a multi-line string.
  for (let extra = 0; closing.length === 3 && extra < 2 && text.charAt(at) === quote; extra += 1) at += 1;
  return at;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}
