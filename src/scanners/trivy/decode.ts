// From Trivy's reports on packages and infrastructure of the tree to findings and the proof of what was looked at.

import { packageKey } from "../../findings/package-ref.ts";
import { databaseDirectory } from "../database-directory.ts";
import { inOrder } from "../in-order.ts";
import { provePins } from "../pin-proof.ts";
import { decodeReport } from "../report-json.ts";
import type { Installation, Report, ScannerOutput, ScanTarget } from "../scanner.ts";
import { chartFiles } from "./comment-files.ts";
import { dependencyFindings } from "./dependencies.ts";
import { curtailedGaps, infrastructureFindings, infrastructureGaps } from "./infrastructure.ts";
import { PINS_TARGET } from "./layout.ts";
import { unlistedLocks } from "./lock-files.ts";
import { renderedResults } from "./rendered-charts.ts";
import { type TrivyResult, trivyReportSchema } from "./report.ts";
import { requireVulnerable } from "./require-canary.ts";
import { inlineComments, readIgnoreComments, suppressionNotices } from "./suppressions.ts";

/** Decodes the report on the tree and, where there is one, that on its charts. Throws a ScannerError `report-unreadable` or `canary-missed`. */
export function decodeTrivy(reports: Iterable<Report>, target: ScanTarget, installation: Installation): ScannerOutput {
  const [ofTree, ofCharts] = resultsOf(reports, chartFiles(target).length > 0);
  requireVulnerable(ofTree, databaseDirectory("Trivy", installation));
  const results = [...ofTree, ...renderedResults(ofCharts, ofTree)];
  const proof = provePins("Trivy", target.pins, listedKeys(results));
  const unchecked = infrastructureGaps(results, target);
  const curtailed = curtailedGaps(ofCharts, target);
  const locks = unlistedLocks(results, target);
  const files = target.infrastructure.length;
  const comments = readIgnoreComments(target);
  const findings = [...dependencyFindings(results, target.pins), ...infrastructureFindings(results, target, comments)];
  return {
    findings: inOrder(findings),
    coverage: {
      expected: proof.expected + files + curtailed.length + locks.gaps.length,
      covered: proof.takenUp.length + files - unchecked.length,
      unit: "pinned packages and infrastructure files",
      missing: [...unchecked, ...curtailed, ...locks.gaps],
    },
    notices: [...proof.notices, ...suppressionNotices(results, comments), ...locks.notices],
    pinsTakenUp: proof.takenUp,
    comments: inlineComments(comments, target),
  };
}

/** What is missing is unreadable. */
function resultsOf([tree, charts]: Iterable<Report>, hasCharts: boolean): [TrivyResult[], TrivyResult[]] {
  const read = (report: Report | undefined) => decodeReport("Trivy", report?.text ?? "", trivyReportSchema).Results;
  return [read(tree), hasCharts ? read(charts) : []];
}

/** What Trivy read from our list of pins. */
function listedKeys(results: readonly TrivyResult[]): Set<string> {
  const listed = results.filter(({ Target }) => Target === PINS_TARGET).flatMap(({ Packages }) => Packages);
  return new Set(listed.map(({ Name, Version }) => packageKey(Name, Version ?? "")));
}
