// Recorded runs of the real scanners (fixtures/<run>/<case>, see commands.md there) as a scanner is given them, and ways to change a report.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunId } from "../../src/findings/scanner-id.ts";
import { decodeIdentified, mergeOutputs } from "../../src/pipeline/run-result.ts";
import { SCANNERS } from "../../src/scanners/registry.ts";
import type { CommandContext, Installation, Report, Scanner, ScannerOutput, ScanTarget } from "../../src/scanners/scanner.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures");

export interface Fixture {
  readonly scanner: Scanner;
  readonly target: ScanTarget;
  readonly installation: Installation;
  readonly reports: readonly Report[];
}

/** What `case.json` holds. */
interface Case extends Omit<ScanTarget, "files" | "text" | "size"> {
  readonly files: Readonly<Record<string, string>>;
  readonly database: string | null;
  readonly exits: readonly { readonly code: number; readonly stderr: string }[];
}

export function scannerOf(run: RunId): Scanner {
  const scanner = SCANNERS.find((candidate) => candidate.run === run);
  if (scanner === undefined) throw new Error(`no scanner ${run}`);
  return scanner;
}

/** Names of the recorded cases of a run. */
export function caseNames(run: RunId): string[] {
  const entries = readdirSync(join(FIXTURES, run), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

export function fixture(run: RunId, name: string): Fixture {
  const read = (file: string) => readFileSync(join(FIXTURES, run, name, file), "utf8");
  const { files, database, exits, ...rest } = JSON.parse(read("case.json")) as Case;
  const texts = new Map(Object.entries(files));
  return {
    scanner: scannerOf(run),
    target: target({ ...rest, files: Object.keys(files), text: (path) => texts.get(path) }),
    installation: installation(database),
    reports: exits.map(({ code, stderr }, index) => report(read(`report-${index}.json`), code, stderr)),
  };
}

export function target(overrides: Partial<ScanTarget>): ScanTarget {
  return {
    root: "/home/dev/shop",
    files: [],
    python: [],
    pins: [],
    infrastructure: [],
    possibleInfrastructure: [],
    image: null,
    text: () => undefined,
    size: () => 0,
    ...overrides,
  };
}

export function installation(database: string | null): Installation {
  return { launch: ["/opt/scanner"], version: "1.2.3", databaseDirectory: database, database: null, python: "3.11" };
}

export function context(database: string | null = "/db"): CommandContext {
  return {
    directory: (index) => `/private/${index}`,
    installation: installation(database),
    timeoutMs: 90_000,
    searchPath: "/usr/bin:/bin",
  };
}

export function report(text: string, code = 0, stderrTail = ""): Report {
  return { text, exit: { end: { kind: "exited", code }, durationMs: 1, stdoutTail: "", stderrTail, lastWords: "", stderrDropped: false } };
}

/** Decodes a fixture, by default as it was recorded. Each part is given all of it, and says what is its own. */
export function decode({ scanner, target: scanned, installation: installed, reports }: Fixture): ScannerOutput {
  const [part, ...others] = scanner.parts;
  if (others.length === 0) return part.decode(reports, scanned, installed);
  const decoding = { scanner, target: scanned, installation: installed };
  return mergeOutputs(scanner.parts.map((one) => decodeIdentified(reports, { ...decoding, part: one })));
}

/** A report as a value that a test may change at will. */
// biome-ignore lint/suspicious/noExplicitAny: recorded JSON has no type
export type Json = any;

/** The fixture with its report at `index` changed by `change`. */
export function edited(recorded: Fixture, change: (json: Json) => void, index = 0): Fixture {
  const reports = recorded.reports.map((one, position) => {
    if (position !== index) return one;
    const json: Json = JSON.parse(one.text);
    change(json);
    return { ...one, text: JSON.stringify(json) };
  });
  return { ...recorded, reports };
}

/** Decodes and returns the message of the error, with its code in front; fails when there is none. */
export function complaint(recorded: Fixture): string {
  try {
    decode(recorded);
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  throw new Error("the report was believed");
}
