// Small archives for tests: a gzipped tar with any header, and a zip with stored members.

import { buffer } from "node:stream/consumers";
import { crc32, gzipSync } from "node:zlib";
import tar, { type Headers } from "tar-stream";

/** Builds a .tar.gz; a member without content has size 0. */
export async function tarGz(members: readonly (Headers & { readonly content?: string | Buffer })[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { content, ...header } of members) pack.entry(header, content ?? "");
  pack.finalize();
  return gzipSync(await buffer(pack));
}

export interface ZipMember {
  readonly name: string;
  readonly content: string | Buffer;
  /** Type and permissions as on Unix; a regular file by default. */
  readonly mode?: number;
}

/** Builds a zip without compression (APPNOTE.TXT sections 4.3.7, 4.3.12, 4.3.16). */
export function zip(members: readonly ZipMember[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100755 } of members) {
    const bytes = Buffer.from(content);
    const encoded = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(encoded.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), shared, encoded, bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(mode * 0x10000, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), shared, rest, encoded);
    files.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...files, central, Buffer.from("PK\x05\x06"), end]);
}
