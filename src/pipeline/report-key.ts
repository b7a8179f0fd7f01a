// The key under which the reports of a run are kept: a digest of everything they can depend on, so equal keys stand for equal reports. Where that cannot be
// told there is no key. What was checked, by tracing Safety 3.7.0 and Trivy 0.74.0 and in their sources, is said where it is taken in or left out.

import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import type { RunId } from "../findings/scanner-id.ts";
import type { Host } from "../host/ports.ts";
import { readBytes, readRegularFile } from "../host/read-regular-file.ts";
import type { Command, Installation, Part, Scanner, ScanTarget } from "../scanners/scanner.ts";
import { compareText } from "../text/compare-text.ts";
import { pauses } from "./pauses.ts";

/** Runs that look at nothing but their inputs, a view of the tree and a database. An image may change under its name; Bandit's results are kept by file. */
const KEPT_RUNS: readonly RunId[] = ["safety", "trivy"];

/** A larger file would hold up everything else for too long. */
const FILE_LIMIT_BYTES = 256 * 1024 * 1024;

/** What decides the reports of a run. */
export interface KeyedRun {
  readonly scanner: Scanner;
  readonly part: Part;
  readonly target: ScanTarget;
  readonly installation: Installation;
  /** Digest of what the scanner is (`ScannerIdentity`). */
  readonly identity: string;
  /** Digest of our own program: what a scanner is shown, and how a view is edited, follows from it. */
  readonly program: string;
}

/** What a run looks at, at one moment. */
export interface ReportKey {
  /** Equal for equal inputs: 64 hexadecimal digits. */
  readonly key: string;
  /** Digest of the times of the last writes: where somebody changes a file and changes it back, they tell. */
  readonly written: string;
}

/** Whether reports of a run may be kept: not of another kind of run, nor with a database that is not known by its digest. */
export function isKeyed({ scanner, installation }: KeyedRun): boolean {
  return KEPT_RUNS.includes(scanner.run) && installation.databaseDirectory !== null && installation.database !== null;
}

/**
 * Returns the key of a run with these commands (`canonicalCommands`), or null where its reports may not be kept or a file of the tree cannot be read. It does
 * not depend on where the tree lies. Whoever keeps reports asks before the run and after it, and keeps them only if both answers are equal: then what was
 * scanned is what the key says.
 */
export async function reportKey(
  run: KeyedRun,
  commands: readonly Command[],
  host: Pick<Host, "platform" | "surroundings">,
): Promise<ReportKey | null> {
  const { scanner, target, installation, identity, program } = run;
  const { os, arch } = host.platform;
  const { launch, version, python, database } = installation;
  if (database === null || !isKeyed(run)) return null;
  const hash = createHash("sha256");
  const { system } = host.surroundings;
  hash.update(
    `${JSON.stringify([program, scanner.run, identity, launch, version, python, os, arch, system, database.digest, commands])}\n`,
  );
  const files = new Set(commands.flatMap(({ view }) => view?.files ?? []));
  const times = createHash("sha256");
  const isRead = await addFiles({ hash, times }, target.root, [...files].sort(compareText));
  return isRead ? { key: hash.digest("hex"), written: times.digest("hex") } : null;
}

/**
 * The commands as they are built for private directories of fixed names and a fixed time: neither is in what is decoded. The edits of a view depend on its
 * files and on our program alone. Links lead to the database, which counts by its digest; its path stands in Safety's commands, as in Safety's report, where
 * it is checked. Trivy looks for licences in the machine's Python, too: nobody decodes them.
 */
export function canonicalCommands(
  { part, target, installation }: KeyedRun,
  { surroundings }: Pick<Host, "surroundings">,
): readonly Command[] {
  const directory = (index: number) => `/${index}`;
  const commands = part.commands(target, { directory, installation, timeoutMs: 1000, searchPath: surroundings.childSearchPath });
  return commands.map(({ links: _, ...command }) => command);
}

/** Returns false when a file cannot be read. Every part is preceded by its length, so that no two trees give the same bytes. */
async function addFiles(
  { hash, times }: { readonly hash: Hash; readonly times: Hash },
  root: string,
  files: readonly string[],
): Promise<boolean> {
  const pause = pauses();
  for (const file of files) {
    const content = contentOf(join(root, file));
    if (content === undefined) return false;
    const { bytes, executable, written } = content;
    times.update(`${written}\n`);
    hash.update(`${JSON.stringify([file, executable, bytes.length])}\n`).update(bytes);
    await pause(bytes.length);
  }
  return true;
}

interface Content {
  readonly bytes: Buffer;
  readonly executable: boolean;
  /** Milliseconds since 1970. */
  readonly written: number;
}

/** Of a file's mode, Trivy asks only whether it is executable; it asks for no times and no owner. */
function contentOf(absolute: string): Content | undefined {
  try {
    return readRegularFile(absolute, (descriptor, { size, mode, mtimeMs }) =>
      size > FILE_LIMIT_BYTES ? undefined : { bytes: readBytes(descriptor, size), executable: (mode & 0o111) !== 0, written: mtimeMs },
    );
  } catch {
    return undefined;
  }
}
