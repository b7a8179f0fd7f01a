// Tells new findings and comments from those that the base has too. Old is only what a scan of the base found there, or what nothing has touched: where
// the base could not be looked at, everything is new.

import { byPlace } from "../findings/by-place.ts";
import type { Notice } from "../findings/coverage.ts";
import type { DecodedFinding, Finding, FindingId } from "../findings/finding.ts";
import type { ComparedComment, InlineComment } from "../findings/inline-comment.ts";
import { packageKey } from "../findings/package-ref.ts";
import type { CompletedRun, ScannerRun } from "../findings/scanner-run.ts";
import type { Novelty } from "../findings/triaged-finding.ts";
import type { Pin } from "../manifests/pin.ts";
import type { ScanTarget } from "../scanners/scanner.ts";
import { basePinsFor, recallFindings } from "./base-dependencies.ts";
import type { Comparison } from "./comparison.ts";
import { identify, identityOf, linesOf, withoutSpace } from "./identify.ts";
import { matchOccurrences, type Occurrence } from "./occurrences.ts";

/** A run on the base that completed, and what it was given. */
export interface BaseScan {
  readonly run: CompletedRun;
  readonly target: ScanTarget;
  readonly pinsTakenUp: readonly string[];
}

/** Stands for the path of every dependency whose manifest was deleted at the base or added at the head: such findings are compared wherever they are. */
const MOVED = "";

/** What the base knows of a finding. */
export interface ComparedFinding {
  readonly novelty: Novelty;
  /** Where the base has it, when that is another path. */
  readonly movedFrom?: string;
}

export interface ComparedFindings {
  /** The head's runs. Where a copy was put above an old mistake, the old one has the id that it has at the base. */
  readonly runs: readonly ScannerRun[];
  /** Of every finding of the runs, by its id there. */
  readonly compared: ReadonlyMap<FindingId, ComparedFinding>;
}

const NEW: ComparedFinding = { novelty: "new" };

/** Compares every finding of the head's runs. `scans` are those of the plan (`planBase`), all of them. */
export function compareFindings(runs: readonly ScannerRun[], scans: readonly BaseScan[], comparison: Comparison): ComparedFindings {
  const compared = new Map<FindingId, ComparedFinding>();
  const identified = runs.map((run) => {
    if (run.status !== "completed") return run;
    const untouched = run.findings.filter(comparison.isUntouched);
    for (const finding of untouched) compared.set(finding.id, unchangedAt(finding, counterpartPath(finding, comparison)));
    const others = run.findings.filter((finding) => !comparison.isUntouched(finding));
    const touched = compareTouched(others, { run, scan: scans.find((scan) => scan.run.run === run.run), comparison });
    const lines = readerOf(comparison.workspace.text);
    const again = identify(
      touched,
      (path, line) => lines(path)[line - 1],
      ({ result }) => result.novelty === "new",
    );
    const findings = again.map(({ result, ...finding }): Finding => {
      compared.set(finding.id, result);
      return finding;
    });
    return { ...run, findings: [...untouched, ...findings].sort(byPlace) };
  });
  return { runs: identified, compared };
}

function counterpartPath({ location }: Finding, { change }: Comparison): string {
  return change.counterpart(location.path)?.path ?? location.path;
}

function unchangedAt({ location }: Finding, basePath: string): ComparedFinding {
  return { novelty: "unchanged", ...(basePath === location.path ? {} : { movedFrom: basePath }) };
}

interface Sides {
  readonly run: CompletedRun;
  readonly scan: BaseScan | undefined;
  readonly comparison: Comparison;
}

type WithResult = Finding & { readonly result: ComparedFinding };

function compareTouched(findings: readonly Finding[], { run, scan, comparison }: Sides): WithResult[] {
  const { change, workspace } = comparison;
  const now = readerOf(workspace.text);
  const then = readerOf(scan?.target.text ?? (() => undefined));
  const sorted = [...findings].sort(byPlace);
  const comparable = sorted.flatMap((finding) => {
    const path = basePathOf(finding, comparison);
    return path === null ? [] : [{ finding, path }];
  });
  const pins = basePinsFor(findings, comparison);
  const scanned = (scan?.run.findings ?? []).filter((finding) => isOfBase(finding, pins.unknown, comparison));
  const before = [...scanned, ...recallFindings(pins.known, run.findings)].sort(byPlace);
  const matches = matchOccurrences(
    comparable.map(({ finding, path }) => occurrenceOf(finding, path, now)),
    before.map((finding) => {
      const isMoved = finding.kind === "dependency" && change.headPath(finding.location.path) === null;
      return occurrenceOf(finding, isMoved ? MOVED : finding.location.path, then);
    }),
  );
  const old = new Map(comparable.map(({ finding }, index) => [finding, before[matches[index] ?? -1]]));
  return sorted.map((finding) => {
    const match = old.get(finding);
    return { ...finding, result: match === undefined ? NEW : unchangedAt(finding, match.location.path) };
  });
}

