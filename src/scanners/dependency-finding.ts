// A known flaw in a package as a finding: said in the same words whichever scanner reports it.

import type { Advisory } from "../findings/advisory.ts";
import type { DecodedFinding, Location, Rule } from "../findings/finding.ts";
import type { PackageRef } from "../findings/package-ref.ts";
import { type Pinning, pinningOf } from "../findings/pinning.ts";
import type { RunId, ScannerId } from "../findings/scanner-id.ts";
import type { Severity } from "../findings/severity.ts";
import { printableProse } from "../text/printable.ts";

/** Longer prose of an advisory is cut here, UTF-16 units: SARIF consumers show no more. */
const SUMMARY_LIMIT = 300;
const TITLE_LIMIT = 200;
const DESCRIPTION_LIMIT = 900;

/** What a scanner knows of a flaw in one package, at one place. */
export interface KnownVulnerability {
  readonly scanner: ScannerId;
  readonly run: RunId;
  readonly package: PackageRef;
  readonly advisory: Advisory;
  readonly severity: Severity;
  readonly location: Location;
  /** What the manifest says of the pin; absent where no pin is known. */
  readonly pinning?: Pinning;
  /** Where inside `location` the package is, e.g. its file in an image. */
  readonly where?: string;
  /** What the flaw is, in the database's words; may be empty. */
  readonly summary: string;
  /** Text of the advisory that is the same for every package it names; empty or absent where the database has none. */
  readonly title?: string;
  readonly description?: string;
  readonly cwes: readonly number[];
}

/** Builds the finding. */
export function dependencyFinding(known: KnownVulnerability): DecodedFinding {
  const { scanner, run, severity, location, advisory } = known;
  return {
    kind: "dependency",
    scanner,
    run,
    rule: advisoryRule(known),
    severity,
    message: vulnerabilityMessage(known),
    location,
    package: known.package,
    advisory,
    ...pinningOf(known.pinning ?? {}),
  };
}

function advisoryRule({ advisory, title = "", description = "", cwes }: KnownVulnerability): Rule {
  return {
    id: advisory.id,
    name: advisory.id,
    title: printableProse(title, TITLE_LIMIT) || `Known vulnerability ${advisory.id}`,
    description: printableProse(description, DESCRIPTION_LIMIT) || `A package that is pinned here is affected by ${advisory.id}.`,
    help: "Upgrade to a version in which the flaw is fixed. Where there is none, replace the package or keep the flawed part out of use.",
    ...(advisory.url === undefined ? {} : { helpUri: advisory.url }),
    cwes,
  };
}

function vulnerabilityMessage({
  package: { name, version },
  advisory: { id, fixedVersions },
  summary,
  where,
  pinning,
}: KnownVulnerability): string {
  const subject = `${name} ${version}${where === undefined ? "" : ` (${where})`}`;
  const what = printableProse(summary, SUMMARY_LIMIT).replace(/\.$/, "");
  const fixed = fixedVersions.length === 0 ? "No fixed version is known." : `Fixed in ${fixedVersions.join(", ")}.`;
  const introduced = pinning?.introducedBy === undefined ? "" : ` It comes with ${pinning.introducedBy.join(", ")}.`;
  return `${subject} is affected by ${id}${what === "" ? "" : `: ${what}`}. ${fixed}${introduced}`;
}

/** An advisory as a report has it; what is no https address and what is no CVSS base score is left out. */
export interface ReportedAdvisory extends Pick<Advisory, "id" | "aliases" | "fixedVersions"> {
  readonly url: string | null | undefined;
  readonly score: unknown;
}

/** Builds the advisory. */
export function advisoryOf({ id, aliases, fixedVersions, url, score }: ReportedAdvisory): Advisory {
  return {
    id,
    aliases,
    fixedVersions,
    ...(url?.startsWith("https://") ? { url } : {}),
    ...(typeof score === "number" && score >= 0 && score <= 10 ? { cvss: score } : {}),
  };
}
