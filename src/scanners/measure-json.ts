// How much a JSON text holds, found out before it is parsed: a few bytes of text can become many of memory, and a deep value cannot be walked by recursion.

/** What a text will become. */
export interface JsonSize {
  /** At least the number of its values, and at most one more for every empty array and object: each follows a comma or opens its container. */
  readonly values: number;
  /** Arrays and objects. */
  readonly containers: number;
  /** Levels of arrays and objects. */
  readonly depth: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Looks at every character once; whether it is JSON at all is not asked. */
export function measureJson(text: string): JsonSize {
  let values = 1;
  let containers = 0;
  let open = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === COMMA) values += 1;
    else if (isOpening(code)) {
      values += 1;
      containers += 1;
      open += 1;
      if (open > depth) depth = open;
    } else if (isClosing(code)) open -= 1;
  }
  return { values, containers, depth };
}

/** `[` and `{` */
export function isOpening(code: number): boolean {
  return code === 0x5b || code === 0x7b;
}

/** `]` and `}` */
export function isClosing(code: number): boolean {
  return code === 0x5d || code === 0x7d;
}

/** The index of the quotation mark that closes the string opened at `start`, or the length of the text. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

/** Whether an odd number of backslashes stands before `index`. */
function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (index - first) % 2 === 1;
}
