// What is in an archive that may be one of a Helm chart, read without unpacking it anywhere. More is taken for a member than tar would take, as what a hostile
// header says of sizes is not believed: a block that looks like a header is one.

import { posix } from "node:path";
import { constants, gunzipSync } from "node:zlib";

/** An archive's members, as far as they were read. */
export interface ChartArchive {
  /** Text by path, each path below the archive's one folder. */
  readonly texts: ReadonlyMap<string, string>;
  /** False when the archive is damaged, or larger than Helm takes it. */
  readonly isWhole: boolean;
}

/** Helm takes no chart that is larger, unpacked (helm/v4/pkg/chart/loader/archive). */
const UNPACKED_BYTES = 100 * 1024 * 1024;

/** How much of an archive is read that cannot be read as a whole: unpacked, at most a thousand times as much. */
const HEAD_BYTES = 64 * 1024;

const BLOCK = 512;
const CHECKSUM = { start: 148, end: 156 };

/** Null for what is not compressed, which Helm does not take. */
export function readChartArchive(bytes: Buffer): ChartArchive | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return null;
  const whole = unpack(bytes, constants.Z_FINISH);
  const tar = whole ?? unpack(bytes.subarray(0, HEAD_BYTES), constants.Z_SYNC_FLUSH) ?? Buffer.alloc(0);
  return { texts: textsIn(tar), isWhole: whole !== null };
}

/** By every name a member may have: which one counts depends on headers that a hostile archive may have faked. */
function textsIn(tar: Buffer): Map<string, string> {
  const texts = new Map<string, string>();
  let longNames: readonly string[] = [];
  for (let start = 0; start + BLOCK <= tar.length; start += BLOCK) {
    const header = tar.subarray(start, start + BLOCK);
    if (!isHeader(header)) continue;
    const content = tar.subarray(start + BLOCK, start + BLOCK + sizeOf(header));
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "x" || type === "L") {
      longNames = (type === "L" ? [textOf(content)] : paxNames(content)).map(belowFolder);
      for (const name of longNames) texts.set(name, texts.get(name) ?? "");
    } else {
      const text = content.toString("utf8");
      for (const name of [...namesOf(header).map(belowFolder), ...longNames]) texts.set(name, text);
      longNames = [];
    }
  }
  return texts;
}

function unpack(bytes: Buffer, finishFlush: number): Buffer | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: UNPACKED_BYTES, finishFlush });
  } catch {
    return null;
  }
}

/** The sum of all bytes, with or without a sign, those of the sum itself taken for spaces. */
function isHeader(header: Buffer): boolean {
  const written = octal(header.subarray(CHECKSUM.start, CHECKSUM.end));
  if (!(written > 0)) return false;
  let sum = 0;
  let signed = 0;
  for (const [index, byte] of header.entries()) {
    const counted = index >= CHECKSUM.start && index < CHECKSUM.end ? 0x20 : byte;
    sum += counted;
    signed += counted > 0x7f ? counted - 0x100 : counted;
  }
  return sum === written || signed === written;
}

function octal(field: Buffer): number {
  return Number.parseInt(field.toString("latin1").replace(/[\0 ]/g, ""), 8);
}

function namesOf(header: Buffer): string[] {
  const name = textOf(header.subarray(0, 100));
  const prefix = textOf(header.subarray(345, 500));
  return prefix === "" ? [name] : [name, `${prefix}/${name}`];
}

/** Records are `LENGTH KEY=VALUE`, with a line feed at the end (POSIX pax, extended header). */
function paxNames(content: Buffer): string[] {
  const names: string[] = [];
  let start = 0;
  while (start < content.length) {
    const space = content.indexOf(" ", start);
    const length = Number.parseInt(content.toString("latin1", start, Math.max(start, space)), 10);
    if (!(length > 0)) break;
    const [, name] = /^(?:path|GNU\.sparse\.name)=(.*)$/s.exec(content.toString("utf8", space + 1, start + length - 1)) ?? [];
    if (name !== undefined) names.push(name);
    start += length;
  }
  return names;
}

function sizeOf(header: Buffer): number {
  const size = octal(header.subarray(124, 136));
  return Number.isSafeInteger(size) ? size : 0;
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString("utf8", 0, end === -1 ? field.length : end);
}

function belowFolder(name: string): string {
  return posix.normalize(name.replaceAll("\\", "/")).replace(/^[^/]*\//, "");
}