/** The path under which the base is searched for a finding; null when the base has nothing to compare it with. */
function basePathOf(finding: Finding, { change, isPinned }: Comparison): string | null {
  if (finding.run === "trivy-image") return null;
  return change.counterpart(finding.location.path)?.path ?? (isPinned(finding) ? MOVED : null);
}

/** Of the packages in our manifests only the pins that were asked for count: what Trivy reads there besides is known from the head. */
function isOfBase(finding: DecodedFinding, asked: readonly Pin[], { baseManifests }: Comparison): boolean {
  const { path, startLine } = finding.location;
  if (finding.kind !== "dependency" || !finding.package.purl.startsWith("pkg:pypi/")) return true;
  if (!baseManifests.manifests.includes(path)) return true;
  const key = packageKey(finding.package.name, finding.package.version);
  return asked.some((pin) => pin.path === path && pin.startLine === startLine && packageKey(pin.name, pin.version) === key);
}

type Lines = (path: string) => readonly string[];

/** Keeps the lines of the file asked for last: findings come file by file. */
function readerOf(text: ScanTarget["text"]): Lines {
  let last: { readonly path: string; readonly lines: readonly string[] } | null = null;
  return (path) => {
    if (last?.path !== path) last = { path, lines: linesOf(text(path)) };
    return last.lines;
  };
}

/** A dependency's surroundings are its version: of two pins of one package the one that stayed is the old one. */
function occurrenceOf(finding: DecodedFinding, path: string, lines: Lines): Occurrence {
  if (finding.kind === "dependency") {
    return { key: identityOf(finding, path, undefined), surroundings: packageKey(finding.package.name, finding.package.version) };
  }
  const { path: own, startLine } = finding.location;
  const text = lines(own);
  return { key: identityOf(finding, path, text[startLine - 1]), surroundings: neighboursOf(text, startLine) };
}

/** The nearest lines that say something, above and below a line (1-based), without white space. */
function neighboursOf(lines: readonly string[], line: number): string {
  const nearest = (step: 1 | -1): string => {
    for (let index = line - 1 + step; index >= 0 && index < lines.length; index += step) {
      const said = withoutSpace(lines[index] ?? "");
      if (said !== "") return said;
    }
    return "";
  };
  return JSON.stringify([nearest(-1), nearest(1)]);
}

/** Returns every comment of the head's runs with its novelty, in the order of runs. */
export function compareComments(runs: readonly ScannerRun[], scans: readonly BaseScan[], comparison: Comparison): ComparedComment[] {
  const { change, workspace, isSameFor } = comparison;
  return runs.flatMap((run) => {
    if (run.status !== "completed") return [];
    const scan = scans.find((candidate) => candidate.run.run === run.run);
    const now = readerOf(workspace.text);
    const then = readerOf(scan?.target.text ?? (() => undefined));
    const touched = run.comments.filter(({ path }) => !isSameFor(run.run, path));
    const matches = matchOccurrences(
      touched.map((comment) => commentOccurrence(comment, change.counterpart(comment.path)?.path ?? null, now)),
      (scan?.run.comments ?? []).map((comment) => commentOccurrence(comment, comment.path, then)),
    );
    const added = new Set(touched.filter((_, index) => matches[index] === null));
    return run.comments.map((comment) => ({ ...comment, novelty: added.has(comment) ? "new" : "unchanged" }));
  });
}

/** A file without a counterpart has no path at the base, so its comments equal none there. */
function commentOccurrence({ scanner, path, line, text }: InlineComment, basePath: string | null, lines: Lines): Occurrence {
  return { key: JSON.stringify([scanner, basePath, text]), surroundings: neighboursOf(lines(path), line) };
}

/** Returns what could not be looked at in the base, where that makes findings new. */
export function baseNotices(scans: readonly BaseScan[], { change }: Comparison): Notice[] {
  return scans.flatMap(({ run, target, pinsTakenUp }) => {
    const takenUp = new Set(pinsTakenUp);
    const missed = run.run === "bandit" ? [] : target.pins.filter(({ name, version }) => !takenUp.has(packageKey(name, version)));
    const atHead = (path: string) => (path === "." ? {} : { path: change.headPath(path) ?? path });
    return [
      ...run.coverage.missing.map(({ path, reason }) => ({
        ...atHead(path),
        message: `its findings may count as new, for it could not be looked at as it was in the base: ${reason}`,
      })),
      ...missed.map(({ path, name, version }) => ({
        ...atHead(path),
        message: `flaws of ${name} count as new, for ${run.scanner} did not take up ${name}==${version}, which the base pins`,
      })),
    ];
  });
}
