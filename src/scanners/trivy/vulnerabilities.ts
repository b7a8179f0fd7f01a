// From a vulnerability in a Trivy result to a finding at a place that the caller knows.

import { PackageURL } from "packageurl-js";
import type { DecodedFinding, Location } from "../../findings/finding.ts";
import { type PackageRef, packageUrl, pypiPackage } from "../../findings/package-ref.ts";
import type { Pinning } from "../../findings/pinning.ts";
import type { RunId } from "../../findings/scanner-id.ts";
import { parseSeverity } from "../../findings/severity.ts";
import { aliasesOf } from "../advisory-ids.ts";
import { advisoryOf, dependencyFinding } from "../dependency-finding.ts";
import type { TrivyResult, TrivyVulnerability } from "./report.ts";

/** Trivy's types of files and installed packages that come from the Python package index. */
const PYTHON_TYPES: ReadonlySet<string> = new Set(["pip", "pipenv", "poetry", "uv", "pylock", "python-pkg"]);

export interface VulnerabilityPlace {
  readonly run: RunId;
  readonly package: PackageRef;
  readonly location: Location;
  readonly where?: string;
  readonly pinning?: Pinning;
}

/** Builds the finding of a vulnerability at a place. */
export function vulnerabilityFinding(vulnerability: TrivyVulnerability, place: VulnerabilityPlace): DecodedFinding {
  const { VulnerabilityID: id, VendorIDs: others, Title: title, Description: description } = vulnerability;
  return dependencyFinding({
    ...place,
    scanner: "trivy",
    advisory: advisoryOf({
      id,
      aliases: aliasesOf(id, others),
      url: vulnerability.PrimaryURL,
      score: scoreOf(vulnerability),
      fixedVersions: vulnerability.FixedVersion?.split(", ").filter((version) => version !== "") ?? [],
    }),
    severity: parseSeverity(vulnerability.Severity),
    summary: title || description || "",
    title: title ?? "",
    description: description ?? "",
    cwes: cweNumbers(vulnerability.CweIDs),
  });
}

/** True for a package of the Python package index. */
export function isPython(
  { PkgIdentifier: identifier }: Pick<TrivyVulnerability, "PkgIdentifier">,
  { Type: type }: Pick<TrivyResult, "Type">,
): boolean {
  return identifier?.PURL?.startsWith("pkg:pypi/") ?? PYTHON_TYPES.has(type ?? "");
}

/** Returns the package a vulnerability is of. A package URL that is missing or not valid is made from name and version. */
export function packageOf(vulnerability: TrivyVulnerability, result: TrivyResult): PackageRef {
  const { PkgName: name, InstalledVersion: version, PkgIdentifier: identifier } = vulnerability;
  if (isPython(vulnerability, result)) return pypiPackage(name, version);
  return {
    name,
    version,
    purl: validPurl(identifier?.PURL) ?? packageUrl("generic", name, version),
  };
}

function validPurl(purl: string | null | undefined): string | null {
  try {
    return purl == null ? null : PackageURL.fromString(purl).toString();
  } catch {
    return null;
  }
}

/** The score of the source that rated the severity; where that has none, the highest of all. */
function scoreOf({ CVSS: scores, SeveritySource: source }: TrivyVulnerability): number | undefined {
  const own = numbers([scores?.get(source ?? "")?.V3Score, scores?.get(source ?? "")?.V40Score])[0];
  const all = numbers([...(scores?.values() ?? [])].flatMap((rating) => [rating.V3Score, rating.V40Score]));
  return own ?? (all.length === 0 ? undefined : Math.max(...all));
}

/** Only scores that are one: 0 stands for "none given" in Trivy's report. */
function numbers(scores: readonly unknown[]): number[] {
  return scores.filter((score): score is number => typeof score === "number" && score > 0 && score <= 10);
}

function cweNumbers(ids: readonly string[]): number[] {
  const found = ids.flatMap((id) => /^CWE-(\d{1,5})$/.exec(id)?.[1] ?? []).map(Number);
  return [...new Set(found)].sort((a, b) => a - b);
}
