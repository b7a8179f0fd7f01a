// Where the keys of a JSON text stand. JSON.parse gives no positions, so this scans for lines alone; values come from the parser.

/** Returns the 1-based line of a key, given the keys that lead to it from the outermost object; 1 where there is none. */
export type KeyLines = (keys: readonly string[]) => number;

/**
 * Scans a valid JSON text for the keys of objects up to `depth` objects deep. Of a key that occurs twice the last line is kept, as JSON.parse keeps the last value.
 * Time and memory are linear in the text.
 */
export function keyLines(text: string, depth: number): KeyLines {
  const lines = new Map<string, number>();
  const open: unknown[] = [];
  let line = 1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\n") line += 1;
    else if (character === "{" || character === "[") open.push(null);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = stringEnd(text, at);
      if (open.length <= depth && isKey(text, end)) {
        open[open.length - 1] = JSON.parse(text.slice(at, end));
        lines.set(JSON.stringify(open), line);
      }
      at = end - 1;
    }
  }
  return (keys) => lines.get(JSON.stringify(keys)) ?? 1;
}

/** The index after the string whose opening quotation mark is at `start`. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at + 1;
}

/** Whether the string that ends before `at` is a key: only a colon, no value follows one. */
function isKey(text: string, at: number): boolean {
  let next = at;
  while (/[ \t\r\n]/.test(text.charAt(next))) next += 1;
  return text.charAt(next) === ":";
}
