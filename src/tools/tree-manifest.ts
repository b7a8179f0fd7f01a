// The manifest of an installed tree: every file's size, change time and sha256, every link's target. It finds damage, a file that was added and a
// partial replacement. It does not defend against someone who can write the whole cache directory: they could replace the interpreter as well.

import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { READ_TEXT } from "../host/read-regular-file.ts";
import { replaceFile } from "./cache-directory.ts";

const Entry = z.union([z.object({ size: z.number(), changedMs: z.number(), sha256: z.string() }), z.object({ link: z.string() })]);
type Entry = z.infer<typeof Entry>;
const Manifest = z.array(z.tuple([z.string(), Entry]));

/** Records the tree below `root` in `manifestPath`, which lies outside of it. */
export async function recordTree(root: string, manifestPath: string): Promise<void> {
  const manifest = [...walk(root)].map(([path, stats]) => [path, describe(join(root, path), stats)]);
  await replaceFile(manifestPath, JSON.stringify(manifest));
}

/**
 * Returns null when the tree is what the manifest says, else the first difference in words.
 * A file whose size and change time are the recorded ones is not read. The system alone sets change times, so a tree that was restored, copied or
 * touched has others, and is read and compared file by file; then the new times are recorded, where the place can be written.
 */
export async function verifyTree(root: string, manifestPath: string): Promise<string | null> {
  const recorded = await readManifest(manifestPath);
  if (recorded === null) return "its manifest is missing or broken";
  if (!existsSync(root)) return "its files are missing";
  const missing = new Set(recorded.keys());
  const restored = new Map<string, Entry>();
  for (const [path, stats] of walk(root)) {
    const entry = recorded.get(path);
    if (entry === undefined) return `${path} was added`;
    missing.delete(path);
    if (isUnchanged(entry, stats)) continue;
    const now = describe(join(root, path), stats);
    if (!isSame(entry, now)) return `${path} was changed`;
    if ("size" in now) restored.set(path, now);
  }
  const [lost] = missing;
  if (lost !== undefined) return `${lost} is missing`;
  if (restored.size > 0) await replaceFile(manifestPath, JSON.stringify([...new Map([...recorded, ...restored])])).catch(() => undefined);
  return null;
}

async function readManifest(path: string): Promise<Map<string, Entry> | null> {
  try {
    return new Map(Manifest.parse(JSON.parse(await readFile(path, READ_TEXT))));
  } catch {
    return null;
  }
}

/** Everything below `root` but directories, by path relative to it with `/`. Links are listed, never followed. */
function* walk(root: string, within = ""): Generator<[string, Stats]> {
  for (const entry of readdirSync(join(root, within), { withFileTypes: true })) {
    const path = within === "" ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, path);
    else yield [path, lstatSync(`${root}/${path}`)];
  }
}

/** Reads whole files at once: a stream for each would take ten times as long for the thousands of small ones. */
function describe(path: string, stats: Stats): Entry {
  if (stats.isSymbolicLink()) return { link: readlinkSync(path) };
  const sha256 = stats.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "not a regular file";
  return { size: stats.size, changedMs: stats.ctimeMs, sha256 };
}

function isUnchanged(recorded: Entry, stats: Stats): boolean {
  return "size" in recorded && stats.isFile() && recorded.size === stats.size && recorded.changedMs === stats.ctimeMs;
}

function isSame(recorded: Entry, now: Entry): boolean {
  if ("link" in recorded) return "link" in now && recorded.link === now.link;
  return "size" in now && recorded.size === now.size && recorded.sha256 === now.sha256;
}
