// Reads what an ended command left as its report: once, from the directory that was made for it, and only if it is a file of its own there.

import { join } from "node:path";
import { GateError, messageOf, ScannerError } from "../errors.ts";
import type { ProcessExit } from "../host/ports.ts";
import { readBytes, readRegularFile, type Space } from "../host/read-regular-file.ts";
import { tooMuch, unreadable } from "../scanners/report-json.ts";
import type { Report, Scanner } from "../scanners/scanner.ts";
import { type EntryKind, kindOf, placeOf } from "./tree.ts";

/** More than any real report: one run of Bandit over 800,000 lines wrote 63 MB, and we split such runs. */
export const REPORT_LIMIT_BYTES = 64 * 1024 * 1024;

/** A command that ended as its scanner allows; its report is still unread. */
export interface EndedCommand {
  /** Absolute. */
  readonly directory: string;
  /** Device and inode of `directory` before the start. */
  readonly place: string | null;
  /** The report, relative to `directory`. */
  readonly output: string;
  readonly exit: ProcessExit;
}

const NO_FILE: Readonly<Record<Exclude<EntryKind, "file" | "missing">, string>> = {
  directory: "a directory stands in its place",
  symlink: "a symbolic link stands in its place",
  special: "a pipe, device or socket stands in its place",
  unreadable: "it cannot be looked at",
};

/**
 * Throws a ScannerError `report-missing` when there is no report or an empty one, `report-unreadable` when what stands there is no file of its own, and
 * `scanner-flooded` when it is too large. `space` is for its bytes.
 */
export function readReport(scanner: Scanner, { directory, place, output, exit }: EndedCommand, space?: Space): Report {
  if (place === null || placeOf(directory) !== place) {
    throw unreadable(scanner.name, "the directory that was made for it has been replaced");
  }
  const path = join(directory, output);
  const kind = kindOf(path);
  if (kind === "missing") throw new ScannerError("report-missing", `${scanner.name} wrote no report.${saidBy(exit)}`);
  if (kind !== "file") throw unreadable(scanner.name, NO_FILE[kind]);
  const text = readText(scanner, path, space);
  if (text !== "") return { text, exit };
  throw new ScannerError("report-missing", `${scanner.name} left an empty report, which means it crashed.${saidBy(exit)}`);
}

/** A sentence with the end of what a process printed, or nothing when it printed nothing. */
export function saidBy({ lastWords }: ProcessExit): string {
  return lastWords === "" ? "" : ` It said: ${lastWords}`;
}

/** A file with a second name is somebody else's too: another scanner's report, or a file of the tree. */
function readText(scanner: Scanner, path: string, space?: Space): string {
  try {
    const bytes = readRegularFile(path, (descriptor, { size, nlink }) => {
      if (nlink !== 1) throw unreadable(scanner.name, `the file has ${nlink} names`);
      if (size > REPORT_LIMIT_BYTES) throw tooMuch(scanner.name, `wrote a report of ${size} bytes; ${REPORT_LIMIT_BYTES} can be read`);
      return readBytes(descriptor, size, space);
    });
    if (bytes === undefined) throw unreadable(scanner.name, NO_FILE.special);
    return bytes.toString("utf8");
  } catch (cause) {
    throw cause instanceof GateError ? cause : unreadable(scanner.name, messageOf(cause));
  }
}

/** The reports of commands in their order. Each is read when it is asked for, so that not all of them are in memory at once. */
export function* reportsOf(scanner: Scanner, ended: readonly EndedCommand[], space?: Space): Generator<Report> {
  for (const command of ended) yield readReport(scanner, command, space);
}
