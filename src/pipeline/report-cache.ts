// The reports of a run that need not be made again, because an earlier run looked at the very same; and what is kept of this run for later ones. See
// report-key.ts for what "the very same" is, kept-reports.ts for how reports are kept.

import { isDeepStrictEqual } from "node:util";
import type { Notice } from "../findings/coverage.ts";
import type { Host } from "../host/ports.ts";
import type { Report } from "../scanners/scanner.ts";
import { dependsOn } from "./depends-on.ts";
import { KEPT_LIMIT_BYTES, keptReports } from "./kept-reports.ts";
import type { KeptResults } from "./kept-results.ts";
import { canonicalCommands, isKeyed, type KeyedRun, reportKey } from "./report-key.ts";

/** The cache of one run. */
export interface ReportCache {
  /** Reports of an earlier run; null when there are none. */
  readonly known: readonly Report[] | null;
  /** Passes reports on and remembers them. */
  passing(reports: Iterable<Report>): Iterable<Report>;
  /** Keeps what was passed on, and returns what is to be said of the cache. */
  close(): Promise<readonly Notice[]>;
}

/** Where there is no cache: nothing is known, and nothing is kept. */
export const NO_REPORT_CACHE: ReportCache = { known: null, passing: (reports) => reports, close: async () => [] };

/** Looks the reports of a run up. Never rejects because of what is kept. */
export async function openReportCache(run: KeyedRun, kept: KeptResults, host: Host): Promise<ReportCache> {
  if (!isKeyed(run)) return NO_REPORT_CACHE;
  const commands = canonicalCommands(run, host);
  const { ofWhole } = await kept.usable;
  const isUsable = ofWhole(dependsOn(run.target, commands));
  // Where nothing may be used or kept, nobody will ask for the key, which takes reading everything that the run looks at.
  const before = isUsable || kept.keeps ? await reportKey(run, commands, host) : null;
  if (before === null) return NO_REPORT_CACHE;
  const reports = keptReports(await kept.directory, host.clock);
  const { reports: known, notice } = isUsable ? reports.read(before.key) : { reports: null, notice: null };
  const remembered: Report[] = [];
  return {
    known,
    passing: (passed) => remembering(passed, remembered),
    close: async () => {
      const notices = notice === null ? [] : [notice];
      // Only what was the same before and after is what the scanner saw.
      if (!kept.keeps || remembered.length === 0 || !isDeepStrictEqual(await reportKey(run, commands, host), before)) return notices;
      const problem = await reports.write(before.key, remembered);
      return problem === null ? notices : [...notices, problem];
    },
  };
}

/** Remembers all or nothing: too much is forgotten, so that it can go. */
function* remembering(reports: Iterable<Report>, remembered: Report[]): Generator<Report> {
  let room = KEPT_LIMIT_BYTES;
  for (const report of reports) {
    room -= report.text.length;
    if (room < 0) remembered.length = 0;
    else remembered.push(report);
    yield report;
  }
}
