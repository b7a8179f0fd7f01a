// How much a JSON text holds, found out before it is parsed: a few bytes of text can become many of memory, and a deep value cannot be walked by recursion.

/** What a text will become. */
export interface JsonSize {
  /** At least the number of its values, and at most one more for every empty array and object: each follows a comma or opens its container. */
  readonly values: number;
  /** Arrays and objects. */
  readonly containers: number;
  /** Levels of arrays and objects. */
  readonly depth: number;
  /**
   * The one array of the wanted name that an object at the top level has. Null when there is none, or more than one, or an escape in a string beside it: with
   * one, another member could have its name.
   */
  readonly list: ListPlace | null;
}

/** An array in a text. */
export interface ListPlace {
  /** The indices of its brackets. */
  readonly open: number;
  readonly close: number;
  /** Indices in between at which it can be cut into pieces: each is behind an element that is an array or object, and before any comma. */
  readonly cuts: readonly number[];
}

/** As many elements are in a piece: few are parsed at little cost, and not much is in memory at once. */
const PIECE = 32;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;

/** Looks at every character once; whether it is JSON at all is not asked. `name` is the wanted list's. */
export function measureJson(text: string, name?: string): JsonSize {
  const key = name === undefined ? null : JSON.stringify(name);
  const lists: { open: number; close: number; elements: number; cuts: number[] }[] = [];
  let hasEscape = false;
  let values = 1;
  let containers = 0;
  let level = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = endOfString(text, index);
      if (level === 1 && key !== null) {
        hasEscape ||= text.slice(index, end).includes("\\");
        const open = text.startsWith(key, index) ? arrayBehind(text, index + key.length) : -1;
        if (open !== -1) lists.push({ open, close: -1, elements: 0, cuts: [] });
      }
      index = end;
    } else if (code === COMMA) values += 1;
    else if (isOpening(code)) {
      values += 1;
      containers += 1;
      level += 1;
      if (level > depth) depth = level;
    } else if (isClosing(code)) {
      level -= 1;
      const list = level === 1 || level === 2 ? lists.at(-1) : undefined;
      if (list === undefined || list.close !== -1) continue;
      if (level === 1) list.close = index;
      else {
        list.elements += 1;
        if (list.elements % PIECE === 0) list.cuts.push(index + 1);
      }
    }
  }
  const [list = null, ...others] = lists;
  return { values, containers, depth, list: list?.close === -1 || others.length > 0 || hasEscape ? null : list };
}

/** `[` and `{` */
function isOpening(code: number): boolean {
  return code === OPEN_ARRAY || code === 0x7b;
}

/** `]` and `}` */
function isClosing(code: number): boolean {
  return code === 0x5d || code === 0x7d;
}

/** The index of the bracket when a colon and an array follow, otherwise -1. */
function arrayBehind(text: string, from: number): number {
  const colon = skipSpace(text, from);
  const open = skipSpace(text, colon + 1);
  return text.charCodeAt(colon) === COLON && text.charCodeAt(open) === OPEN_ARRAY ? open : -1;
}

/** The index of the next character that is no white space of JSON (RFC 8259, 2). */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d; code = text.charCodeAt(at))
    at += 1;
  return at;
}

/** The index of the quotation mark that closes the string opened at `start`, or the length of the text. */
function endOfString(text: string, start: number): number {
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
