// What gates, at its place in the change, for jobs whose upload cannot show it there. GitHub shows at most ten error annotations of a step and drops the
// rest; two are kept for the verdict and a failed upload, so there are eight for findings. The summary and report.json have all.

import { join, relative, sep } from "node:path";
import type { AnnotationProperties } from "@actions/core";
import { isInside } from "../host/is-inside.ts";
import { fixLine } from "../report/fix.ts";
import { counted, formatList, formatPlace } from "../report/format.ts";
import { entryFix, formatScanners, type GatingEntry, gatingEntries, refusedComment } from "../report/gating.ts";
import type { ScanReport } from "../report/scan-report.ts";
import type { ActionsLog } from "./actions-log.ts";

export interface AnnotationOptions {
  /** Real path of the job's workspace, absolute: GitHub takes paths of files relative to it. */
  readonly workspace: string;
  /** Runs whose findings GitHub shows as alerts. */
  readonly shown: ReadonlySet<string>;
  readonly log: ActionsLog;
}

const MOST_ANNOTATIONS = 8;
/** Advisory ids named of one package. */
const MOST_IDS = 10;
/** Characters of a message. */
const MESSAGE_LENGTH = 1_000;

/** Writes an error annotation for each of the eight most severe entries that gate and are no alerts; all flaws of one package are one entry. */
export function annotateGating(report: ScanReport, { workspace, log, shown }: AnnotationOptions): void {
  for (const entry of gatingEntries(report)
    .filter(({ first }) => !shown.has(first.run))
    .slice(0, MOST_ANNOTATIONS)) {
    const { severity } = entry.first;
    const file = fileIn(workspace, report.root, entry);
    const place = file === null ? `${formatPlace(entry.first.location, entry.first.run)}: ` : "";
    const title = `${severity}: ${subject(entry)}`;
    const properties = { title, ...(file === null ? {} : fileProperties(file, entry)) };
    log.error(`${place}${title}: ${explanation(entry)}`, properties, MESSAGE_LENGTH);
  }
}

/** Path relative to the workspace, exact: the command line escapes it. Null for an image, and for a file that is not in the workspace. */
function fileIn(workspace: string, root: string, { first }: GatingEntry): string | null {
  if (first.run === "trivy-image") return null;
  const path = join(root, first.location.path);
  return isInside(workspace, path) ? relative(workspace, path).split(sep).join("/") : null;
}

function fileProperties(file: string, { first }: GatingEntry): AnnotationProperties {
  const { startLine, endLine } = first.location;
  return { file, startLine, endLine };
}

/** The rule, or the package at its version. */
function subject({ first }: GatingEntry): string {
  return first.kind === "dependency" ? `${first.package.name} ${first.package.version}` : first.rule.id;
}

function explanation(entry: GatingEntry): string {
  const { first, findings } = entry;
  if (first.kind !== "dependency") return `${first.message} ${refusedComment(first)}`.trimEnd();
  const ids = findings.map((finding) => (finding.kind === "dependency" ? finding.advisory.id : finding.rule.id));
  const scanners = formatScanners(entry);
  const why =
    ids.length === 1
      ? `${ids[0]}${scanners} ${first.rule.title}`
      : `${counted(ids.length, "advisory", "advisories")}${scanners}, ${formatList(ids, MOST_IDS)}`;
  const fix = entryFix(entry);
  if (fix === null) return `${why}. ${ids.length === 1 ? "No fixed version is known." : "No one version is known to fix all."}`;
  const part = fix.closes === ids.length ? "" : ` (closes ${fix.closes} of ${ids.length})`;
  const line = fixLine(first, fix.version);
  return `${why}. Fixed in ${fix.version}${part}${line === null ? "" : `: ${line}`}`;
}
