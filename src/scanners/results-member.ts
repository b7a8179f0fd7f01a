// Finds the elements of a long array in a JSON text, so that each can be parsed by itself: what a report becomes as a whole is ten times its size, and stays in
// memory until the last element was read. It looks at brackets and strings only; whether the pieces are JSON, their parser says.

import { endOfString, isClosing, isOpening } from "./measure-json.ts";

/** An array in a text: the indices of its brackets, and of the first character of each element and the one behind its last, by turns. */
export interface ArrayPlace {
  readonly open: number;
  readonly close: number;
  readonly bounds: readonly number[];
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Returns the place of the array that an object has under `name`, at the top level. Null when there is none, or more than one, or when an element is no array or
 * object, or something else than one comma stands between two: the text is for the parser as a whole then. If what is around the array and every element are
 * JSON, the whole is.
 */
export function findArray(text: string, name: string): ArrayPlace | null {
  const key = JSON.stringify(name);
  let found: ArrayPlace | null = null;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const isKey = depth === 1 && text.startsWith(key, at);
      at = endOfString(text, at);
      const open = isKey ? arrayBehind(text, at + 1) : -1;
      if (open === -1) continue;
      const place: ArrayPlace | null = found === null ? readElements(text, open) : null;
      if (place === null) return null;
      found = place;
      at = place.close;
    } else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
  }
  return found;
}

/** The index of the bracket when a colon and an array follow, otherwise -1. */
function arrayBehind(text: string, from: number): number {
  const colon = skipSpace(text, from);
  const open = skipSpace(text, colon + 1);
  return text.charCodeAt(colon) === COLON && text.charCodeAt(open) === OPEN_ARRAY ? open : -1;
}

function readElements(text: string, open: number): ArrayPlace | null {
  const bounds: number[] = [];
  let at = skipSpace(text, open + 1);
  if (text.charCodeAt(at) === CLOSE_ARRAY) return { open, close: at, bounds };
  while (isOpening(text.charCodeAt(at))) {
    const end = endOfContainer(text, at);
    bounds.push(at, end);
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === CLOSE_ARRAY) return { open, close: at, bounds };
    if (text.charCodeAt(at) !== COMMA) return null;
    at = skipSpace(text, at + 1);
  }
  return null;
}

/** The index behind the bracket that closes the one at `start`, or the length of the text. */
function endOfContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** The index of the next character that is no white space of JSON (RFC 8259, 2). */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d; code = text.charCodeAt(at))
    at += 1;
  return at;
}
