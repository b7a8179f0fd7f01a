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
/** A hash takes in this many units at once: what they add is below 2^32, so that 64-bit arithmetic is done for every fourth unit only. */
const FOLD = 4;
const FOLD_FACTOR = BASE ** FOLD;
const WORD = 2 ** 32;

/** BASE to the power of BLOCK, modulo 2^32. */
const LEAVING = Number(BigInt.asIntN(32, BigInt(BASE) ** BigInt(BLOCK)));
/** So many of the lower bits of a hash tell most lines of a file apart. */
const LOW_BITS = 0xffff;

/**
 * Hashes the lines of `text` (1-based): `<hex>:<k>`, where hex is the sum of `unit * 37^(99 - i)` modulo 2^64 over the 100 units from the line's start
 * without spaces and tabs, and k says how many lines up to this one have that hex. A final line break is followed by one more, empty line.
 * `text` is UTF-8 decoded with its byte order mark kept. With `wanted` only those lines are returned, and nothing after the last of them is hashed.
 * Takes linear time.
 */
export function lineHashes(text: string, wanted?: ReadonlySet<number>): Map<number, string> {
  const last = wanted === undefined ? Number.POSITIVE_INFINITY : [...wanted].reduce((a, b) => Math.max(a, b), 0);
  const { units, starts } = normalize(text, last);
  const counts = wanted === undefined ? () => true : likeOneOf(wanted, lowBits(units, starts));
  const hashes = new Map<number, string>();
  const occurrences = new Map<string, number>();
  for (let line = 1; line <= starts.length; line += 1) {
    if (!counts(line)) continue;
    const hex = hashAt(units, starts[line - 1] ?? 0);
    const count = (occurrences.get(hex) ?? 0) + 1;
    occurrences.set(hex, count);
    if (wanted === undefined || wanted.has(line)) hashes.set(line, `${hex}:${count}`);
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
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Most units are neither blank nor break: one comparison is enough for them.
    if (unit > SPACE) {
      units[length] = unit;
      length += 1;
      continue;
    }
    if (unit === SPACE || unit === TAB || (unit === LINE_FEED && text.charCodeAt(index - 1) === CARRIAGE_RETURN)) continue;
    const isBreak = unit === LINE_FEED || unit === CARRIAGE_RETURN;
    units[length] = isBreak ? LINE_FEED : unit;
    length += 1;
    if (!isBreak) continue;
    if (starts.length < last) starts.push(length);
    else if (length >= (starts.at(-1) ?? 0) + BLOCK) break;
  }
  units[length] = END_OF_FILE;
  return { units, starts };
}

/** The lower bits of the hash of every line: one block moves over the units, at one multiplication for each that comes and each that leaves. */
function lowBits(units: Uint16Array, starts: readonly number[]): Uint16Array {
  const lows = new Uint16Array(starts.length);
  let low = 0;
  let index = 0;
  for (let line = 0; line < starts.length; line += 1) {
    for (const end = (starts[line] ?? 0) + BLOCK; index < end; index += 1) {
      const leaving = index < BLOCK ? 0 : (units[index - BLOCK] ?? 0);
      low = (Math.imul(low, BASE) + (units[index] ?? 0) - Math.imul(leaving, LEAVING)) | 0;
    }
    lows[line] = low & LOW_BITS;
  }
  return lows;
}

/** Returns whether a line has the lower bits of one of `lines`. Without them it cannot have the hash of one, though another block could, and need not be hashed. */
function likeOneOf(lines: Iterable<number>, lows: Uint16Array): (line: number) => boolean {
  const marks = new Uint8Array(LOW_BITS + 1);
  for (const line of lines) {
    const low = lows[line - 1];
    if (low !== undefined) marks[low] = 1;
  }
  return (line) => marks[lows[line - 1] ?? 0] === 1;
}

/** The hash of one block, in hexadecimal. The 64 bits are two halves: every sum stays below 2^53. A bigint is written in a fraction of a number's time. */
function hashAt(units: Uint16Array, start: number): string {
  let high = 0;
  let low = 0;
  for (let index = start; index < start + BLOCK; index += FOLD) {
    const sum = low * FOLD_FACTOR + foldAt(units, index);
    const carry = Math.floor(sum / WORD);
    low = sum - carry * WORD;
    high = (Math.imul(high, FOLD_FACTOR) + carry) >>> 0;
  }
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16);
}

/** What the FOLD units from `index` add to a hash: at most 65,535 * (37^3 + 37^2 + 37 + 1), which is below 2^32. */
function foldAt(units: Uint16Array, index: number): number {
  const first = Math.imul(units[index] ?? 0, BASE) + (units[index + 1] ?? 0);
  const second = Math.imul(units[index + 2] ?? 0, BASE) + (units[index + 3] ?? 0);
  return (Math.imul(first, BASE ** 2) + second) >>> 0;
}
