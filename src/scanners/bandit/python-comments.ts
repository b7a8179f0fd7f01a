// The comments of a Python source, by a lexer that knows strings and nothing else of the grammar. Total and linear: what Python would refuse gives some
// answer, never an error. `\n` and `\r\n` end a line; callers keep sources with a lone `\r` away, which Python's own parser and tokenizer count differently.

/** One comment of a source. */
export interface PythonComment {
  /** 1-based. */
  readonly line: number;
  /** From `#` to the end of the line. */
  readonly text: string;
}

/** Text of a string, up to `quote`. Only an f-string or t-string has `fields`; its format specifications are texts of their own. */
interface Text {
  readonly in: "text";
  readonly quote: string;
  readonly fields: "none" | "raw" | "escaped";
  readonly specification: boolean;
}

/** Code, of a replacement field of `around` or, without one, of the file. */
interface Code {
  readonly in: "code";
  readonly around: Text | null;
  /** Brackets that are open in it: a colon in one begins no format specification. */
  brackets: number;
}

interface Token {
  readonly text: string;
  /** The word before the quote of a string, which may be its prefix. */
  readonly prefix: string;
  readonly start: number;
  readonly end: number;
}

/** Words matter because `rf` before a quote is a prefix; beyond ASCII, outside of strings and comments, there are only words. */
const CODE = /([\w\u0080-\uffff]*)("""|'''|["'])|[\w\u0080-\uffff]+|#[^\r\n]*|[()[\]{}:]/;

/** Yields the comments in order, those in the replacement fields of f-strings and t-strings included (https://peps.python.org/pep-0701/). */
export function* pythonComments(source: string): Generator<PythonComment> {
  const nextToken = tokenReader(source.startsWith("\uFEFF") ? ` ${source.slice(1)}` : source);
  const open: (Text | Code)[] = [{ in: "code", around: null, brackets: 0 }];
  let line = 1;
  let counted = 0;
  let at = 0;
  for (let token = nextToken(open.at(-1), at); token !== null; token = nextToken(open.at(-1), at)) {
    at = token.end;
    const top = open.at(-1);
    if (top?.in === "text") at = stepInText(open, top, token);
    else if (token.text.startsWith("#")) {
      line += lineEnds(source, counted, token.start);
      counted = token.start;
      yield { line, text: token.text };
    } else if (top !== undefined) stepInCode(open, top, token);
  }
}

/** Opens a string, enters a format specification, or leaves the replacement field. */
function stepInCode(open: (Text | Code)[], code: Code, { text, prefix }: Token): void {
  const quote = text.slice(prefix.length);
  if (quote.startsWith('"') || quote.startsWith("'")) open.push({ in: "text", quote, fields: fieldsOf(prefix), specification: false });
  else if ("([{".includes(text)) code.brackets += 1;
  else if (code.around !== null && code.brackets === 0 && text === ":") open.push({ ...code.around, specification: true });
  else if (code.around !== null && code.brackets === 0 && text === "}") open.pop();
  else if (")]}".includes(text)) code.brackets = Math.max(0, code.brackets - 1);
}

/** Leaves the text, or enters a replacement field, and returns where to go on. A doubled brace stands for itself, but not in a format specification. */
function stepInText(open: (Text | Code)[], top: Text, { text, start, end }: Token): number {
  if (text === top.quote || text === "\n") open.pop();
  else if (text === "{" || (text === "{{" && top.specification)) {
    open.push({ in: "code", around: top, brackets: 0 });
    return start + 1;
  } else if (text === "}" && top.specification) open.splice(-2);
  return end;
}

/** What a word before a quote makes of the braces in the string. */
function fieldsOf(prefix: string): Text["fields"] {
  if (/^[ft]$/i.test(prefix)) return "escaped";
  return /^(?:r[ft]|[ft]r)$/i.test(prefix) ? "raw" : "none";
}

/** Returns the next token at or after a place: in code or in a text, null at the end of the source. */
function tokenReader(source: string): (place: Text | Code | undefined, from: number) => Token | null {
  const patterns = new Map<string, RegExp>();
  return (place, from) => {
    const key = place?.in === "text" ? place.quote + place.fields : "code";
    const pattern = patterns.get(key) ?? new RegExp(place?.in === "text" ? textPattern(place) : CODE, "g");
    patterns.set(key, pattern);
    pattern.lastIndex = from;
    const match = pattern.exec(source);
    return match && { text: match[0], prefix: match[1] ?? "", start: match.index, end: pattern.lastIndex };
  };
}

/**
 * What ends or interrupts a text: its quote, a brace, and for single quotes the end of the line. A backslash takes the next character with it, in raw
 * strings too, but not a brace; in `\N{name}` the braces are part of the escape.
 */
function textPattern({ quote, fields }: Text): string {
  const lineEnd = quote.length === 1 ? "|\\n" : "";
  if (fields === "none") return `\\\\(?:\\r\\n|[^])|${quote}${lineEnd}`;
  const named = fields === "escaped" ? `\\\\N\\{[^{}"'\\n]*\\}|` : "";
  return `${named}\\\\(?:\\r\\n|[^{}])|\\{\\{|[{}]|${quote}${lineEnd}`;
}

function lineEnds(source: string, from: number, to: number): number {
  let count = 0;
  for (let at = source.indexOf("\n", from); at !== -1 && at < to; at = source.indexOf("\n", at + 1)) count += 1;
  return count;
}
