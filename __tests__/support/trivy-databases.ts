// Files that have the shape of a Trivy database, without advisories.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A page with the magic number of bbolt; `seed` makes two of them differ. */
export function boltFile(seed = 0): Buffer {
  const page = Buffer.alloc(4096);
  page.writeUInt32LE(0xed0cdaed, 16);
  page.writeUInt32LE(seed, 100);
  return page;
}

/** metadata.json as Trivy writes it. */
export function metadata(facts: object = {}): string {
  const dates = { UpdatedAt: "2026-11-20T06:00:00Z", NextUpdate: "2026-11-21T06:00:00Z", DownloadedAt: "2026-11-20T07:00:00Z" };
  return JSON.stringify({ Version: 2, ...dates, ...facts });
}

/** Writes `db/` into an existing directory and returns the directory. */
export function writeTrivyDatabase(directory: string, facts: object = {}, seed = 0): string {
  mkdirSync(join(directory, "db"), { recursive: true });
  writeFileSync(join(directory, "db", "metadata.json"), metadata(facts));
  writeFileSync(join(directory, "db", "trivy.db"), boltFile(seed));
  return directory;
}
