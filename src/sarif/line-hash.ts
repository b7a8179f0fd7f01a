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
/** BASE to the power of BLOCK, modulo 2^64, as two halves. */
const [LEAVING_HIGH, LEAVING_LOW] = halves(BigInt(BASE) ** BigInt(BLOCK));

/**
 * Hashes the lines of `text` (1-based): `<hex>:<k>`, where hex is the sum of `unit * 37^(99 - i)` modulo 2^64 over the 100 units from the line's start
 * without spaces and tabs, and k says how many lines up to this one have that hex. A final line break is followed by one more, empty line.
 * `text` is UTF-8 decoded with its byte order mark kept. With `wanted` only those lines are returned, and nothing after the last of them is hashed.
 * Takes linear time.
 */
export function lineHashes(text: string, wanted?: ReadonlySet<number>): Map<number, string> {
  const { units, starts } = normalize(text);
  const last = wanted === undefined ? starts.length : [...wanted].reduce((a, b) => Math.max(a, b), 0);
  const hashes = new Map<number, string>();
  const occurrences = new Map<string, number>();
  rollOver(units, starts.subarray(0, last), (line, hex) => {
    const count = (occurrences.get(hex) ?? 0) + 1;
    occurrences.set(hex, count);
    if (wanted === undefined || wanted.has(line)) hashes.set(line, `${hex}:${count}`);
  });
  return hashes;
}

/** Drops spaces, tabs and the LF of CR LF, makes CR an LF, and appends the mark of the end and zeros for the last block. `starts` are indices into `units`. */
function normalize(text: string): { units: Uint16Array; starts: Uint32Array } {
  const units = new Uint16Array(text.length + 1 + BLOCK);
  const starts = [0];
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
    if (afterReturn || unit === LINE_FEED) starts.push(length);
  }
  units[length] = END_OF_FILE;
  return { units: units.subarray(0, length + 1 + BLOCK), starts: Uint32Array.from(starts) };
}

/** Moves one block over the units and reports its hash at every start. The 64 bits are two 32-bit halves: every product stays below 2^53. */
function rollOver(units: Uint16Array, starts: Uint32Array, report: (line: number, hex: string) => void): void {
  let high = 0;
  let low = 0;
  let line = 0;
  const end = (starts.at(-1) ?? -BLOCK - 1) + BLOCK;
  for (let index = 0; index < end; index += 1) {
    const entering = units[index] ?? 0;
    const leaving = index < BLOCK ? 0 : (units[index - BLOCK] ?? 0);
    const nextLow = low * BASE + entering - leaving * LEAVING_LOW;
    const carry = Math.floor(nextLow / WORD);
    low = nextLow - carry * WORD;
    const nextHigh = high * BASE + carry - leaving * LEAVING_HIGH;
    high = nextHigh - Math.floor(nextHigh / WORD) * WORD;
    if (index + 1 - BLOCK === starts[line]) {
      line += 1;
      report(line, high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, "0"));
    }
  }
}

function halves(value: bigint): [high: number, low: number] {
  return [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
}
