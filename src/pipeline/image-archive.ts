// Opens a container image on disk. Trivy reads docker-save tars and OCI layout directories but no OCI tars, so those are unpacked into our private directory first.

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { messageOf, ScannerError } from "../errors.ts";
import type { ImageSource } from "../scanners/scanner.ts";

/** Files of an OCI image layout (image-spec, "image-layout.md"); anything else in the archive is not the image's and stays packed. */
const LAYOUT_MEMBER = /^(?:\.\/)?(oci-layout|index\.json|blobs\/[a-z0-9]+\/[0-9a-f]{32,128})$/u;
/** The member that makes a tar a docker-save archive. */
const DOCKER_MANIFEST = /^(?:\.\/)?manifest\.json$/u;

const REMEDY = "Give a docker save tar, an OCI layout directory or an OCI tar.";

/** Returns the image as Trivy can read it. `scratch` is a private directory. Rejects with a ScannerError when the archive is missing or is none of the three. */
export async function openImage(image: ImageSource | null, scratch: string): Promise<ImageSource | null> {
  if (image?.kind !== "archive") return image;
  try {
    if ((await stat(image.path)).isDirectory()) {
      await stat(join(image.path, "index.json"));
      return image;
    }
    const members = await memberNames(image.path);
    if (members.some((name) => DOCKER_MANIFEST.test(name))) return image;
    if (!members.some((name) => LAYOUT_MEMBER.exec(name)?.[1] === "index.json"))
      throw new Error("it holds neither manifest.json nor index.json");
    const layout = join(scratch, "image-layout");
    await unpackLayout(image.path, layout);
    return { ...image, path: layout };
  } catch (cause) {
    throw new ScannerError("scanner-not-started", `The image archive ${image.path} cannot be read: ${messageOf(cause)}`, {
      cause,
      remedy: REMEDY,
    });
  }
}

async function memberNames(path: string): Promise<string[]> {
  const names: string[] = [];
  await eachMember(path, async (name) => {
    names.push(name);
  });
  return names;
}

async function unpackLayout(path: string, directory: string): Promise<void> {
  await eachMember(path, async (name, type, body) => {
    const member = type === "file" ? LAYOUT_MEMBER.exec(name)?.[1] : undefined;
    if (member === undefined) return;
    const target = join(directory, member);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await pipeline(body, createWriteStream(target, { flags: "wx", mode: 0o600 }));
  });
}

/** Walks a tar, gzipped or not; what `visit` leaves of a member is skipped. */
async function eachMember(path: string, visit: (name: string, type: string, body: Readable) => Promise<void>): Promise<void> {
  const tar = extract();
  const source = createReadStream(path);
  const fed = /\.(tgz|gz)$/iu.test(path) ? pipeline(source, createGunzip(), tar) : pipeline(source, tar);
  const walk = async () => {
    for await (const entry of tar) {
      await visit(entry.header.name, entry.header.type ?? "file", entry);
      entry.resume();
    }
  };
  await Promise.all([fed, walk()]);
}
