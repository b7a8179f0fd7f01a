// Tells new findings and comments from those that the base has too. Old is only what a scan of the base found there, or what nothing has touched: where
// the base could not be looked at, everything is new.

import { byPlace } from "../findings/by-place.ts";
import type { Notice } from "../findings/coverage.ts";
import type { DecodedFinding, Finding, FindingId } from "../findings/finding.ts";
import type { ComparedComment, InlineComment } from "../findings/inline-comment.ts";
import { packageKey } from "../findings/package-ref.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { CompletedRun, ScannerRun } from "../findings/scanner-run.ts";
import type { MovedFrom, Novelty } from "../findings/triaged-finding.ts";
import type { Pin } from "../manifests/pin.ts";
import type { ScanTarget } from "../scanners/scanner.ts";
import { NO_LINES, type SourceLines } from "../text/source-lines.ts";
import { withoutSpace } from "../text/without-space.ts";
import { basePinsFor, recallFindings } from "./base-dependencies.ts";
import { nameAtBase } from "./change.ts";
import type { Comparison } from "./comparison.ts";
import { identify, identityOf, type Lines, readLines } from "./identify.ts";
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
  /** What it is at the base, when that is another path. */
  readonly movedFrom?: MovedFrom;
}

/** What comparing the findings of all runs gives. */
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
    for (const [id, found] of compareUntouched(untouched, run.run, comparison)) compared.set(id, found);
    const others = run.findings.filter((finding) => !comparison.isUntouched(finding));
    const touched = compareTouched(others, { run, scan: scans.find((scan) => scan.run.run === run.run), comparison });
    const again = identify(touched, readLines(run.run, comparison.workspace.text), ({ result }) => result.novelty === "new");
    const findings = again.map(({ result, ...finding }): Finding => {
      compared.set(finding.id, result);
      return finding;
    });
    return { ...run, findings: [...untouched, ...findings].sort(byPlace) };
  });
  return { runs: identified, compared };
}

/** Under another name the findings of a file have other ids: those that they have at the base are made here. */
function compareUntouched(findings: readonly Finding[], run: RunId, { change, workspace }: Comparison): [FindingId, ComparedFinding][] {
  const ofBase = findings.map(({ id, ...finding }) => ({
    ...finding,
    headId: id,
    headPath: finding.location.path,
    location: { ...finding.location, path: nameAtBase(change, finding.location.path) },
  }));
  const lines = readLines(run, (path) => workspace.text(change.headPath(path) ?? path));
  return identify(ofBase, lines).map(({ headId, headPath, id, location: { path } }) => [headId, unchangedAt(headPath, { path, id })]);
}

function unchangedAt(headPath: string, atBase: MovedFrom): ComparedFinding {
  return { novelty: "unchanged", ...(atBase.path === headPath ? {} : { movedFrom: atBase }) };
}

interface Sides {
  readonly run: CompletedRun;
  readonly scan: BaseScan | undefined;
  readonly comparison: Comparison;
}

type WithResult = Finding & { readonly result: ComparedFinding };

function compareTouched(findings: readonly Finding[], { run, scan, comparison }: Sides): WithResult[] {
  const { change, workspace } = comparison;
  const headLines = readLines(run.run, workspace.text);
  const baseLines = readLines(run.run, scan?.target.text ?? (() => undefined));
  const sorted = [...findings].sort(byPlace);
  const comparable = sorted.flatMap((finding) => {
    const path = basePathOf(finding, comparison);
    return path === null ? [] : [{ finding, path }];
  });
  const pins = basePinsFor(findings, comparison);
  const scanned = (scan?.run.findings ?? []).filter((finding) => isOfBase(finding, pins.unknown, comparison));
  const ofBase = identify([...scanned, ...recallFindings(pins.known, run.findings)], baseLines);
  const matches = matchOccurrences(
    comparable.map(({ finding, path }) => occurrenceOf(finding, path, headLines)),
    ofBase.map((finding) => {
      const isMoved = finding.kind === "dependency" && change.headPath(finding.location.path) === null;
      return occurrenceOf(finding, isMoved ? MOVED : finding.location.path, baseLines);
    }),
  );
  const old = new Map(comparable.map(({ finding }, index) => [finding, ofBase[matches[index] ?? -1]]));
  return sorted.map((finding) => {
    const match = old.get(finding);
    return {
      ...finding,
      result: match === undefined ? NEW : unchangedAt(finding.location.path, { path: match.location.path, id: match.id }),
    };
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

/** A dependency's surroundings are its version: of two pins of one package the one that stayed is the old one. */
function occurrenceOf(finding: DecodedFinding, path: string, lines: Lines): Occurrence {
  if (finding.kind === "dependency") {
    return { key: identityOf(finding, path, NO_LINES), surroundings: packageKey(finding.package.name, finding.package.version) };
  }
  const text = lines(finding.location.path);
  return { key: identityOf(finding, path, text), surroundings: neighboursOf(text, finding.location.startLine) };
}

/** The nearest lines that say something, above and below a line (1-based), without white space. */
function neighboursOf(lines: SourceLines, line: number): string {
  const nearest = (step: 1 | -1): string => {
    for (let number = line + step; number >= 1 && number <= lines.count; number += step) {
      const said = withoutSpace(lines.between(number, number));
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
    const headLines = readLines(run.run, workspace.text);
    const baseLines = readLines(run.run, scan?.target.text ?? (() => undefined));
    const touched = run.comments.filter(({ path }) => !isSameFor(run.run, path));
    const matches = matchOccurrences(
      touched.map((comment) => commentOccurrence(comment, change.counterpart(comment.path)?.path ?? null, headLines)),
      (scan?.run.comments ?? []).map((comment) => commentOccurrence(comment, comment.path, baseLines)),
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
