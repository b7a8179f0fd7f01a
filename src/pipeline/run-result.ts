// What a run of a scanner came to, whichever way it was run, and how what its parts say becomes one.

import { byPlace } from "../findings/by-place.ts";
import type { Coverage } from "../findings/coverage.ts";
import type { Finding } from "../findings/finding.ts";
import { tooMuch } from "../scanners/report-json.ts";
import type { Installation, Part, Report, Scanner, ScannerOutput, ScanTarget } from "../scanners/scanner.ts";
import { compareText } from "../text/compare-text.ts";
import { identify, readLines } from "./identify.ts";

/** Three times what a tree of a million lines gave; the whole process needs about 300 MB for as many. */
export const MAX_FINDINGS = 250_000;

/** What a run proved and found; its findings have ids and are in order. */
export interface IdentifiedOutput extends ScannerOutput {
  readonly findings: readonly Finding[];
}

/** An output and the time its processes took. */
export interface RunResult {
  readonly output: IdentifiedOutput;
  /** Wall time from the first start to the last end, milliseconds; 0 when none was started. */
  readonly durationMs: number;
}

/** What reports are decoded with. */
export interface Decoding {
  readonly scanner: Scanner;
  readonly part: Part;
  readonly target: ScanTarget;
  readonly installation: Installation;
}

/** Decodes reports and gives what they found ids. Throws a ScannerError. */
export function decodeIdentified(reports: Iterable<Report>, { scanner, part, target, installation }: Decoding): IdentifiedOutput {
  const output = part.decode(reports, target, installation);
  requireFew(scanner, output.findings.length);
  return { ...output, findings: identify(output.findings, readLines(scanner.run, target.text)) };
}

/** Throws a ScannerError when there are more findings than fit into memory. */
export function requireFew({ name }: Scanner, findings: number): void {
  if (findings > MAX_FINDINGS) throw tooMuch(name, `has more than ${MAX_FINDINGS} findings`);
}

/** What outputs say together, in the order in which one says it. */
export function mergeOutputs(outputs: readonly IdentifiedOutput[]): IdentifiedOutput {
  return {
    findings: outputs.flatMap(({ findings }) => findings).sort(byPlace),
    coverage: mergeCoverage(outputs.map(({ coverage }) => coverage)),
    notices: outputs.flatMap(({ notices }) => notices),
    pinsTakenUp: [...new Set(outputs.flatMap(({ pinsTakenUp }) => pinsTakenUp))],
    comments: outputs.flatMap(({ comments }) => comments).sort((a, b) => compareText(a.path, b.path) || a.line - b.line),
  };
}

function mergeCoverage(parts: readonly Coverage[]): Coverage {
  const sum = (count: (part: Coverage) => number) => parts.reduce((total, part) => total + count(part), 0);
  return {
    expected: sum(({ expected }) => expected),
    covered: sum(({ covered }) => covered),
    cached: sum(({ cached = 0 }) => cached),
    unit: (parts.find(({ unit }) => unit !== "") ?? parts[0])?.unit ?? "",
    missing: parts.flatMap(({ missing }) => missing).sort((a, b) => compareText(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0)),
  };
}
