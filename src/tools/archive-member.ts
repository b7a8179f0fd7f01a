// Takes exactly one regular file out of an archive whose digest was checked before. Every other member is ignored, whatever its name or kind;
// a link, a device or a second file of that name is refused. Nothing is written but the one destination.

import { createReadStream, createWriteStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import yauzl from "yauzl";
import { InstallError } from "../errors.ts";

export interface MemberRequest {
  /** A .tar.gz; anything else is read as a zip (a wheel is one). */
  readonly archive: string;
  /** The exact name in the archive. */
  readonly member: string;
  readonly destination: string;
  /** The member may not be larger. */
  readonly limitBytes: number;
}

/** Writes the member to `destination`, readable and executable for the owner only. Throws an InstallError when the archive does not hold exactly one. */
export async function extractMember(request: MemberRequest): Promise<void> {
  const found = request.archive.endsWith(".tar.gz") ? await fromTar(request) : await fromZip(request);
  if (!found) throw refusal(request, "it holds no file of that name");
}

const TWICE = "it holds more than one file of that name";

async function fromTar(request: MemberRequest): Promise<boolean> {
  const entries = tar.extract();
  const unpacking = pipeline(createReadStream(request.archive), createGunzip(), entries);
  let found = false;
  const reading = (async () => {
    for await (const entry of entries) {
      if (entry.header.name !== request.member) {
        entry.resume();
        continue;
      }
      if (entry.header.type !== "file") throw refusal(request, `it is a ${entry.header.type}`);
      if (found) throw refusal(request, TWICE);
      found = true;
      await save(entry, request);
    }
  })();
  await Promise.all([unpacking, reading]);
  return found;
}

const FILE_TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;

async function fromZip(request: MemberRequest): Promise<boolean> {
  const zip = await yauzl.openPromise(request.archive, { lazyEntries: true, autoClose: false });
  let found = false;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== request.member) continue;
      // Archives made on Windows have no file type here: 0.
      const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
      if ((type !== 0 && type !== REGULAR_FILE) || entry.isEncrypted()) throw refusal(request, "it is not a regular file");
      if (found) throw refusal(request, TWICE);
      found = true;
      await save(await zip.openReadStreamPromise(entry), request);
    }
  } finally {
    zip.close();
  }
  return found;
}

async function save(content: Readable, request: MemberRequest): Promise<void> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > request.limitBytes ? refusal(request, `it is larger than ${request.limitBytes} bytes`) : null, chunk);
    },
  });
  await pipeline(content, limit, createWriteStream(request.destination, { flags: "wx", mode: 0o500 }));
}

function refusal({ archive, member }: MemberRequest, because: string): InstallError {
  return new InstallError("install-failed", `${member} cannot be taken out of ${archive}: ${because}.`);
}
