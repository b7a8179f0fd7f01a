// Which file of the tree a misconfiguration is in, and the proof that every file was checked. Trivy passes over a file or chart it cannot parse.

import { posix } from "node:path";
import type { Gap } from "../../findings/coverage.ts";
import type { DecodedFinding, Location } from "../../findings/finding.ts";
import { unreadable } from "../report-json.ts";
import type { InfrastructureFile, ScanTarget } from "../scanner.ts";
import { hidingComment, honoursComments } from "./hiding-comment.ts";
import { infrastructurePaths } from "./infrastructure-paths.ts";
import { kubernetesLine } from "./kubernetes-lines.ts";
import { treePath } from "./layout.ts";
import { failedChecks, misconfigurationFinding } from "./misconfigurations.ts";
import { curtailedGap, curtailedResults } from "./rendered-charts.ts";
import type { TrivyMisconfiguration, TrivyResult } from "./report.ts";
import type { CommentsByPath } from "./suppressions.ts";

/** Builds the findings of all failed checks, those that a comment would hide included. */
export function infrastructureFindings(results: readonly TrivyResult[], target: ScanTarget, comments: CommentsByPath): DecodedFinding[] {
  return results.flatMap((result) => {
    const checks = failedChecks(result);
    if (checks.length === 0) return [];
    const { path, where } = placeOf(result, target);
    if (where !== undefined) return checks.map((check) => misconfigurationFinding(check, { path, startLine: 1, endLine: 1 }, where));
    const text = result.Type === "kubernetes" ? (target.text(path) ?? "") : "";
    const lineOf = (counted: number) => (text === "" ? counted : kubernetesLine(text, counted));
    const ofFile = honoursComments(result) ? (comments.get(path) ?? []) : [];
    return checks.map((check) => {
      const finding = misconfigurationFinding(check, locationOf(check, path, lineOf));
      const comment = hidingComment(check, result, ofFile);
      return comment === undefined ? finding : { ...finding, commentLine: comment.commentLine };
    });
  });
}

/** Every file must have been checked. A chart was when a template of its own was rendered, or when all of them are plain YAML and were checked as that. */
export function infrastructureGaps(results: readonly TrivyResult[], { infrastructure, files }: ScanTarget): Gap[] {
  const checked = new Set(checkedPaths(results));
  const rendered = checkedPaths(results.filter(({ Type }) => Type === "helm"));
  const isChecked = (file: InfrastructureFile): boolean => {
    if (file.type !== "helm") return checked.has(file.path);
    if (posix.basename(file.path) !== "Chart.yaml") return rendered.some((path) => path.startsWith(`${file.path}:`));
    const templates = `${folderOf(file.path)}templates/`;
    if (rendered.some((path) => path.startsWith(templates))) return true;
    return files.filter((path) => path.startsWith(templates) && isManifest(path)).every((path) => checked.has(path));
  };
  return infrastructure.filter((file) => !isChecked(file)).map(gapOf);
}

/** One for each template, or what stands for it, of which Trivy was asked to leave something out; in the order of paths. */
export function curtailedGaps(charts: readonly TrivyResult[], target: ScanTarget): Gap[] {
  const paths = curtailedResults(charts).map((result) => placeOf(result, target).path);
  return [...new Set(paths)].sort().map(curtailedGap);
}

function checkedPaths(results: readonly TrivyResult[]): string[] {
  return results.flatMap(({ Class, Target }) => (Class === "config" ? (treePath(Target) ?? []) : []));
}

function gapOf({ path, type }: InfrastructureFile): Gap {
  if (type === "helm" && posix.basename(path) !== "Chart.yaml") return archiveGap(path);
  const what = type === "helm" ? "could not render the chart" : `did not check it as ${type}`;
  return {
    path,
    reason: `Trivy ${what}`,
    remedy: "See that it is complete and without errors of syntax, with every value and dependency it needs.",
  };
}

/** Trivy does not say why it passes over one. */
function archiveGap(path: string): Gap {
  return {
    path,
    reason: "Trivy did not look into this archive of a chart, or could not render it",
    remedy:
      "It passes over one that lies beside the folder of its chart or in the folder of another, and over a large one: move it elsewhere, exclude it, or accept the gap in the policy.",
  };
}

/** A file of a chart's templates that yields a resource, not one with definitions for others. */
function isManifest(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path) && !posix.basename(path).startsWith("_");
}

/** The folder of a file with its `/`; empty for the root. */
function folderOf(path: string): string {
  return path.slice(0, path.length - posix.basename(path).length);
}

interface Place {
  readonly path: string;
  /** What is known of the place besides, where `path` only stands for it. */
  readonly where?: string;
}

/**
 * Trivy looks into archives of charts, names a template of a nested chart by the chart's name instead of its folder, and loses the path of some Azure
 * templates. The archive, the chart around it and the first file of the type stand for those.
 */
function placeOf({ Target, Type }: TrivyResult, target: ScanTarget): Place {
  const path = treePath(Target);
  if (path !== undefined) return placeOfPath(path, target);
  const ofType = target.infrastructure.filter(({ type }) => type === Type).map((file) => file.path);
  const [first] = [...ofType, ...infrastructurePaths(target)];
  if (Target !== "" || first === undefined) throw notGiven();
  return { path: first, where: "Trivy does not name the file" };
}

function placeOfPath(path: string, target: ScanTarget): Place {
  if (target.files.includes(path)) return { path };
  const archive = target.files.find((file) => path.startsWith(`${file}:`));
  if (archive !== undefined) return { path: archive, where: `in ${path.slice(archive.length + 1)}` };
  const charts = infrastructurePaths(target).filter((file) => posix.basename(file) === "Chart.yaml" && path.startsWith(folderOf(file)));
  const [nearest] = charts.sort((a, b) => b.length - a.length);
  if (nearest === undefined) throw notGiven();
  return { path: nearest, where: `rendered as ${path}` };
}

function notGiven(): Error {
  return unreadable("Trivy", "Results[].Target: it is not a file that was given");
}

function locationOf({ CauseMetadata: cause }: TrivyMisconfiguration, path: string, lineOf: (counted: number) => number): Location {
  const startLine = lineOf(Math.max(1, cause?.StartLine ?? 1));
  return { path, startLine, endLine: Math.max(startLine, lineOf(cause?.EndLine ?? 1)) };
}
