// The files of which Trivy reads comments that hide misconfigurations: too many rather than too few, as whatever is missing here could hide findings.

import { posix } from "node:path";
import type { ScanTarget } from "../scanner.ts";
import { infrastructurePaths } from "./infrastructure-paths.ts";

/** A chart that Helm takes is smaller, packed or not. */
const ARCHIVE_LIMIT_BYTES = 128 * 1024 * 1024;

/** Dockerfiles, templates and manifests, and all files of charts, as a template may take in any of them; in the order of `files`. JSON has no comments. */
export function commentFiles(target: ScanTarget): string[] {
  const own = new Set(infrastructurePaths(target).filter((path) => !path.endsWith(".json") && !isArchive(path)));
  const isOfChart = chartMembership(target);
  return target.files.filter((path) => !isArchive(path) && (own.has(path) || isOfChart(path)));
}

/** Everything Trivy needs to render the charts: all files in their folders, and archives that may be charts; in the order of `files`. */
export function chartFiles(target: ScanTarget): string[] {
  const archives = new Set(infrastructurePaths(target).filter((path) => isArchive(path) && target.size(path) <= ARCHIVE_LIMIT_BYTES));
  const isOfChart = chartMembership(target);
  return target.files.filter((path) => archives.has(path) || isOfChart(path));
}

function chartMembership(target: ScanTarget): (path: string) => boolean {
  const charts = infrastructurePaths(target).filter((path) => posix.basename(path) === "Chart.yaml");
  const folders = charts.map((path) => path.slice(0, -"Chart.yaml".length));
  return (path) => folders.some((folder) => path.startsWith(folder));
}

function isArchive(path: string): boolean {
  return /\.(?:tgz|tar\.gz)$/.test(path);
}
