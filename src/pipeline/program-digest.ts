// Which program is running: a digest of its code, so that no result of another version is taken for one of this.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Digest of every source below `home`, the directory of the running entry: 64 hexadecimal digits. Throws where it cannot be read. */
export function programDigest(home: string): string {
  const hash = createHash("sha256");
  for (const path of sourcesBelow(home)) hash.update(`${path}\0`).update(readFileSync(join(home, path)));
  return hash.digest("hex");
}

/** In order, with `/`. */
function sourcesBelow(home: string): string[] {
  const paths = readdirSync(home, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return paths.filter((path) => /\.[jt]s$/.test(path)).sort();
}
