// From Safety's report to findings and the proof of which pins it looked up.

import { basename } from "node:path";
import type { DecodedFinding } from "../../findings/finding.ts";
import { packageKey } from "../../findings/package-ref.ts";
import { pinsByKey } from "../../manifests/pins-by-key.ts";
import { CANARY_KEY, CANARY_REQUIREMENT, canaryMissed } from "../canary.ts";
import { databaseDirectory } from "../database-directory.ts";
import { inOrder } from "../in-order.ts";
import { provePins } from "../pin-proof.ts";
import { decodeReport, unreadable } from "../report-json.ts";
import type { Installation, Report, ScannerOutput, ScanTarget } from "../scanner.ts";
import { safetyFinding } from "./findings.ts";
import { type SafetyReport, type SafetyVulnerability, safetyReportSchema } from "./report.ts";
import { REQUIREMENTS_FILE } from "./requirements.ts";

/** Decodes the one report. Throws a ScannerError `report-unreadable` or `canary-missed`. */
export function decodeSafety([report]: Iterable<Report>, target: ScanTarget, installation: Installation): ScannerOutput {
  const database = databaseDirectory("Safety", installation);
  const decoded = decodeReport("Safety", report?.text ?? "", safetyReportSchema);
  requireOurScan(decoded, database);
  requireAnnouncement(decoded, report?.exit);
  const byKey = vulnerabilitiesByKey(decoded);
  if (!byKey.has(CANARY_KEY)) throw canaryMissed("Safety", CANARY_REQUIREMENT, `the database ${database} is empty or damaged`);
  const proof = provePins("Safety", target.pins, scannedKeys(decoded));
  return {
    findings: inOrder(findingsOf(byKey, target)),
    coverage: { expected: proof.expected, covered: proof.takenUp.length, unit: "pinned packages", missing: [] },
    notices: proof.notices,
    pinsTakenUp: proof.takenUp,
    comments: [],
  };
}

/** The report must be of our file, looked up in our database: anything else is the result of another question. */
function requireOurScan({ report_meta: { scanned_full_path: scanned, local_database_path: used } }: SafetyReport, database: string): void {
  if (scanned.length !== 1 || basename(scanned[0] ?? "") !== REQUIREMENTS_FILE) {
    throw unreadable("Safety", "report_meta.scanned_full_path: it is not the file that was given");
  }
  if (used !== database) throw unreadable("Safety", "report_meta.local_database_path: it is not the database that was given");
}

/** Vulnerabilities end it with 64. With 0 beside them it was told to go on all the same, which we never do, or this is the report of another run. */
function requireAnnouncement({ vulnerabilities }: SafetyReport, exit: Report["exit"] | undefined): void {
  if (vulnerabilities.length === 0 || (exit?.end.kind === "exited" && exit.end.code === 64)) return;
  throw unreadable("Safety", "vulnerabilities: their number contradicts the exit status");
}

/** What Safety calls ignored counts like the rest, for we ignore nothing there. */
function vulnerabilitiesByKey({ vulnerabilities, ignored_vulnerabilities: ignored }: SafetyReport): Map<string, SafetyVulnerability[]> {
  const byKey = new Map<string, SafetyVulnerability[]>();
  for (const vulnerability of [...vulnerabilities, ...ignored]) {
    const key = packageKey(vulnerability.package_name, vulnerability.analyzed_version);
    byKey.set(key, [...(byKey.get(key) ?? []), vulnerability]);
  }
  return byKey;
}

function scannedKeys({ scanned_packages: packages }: SafetyReport): Set<string> {
  const requirements = [...packages.values()].flatMap((scanned) => scanned.requirements);
  return new Set(requirements.map(({ name, specifier }) => packageKey(name, specifier.replace(/^==/, ""))));
}

/** The canary's findings are the project's only where the project pins the same version. */
function findingsOf(byKey: ReadonlyMap<string, readonly SafetyVulnerability[]>, { pins }: ScanTarget): DecodedFinding[] {
  const pinned = pinsByKey(pins);
  return [...byKey].flatMap(([key, vulnerabilities]) => {
    const group = pinned.get(key) ?? [];
    if (group.length === 0 && key !== CANARY_KEY) throw unreadable("Safety", "vulnerabilities: one is of a package that was not given");
    return vulnerabilities.flatMap((vulnerability) => group.map((pin) => safetyFinding(vulnerability, pin)));
  });
}
