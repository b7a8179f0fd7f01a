// The fingerprint `primaryLocationLineHash` of every line of a text, byte for byte as github/codeql-action computes it (src/fingerprints.ts), because
// the upload API computes none. It reads no file and knows no finding.

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const END_OF_FILE = 0xffff;

/** A hash covers this many UTF-16 units from the start of its line. */
const BLOCK = 100;
const BASE = 37;
const WORD = 2 ** 32;
/** BASE to the power of BLOCK, modulo 2^32. */
const LEAVING = Number(BigInt.asIntN(32, BigInt(BASE) ** BigInt(BLOCK)));

/**
 * Hashes the lines of `text` (1-based): `<hex>:<k>`, where hex is the sum of `unit * 37^(99 - i)` modulo 2^64 over the 100 units from the line's start
 * without spaces and tabs, and k says how many lines up to this one have that hex. A final line break is followed by one more, empty line.
 * `text` is UTF-8 decoded with its byte order mark kept. With `wanted` only those lines are returned, and nothing after the last of them is hashed.
 * Takes linear time.
 */
export function lineHashes(text: string, wanted?: ReadonlySet<number>): Map<number, string> {
  const last = wanted === undefined ? Number.POSITIVE_INFINITY : [...wanted].reduce((a, b) => Math.max(a, b), 0);
  const { units, starts } = normalize(text, last);
  const lows = lowHalves(units, starts);
  // Lines whose lower half no wanted line has cannot count towards one: for most lines that half, one multiplication a unit, is all there is to do.
  const wantedLows = new Set(wanted === undefined ? lows : [...wanted].map((line) => lows[line - 1]));
  const hashes = new Map<number, string>();
  const occurrences = new Map<string, number>();
  for (const [index, start] of starts.entries()) {
    if (!wantedLows.has(lows[index])) continue;
    const hex = hashAt(units, start);
    const count = (occurrences.get(hex) ?? 0) + 1;
    occurrences.set(hex, count);
    if (wanted === undefined || wanted.has(index + 1)) hashes.set(index + 1, `${hex}:${count}`);
  }
  return hashes;
}

/**
 * Drops spaces, tabs and the LF of CR LF, makes CR an LF, and appends the mark of the end and zeros for the last block. `starts` are indices into `units`, of at
 * most `last` lines; what no block of theirs holds may be missing from the units.
 */
function normalize(text: string, last: number): { units: Uint16Array; starts: number[] } {
  const units = new Uint16Array(text.length + 1 + BLOCK);
  const starts = last < 1 ? [] : [0];
  let length = 0;
  let afterReturn = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === SPACE || unit === TAB || (afterReturn && unit === LINE_FEED)) {
      afterReturn = false;
      continue;
    }
    afterReturn = unit === CARRIAGE_RETURN;
    units[length] = afterReturn ? LINE_FEED : unit;
    length += 1;
    if (!afterReturn && unit !== LINE_FEED) continue;
    if (starts.length < last) starts.push(length);
    else if (length >= (starts.at(-1) ?? 0) + BLOCK) break;
  }
  units[length] = END_OF_FILE;
  return { units, starts };
}

/** Moves one block over the units and returns the lower 32 bits of its hash at every start. */
function lowHalves(units: Uint16Array, starts: readonly number[]): Int32Array {
  const lows = new Int32Array(starts.length);
  const end = (starts.at(-1) ?? -BLOCK) + BLOCK;
  let low = 0;
  let line = 0;
  let next = (starts[0] ?? 0) + BLOCK;
  for (let index = 0; index < end; index += 1) {
    const leaving = index < BLOCK ? 0 : (units[index - BLOCK] ?? 0);
    low = (Math.imul(low, BASE) + (units[index] ?? 0) - Math.imul(leaving, LEAVING)) | 0;
    if (index + 1 !== next) continue;
    lows[line] = low;
    line += 1;
    next = (starts[line] ?? 0) + BLOCK;
  }
  return lows;
}

/** The hash of one block, in hexadecimal. The 64 bits are two halves: every sum stays below 2^53. */
function hashAt(units: Uint16Array, start: number): string {
  let high = 0;
  let low = 0;
  for (let index = start; index < start + BLOCK; index += 1) {
    const sum = low * BASE + (units[index] ?? 0);
    const carry = Math.floor(sum / WORD);
    low = sum - carry * WORD;
    high = (Math.imul(high, BASE) + carry) >>> 0;
  }
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, "0");
}
