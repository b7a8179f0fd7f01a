// How the benchmark starts sarif-gate: from a shell, offline, with the small databases.

import { DATABASES } from "./bench.ts";
import type { MeasuredCommand } from "./measure.ts";

export interface ScanCommand {
  readonly program: string;
  readonly root: string;
  /** Its XDG_CACHE_HOME. */
  readonly cache: string;
  /** Further options. */
  readonly options: readonly string[];
  /** Takes the report (JSON) when given. */
  readonly report?: string;
  /** Options of node itself. */
  readonly node?: readonly string[];
}

/** A scan may pass, fail, or have gaps: corpora hold files that no Python can parse. */
const ALLOWED = [0, 1, 3];

/** Builds the command; with `report` it prints report.json there. */
export function scanCommand({ program, root, cache, options, report, node = [] }: ScanCommand): MeasuredCommand {
  const databases = ["--safety-db", DATABASES.safety, "--trivy-db", DATABASES.trivy, "--max-database-age", "any"];
  const format = report === undefined ? [] : ["--format", "json"];
  return {
    argv: [process.execPath, ...node, program, "scan", root, "--offline", "--quiet", ...databases, ...format, ...options],
    env: { ...process.env, XDG_CACHE_HOME: cache },
    ...(report === undefined ? {} : { output: report }),
    allowed: ALLOWED,
  };
}
