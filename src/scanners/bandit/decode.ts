// From Bandit's reports to findings and the proof of what was looked at.

import { join } from "node:path";
import type { Gap } from "../../findings/coverage.ts";
import type { DecodedFinding } from "../../findings/finding.ts";
import type { InlineComment } from "../../findings/inline-comment.ts";
import type { ProcessExit } from "../../host/ports.ts";
import { NO_LINES, sourceLines } from "../../text/source-lines.ts";
import { withoutSpace } from "../../text/without-space.ts";
import { inOrder } from "../in-order.ts";
import { decodeLongReport, unreadable } from "../report-json.ts";
import type { Installation, Report, ScannerOutput, ScanTarget } from "../scanner.ts";
import { sharing } from "../shared-values.ts";
import { type BanditProof, banditCoverage } from "./coverage.ts";
import { banditFinding, type ScannedFile, type Shared } from "./findings.ts";
import { nosecComments } from "./nosec.ts";
import { type BanditResult, banditReportSchema, banditResultSchema } from "./report.ts";

/** A check that raised an exception: bandit/core/tester.py logs it with a stack trace and goes on. What follows the first words may be unreadable. */
const FAILED_CHECK = /Bandit internal error running: (?:(\w+) on file (.*) at line (\d+): )?/g;

const LONG_LOG: Gap = {
  path: ".",
  reason: "Bandit's log is longer than what is kept of it, so a failed check may be missing here",
  remedy: "Mend what the other gaps of Bandit name.",
};

/** The relative path of a file as it stands in a report or log; undefined for one that was not given. */
type PathOf = (filename: string) => string | undefined;

/** Decodes all reports of a run. Throws a ScannerError `report-unreadable`. */
export function decodeBandit(reports: Iterable<Report>, target: ScanTarget, installation: Installation): ScannerOutput {
  const given = new Map(target.python.map((path) => [join(target.root, path), path]));
  const pathOf: PathOf = (filename) => given.get(filename);
  const shared: Shared = { rule: sharing(), message: sharing() };
  const nosec = new Map(target.python.map((path) => [path, nosecComments(target.text(path) ?? "")]));
  const contents = Array.from(reports, (report) => readOne(report, target, { pathOf, shared, nosec }));
  const proof: BanditProof = {
    read: new Set(contents.flatMap((content) => content.read)),
    errors: new Map(contents.flatMap((content) => content.errors)),
    failedChecks: contents.flatMap((content) => content.failedChecks),
  };
  return {
    findings: inOrder(contents.flatMap((content) => content.findings)),
    coverage: banditCoverage(proof, target, installation.python),
    notices: [],
    pinsTakenUp: [],
    comments: [...nosec].flatMap(([path, comments]) => inlineComments(path, comments, target)),
  };
}

/** What is kept of one report, so that its text and its parsed form can go before the next one is read. */
interface ReportContents {
  readonly findings: readonly DecodedFinding[];
  readonly read: readonly string[];
  readonly errors: readonly (readonly [path: string, reason: string])[];
  readonly failedChecks: readonly Gap[];
}

interface Reading {
  readonly pathOf: PathOf;
  readonly shared: Shared;
  /** The `# nosec` comments of every file. */
  readonly nosec: ReadonlyMap<string, ScannedFile["comments"]>;
}

function readOne(report: Report, target: ScanTarget, reading: Reading): ReportContents {
  const { pathOf } = reading;
  const { report: rest, results } = decodeLongReport("Bandit", report.text, { report: banditReportSchema, result: banditResultSchema });
  const findings = findingsOf(results, target, reading);
  requireAnnounced(report.exit, findings.length);
  const { metrics, errors } = rest;
  const files = [...metrics.keys()].filter((filename) => filename !== "_totals");
  return {
    findings,
    read: files.map((filename) => requirePath(filename, "metrics", pathOf)),
    errors: errors.map(({ filename, reason }) => [requirePath(filename, "errors", pathOf), reason]),
    failedChecks: failedChecks(report.exit, pathOf),
  };
}

/** Every level is reported, so the exit status is 1 exactly when there are results; anything else is a crash that looks like a scan. */
function requireAnnounced({ end }: ProcessExit, findings: number): void {
  const announced = end.kind === "exited" && end.code === 1;
  if (announced !== findings > 0) throw unreadable("Bandit", "results: their number contradicts the exit status");
}

/** The checks that failed, and the gap for those that the log may have named in what was dropped of it. */
function failedChecks({ stderrTail, stderrDropped }: ProcessExit, pathOf: PathOf): Gap[] {
  const failed = [...stderrTail.matchAll(FAILED_CHECK)].map(([, check, filename = "", line]): Gap => {
    const path = pathOf(filename);
    const remedy = "Write the line in another way, and report it to the Bandit project.";
    if (path !== undefined) return { path, line: Number(line), reason: `Bandit's check ${check} failed on this line`, remedy };
    return {
      path: ".",
      reason: `Bandit's ${check === undefined ? "log says that a check" : `check ${check}`} failed on a file it does not name`,
      remedy,
    };
  });
  return stderrDropped ? [...failed, LONG_LOG] : failed;
}

/** Results come file by file, so the lines of one file at a time are kept. */
function findingsOf(results: Iterable<BanditResult>, target: ScanTarget, { pathOf, shared, nosec }: Reading): DecodedFinding[] {
  let last: { readonly filename: string; readonly file: ScannedFile } | null = null;
  return Array.from(results, (result, index) => {
    const { filename } = result;
    if (last?.filename !== filename) {
      const path = requirePath(filename, `results[${index}].filename`, pathOf);
      last = { filename, file: scannedFile(path, target, nosec.get(path) ?? new Map()) };
    }
    return banditFinding(result, last.file, shared);
  });
}

function scannedFile(path: string, target: ScanTarget, comments: ScannedFile["comments"]): ScannedFile {
  const text = target.text(path);
  return { path, lines: text === undefined ? NO_LINES : sourceLines(text, "python"), comments };
}

/** The `# nosec` comments of a file with their lines, whether they hide something or not. */
function inlineComments(path: string, comments: ScannedFile["comments"], target: ScanTarget): InlineComment[] {
  if (comments.size === 0) return [];
  const source = sourceLines(target.text(path) ?? "", "python");
  return [...comments.keys()].map((line) => ({ scanner: "bandit", path, line, text: withoutSpace(source.line(line) ?? "") }));
}

function requirePath(filename: string, place: string, pathOf: PathOf): string {
  const path = pathOf(filename);
  if (path === undefined) throw unreadable("Bandit", `${place}: it names a file that was not given to it`);
  return path;
}
