// Makes the comments that hide findings from Trivy ineffective without moving anything: the same number of bytes, the same lines, nothing else touched.
// Works on bytes, as files need not be UTF-8. An archive inside of an archive stays as it is.

import { gunzipSync, gzipSync } from "node:zlib";

const PREFIXES = ["trivy:", "tfsec:"];
const KEY = "ignore:";
const SPACE = 0x20;
const LINE_FEED = 0x0a;

/** Helm takes no chart that is larger, unpacked (helm/v4/pkg/chart/loader/archive). */
const CHART_LIMIT_BYTES = 100 * 1024 * 1024;

/**
 * Returns the content with every `trivy:…ignore:` as `triv:y…ignore:`; the very same buffer when there is none. In an archive of a chart, so compressed, that
 * is done to what it holds: changing the order of bytes leaves their sum, and so the checksum of a file's header, as it was.
 */
export function withoutIgnoreComments(content: Buffer): Buffer {
  if (content[0] !== 0x1f || content[1] !== 0x8b) return withSwappedColons(content);
  const unpacked = unpack(content);
  const changed = withSwappedColons(unpacked);
  return changed === unpacked ? content : gzipSync(changed, { level: 1 });
}

/** Returns a text about changed content as one about the content as it was. */
export function withIgnoreComments(text: string): string {
  return text.replaceAll("triv:y", "trivy:").replaceAll("tfse:c", "tfsec:");
}

/** Empty for what nobody could unpack. */
function unpack(content: Buffer): Buffer {
  try {
    return gunzipSync(content, { maxOutputLength: CHART_LIMIT_BYTES });
  } catch {
    return Buffer.alloc(0);
  }
}

function withSwappedColons(content: Buffer): Buffer {
  const colons = content.includes(KEY) ? PREFIXES.flatMap((prefix) => colonsAfter(prefix, content)) : [];
  if (colons.length === 0) return content;
  const changed = Buffer.from(content);
  for (const colon of colons) changed.subarray(colon - 1, colon + 1).reverse();
  return changed;
}

/** Trivy takes a word, up to the next space or line feed, for a comment only when it begins with the prefix: the first prefix in it is enough. */
function colonsAfter(prefix: string, content: Buffer): number[] {
  const colons: number[] = [];
  let start = content.indexOf(prefix);
  while (start !== -1) {
    const end = endOfWord(content, start);
    if (content.subarray(start, end).includes(KEY)) colons.push(start + prefix.length - 1);
    start = content.indexOf(prefix, end);
  }
  return colons;
}

function endOfWord(content: Buffer, start: number): number {
  let end = start;
  while (end < content.length && content[end] !== SPACE && content[end] !== LINE_FEED) end += 1;
  return end;
}
