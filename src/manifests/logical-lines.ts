// A requirements file as pip sees it: lines where Python's str.splitlines breaks them, joined where they end in `\`, without comments. It knows nothing about requirements.

/** One line as pip parses it, and the lines of the file it stands on. */
export interface LogicalLine {
  /** Without comments and blanks at either end; never empty. */
  readonly text: string;
  /** 1-based, inclusive, as editors and code scanning count: only LF, CRLF and CR begin a new line. */
  readonly startLine: number;
  readonly endLine: number;
}

/** What str.splitlines breaks at (https://docs.python.org/3/library/stdtypes.html#str.splitlines). */
const LINE_BREAK = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/g;

/** What str.isspace holds for; JavaScript's `\s` differs in the control characters and U+FEFF. */
const BLANK = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Yields the logical lines of a requirements file in order. Time and memory are linear in the text. */
export function* logicalLines(text: string): Generator<LogicalLine> {
  const joined: string[] = [];
  let startLine = 1;
  let endLine = 1;
  for (const physical of physicalLines(text)) {
    const isComment = strip(physical.text, isBlank).startsWith("#");
    if (joined.length === 0) startLine = physical.number;
    endLine = physical.number;
    if (physical.text.endsWith("\\") && !isComment) {
      joined.push(strip(physical.text, isBackslash));
      continue;
    }
    // The blank makes a comment that follows a `\` one even where the text before it has no blank at its end.
    joined.push(isComment ? ` ${physical.text}` : physical.text);
    yield* finish(joined.splice(0).join(""), startLine, endLine);
  }
  yield* finish(joined.join(""), startLine, endLine);
}

function* physicalLines(text: string): Generator<{ readonly text: string; readonly number: number }> {
  let start = 0;
  let number = 1;
  for (const { 0: ending, index } of text.matchAll(LINE_BREAK)) {
    yield { text: text.slice(start, index), number };
    start = index + ending.length;
    if (ending === "\n" || ending === "\r\n" || ending === "\r") number += 1;
  }
  if (start < text.length) yield { text: text.slice(start), number };
}

function* finish(joined: string, startLine: number, endLine: number): Generator<LogicalLine> {
  const text = strip(withoutComment(joined), isBlank);
  if (text !== "") yield { text, startLine, endLine };
}

/** A `#` begins a comment at the start of a line and after a blank; elsewhere it belongs to a URL. */
function withoutComment(line: string): string {
  for (let at = line.indexOf("#"); at !== -1; at = line.indexOf("#", at + 1)) {
    if (at === 0 || isBlank(line.charAt(at - 1))) return line.slice(0, at);
  }
  return line;
}

function strip(text: string, isStripped: (character: string) => boolean): string {
  let start = 0;
  let end = text.length;
  while (start < end && isStripped(text.charAt(start))) start += 1;
  while (end > start && isStripped(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string): boolean {
  return BLANK.test(character);
}

function isBackslash(character: string): boolean {
  return character === "\\";
}
