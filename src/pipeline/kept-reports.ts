// Reports of earlier runs, each file under the key of what decided them. What is kept is what the scanner wrote, so whoever takes it decodes it, and asks it for
// every proof, as on the first day. Nothing that is not exactly as it was written is believed, and nothing here can fail a run.

import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import type { Notice } from "../findings/coverage.ts";
import type { Clock } from "../host/ports.ts";
import { readBytes, readRegularFile } from "../host/read-regular-file.ts";
import type { Report } from "../scanners/scanner.ts";
import { dayOf } from "../text/day-of.ts";
import { replaceFile } from "../tools/cache-directory.ts";
import { systemCode } from "../tools/install-failure.ts";

/** Of one file. Reports that do not fit are not kept: reading them back would cost more than it should. */
export const KEPT_LIMIT_BYTES = 16 * 1024 * 1024;

/** What was kept under a key, or why nothing of it can be used. Nothing was kept, or on another day: both are null. */
export interface Kept {
  readonly reports: readonly Report[] | null;
  readonly notice: Notice | null;
}

export interface KeptReports {
  /** Returns the reports of a run in the order of its commands. */
  read(key: string): Kept;
  /** Keeps the reports of a completed run, whole or not at all, in place of what was there. Returns what stood in the way, or null. */
  write(key: string, reports: readonly Report[]): Promise<Notice | null>;
}

/** The reports kept in a directory, which is made when there is something to keep. Keys are hexadecimal. */
export function keptReports(directory: string, clock: Pick<Clock, "now">): KeptReports {
  const placeOf = (key: string) => join(directory, `report-${key.slice(0, 32)}.json`);
  return {
    read: (key) => {
      const path = placeOf(key);
      try {
        return { reports: readKept(path, key, clock.now()), notice: null };
      } catch (thrown) {
        if (systemCode(thrown) === "ENOENT") return { reports: null, notice: null };
        return { reports: null, notice: notice(`The kept reports in ${path} are not used`, thrown) };
      }
    },
    write: async (key, reports) => {
      try {
        const text = render(key, reports, clock.now());
        if (text === null) return null;
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await replaceFile(placeOf(key), text);
        return null;
      } catch (thrown) {
        return notice(`The reports of this run cannot be kept in ${directory}`, thrown);
      }
    },
  };
}

function notice(what: string, thrown: unknown): Notice {
  return { message: `${what}: ${messageOf(thrown)}` };
}

/** Decoders look at nothing of a process but its exit status. */
const Contents = z.object({ keptAt: z.iso.datetime(), reports: z.array(z.object({ code: z.int(), text: z.string() })) });

/** The first line, without its end. The number is that of the format. */
function header(key: string, contents: string | Buffer): string {
  return `sarif-gate reports 1 ${key} ${createHash("sha256").update(contents).digest("hex")}`;
}

/** Null when the reports cannot be kept. */
function render(key: string, reports: readonly Report[], now: Date): string | null {
  const kept = reports.flatMap(({ text, exit: { end } }) => (end.kind === "exited" ? [{ code: end.code, text }] : []));
  if (kept.length < reports.length) return null;
  const contents = JSON.stringify({ keptAt: now.toISOString(), reports: kept } satisfies z.input<typeof Contents>);
  const text = `${header(key, contents)}\n${contents}`;
  return Buffer.byteLength(text) > KEPT_LIMIT_BYTES ? null : text;
}

/** Throws the system's error, or one that says what is wrong with the file. Null: of another day. */
function readKept(path: string, key: string, now: Date): Report[] | null {
  const bytes = readRegularFile(path, readWhole);
  if (bytes === undefined) throw new Error("it is not a file");
  const end = bytes.indexOf("\n");
  const contents = bytes.subarray(end + 1);
  if (bytes.toString("latin1", 0, Math.max(end, 0)) !== header(key, contents)) {
    throw new Error("it is damaged, of another version or of another scan");
  }
  const { keptAt, reports } = Contents.parse(JSON.parse(contents.toString("utf8")));
  // Some of what Trivy finds depends on the day: a check that compares a date with today's, or a comment that holds until then in an archive.
  if (dayOf(new Date(keptAt)) !== dayOf(now)) return null;
  return reports.map(({ code, text }) => ({ text, exit: exited(code) }));
}

/** A file with a second name can be changed by whoever has that. */
function readWhole(descriptor: number, { size, nlink }: Stats): Buffer {
  if (nlink !== 1) throw new Error(`it has ${nlink} names`);
  if (size > KEPT_LIMIT_BYTES) throw new Error(`it has ${size} bytes; ${KEPT_LIMIT_BYTES} can be read`);
  return readBytes(descriptor, size);
}

/** What a process printed is not kept, as nobody asks for it again. */
function exited(code: number): Report["exit"] {
  return { end: { kind: "exited", code }, durationMs: 0, stdoutTail: "", stderrTail: "", lastWords: "", stderrDropped: false };
}
