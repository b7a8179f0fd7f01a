// Where in the tree a vulnerable package is named. Our own reading of the manifests knows every line of a pin; Trivy's lines serve for what it reads besides.

import type { DecodedFinding } from "../../findings/finding.ts";
import { packageKey, pypiPackage } from "../../findings/package-ref.ts";
import type { Pin } from "../../manifests/pin.ts";
import { pinsByKey } from "../../manifests/pins-by-key.ts";
import { inOrder } from "../in-order.ts";
import { unreadable } from "../report-json.ts";
import { splitTarget } from "./layout.ts";
import type { TrivyResult, TrivyVulnerability } from "./report.ts";
import { isPython, packageOf, type VulnerabilityPlace, vulnerabilityFinding } from "./vulnerabilities.ts";

/** Builds the findings of all vulnerabilities of the tree. What our list of pins and a manifest both give is one finding. */
export function dependencyFindings(results: readonly TrivyResult[], pins: readonly Pin[]): DecodedFinding[] {
  const pinned = pinsByKey(pins);
  const all = results.flatMap((result) =>
    result.Vulnerabilities.flatMap((vulnerability) =>
      places(vulnerability, result, pinned).map((place) => vulnerabilityFinding(vulnerability, place)),
    ),
  );
  return [
    ...new Map(
      inOrder(all)
        .reverse()
        .map((finding) => [identity(finding), finding]),
    ).values(),
  ];
}

/** What makes two reports of one flaw in one line equal; the version is part of the place. */
function identity(finding: DecodedFinding): string {
  const name = finding.kind === "dependency" ? finding.package.purl : "";
  return [finding.location.path, finding.location.startLine, name, finding.rule.id].join("\0");
}

function places(vulnerability: TrivyVulnerability, result: TrivyResult, pinned: ReadonlyMap<string, readonly Pin[]>): VulnerabilityPlace[] {
  const target = splitTarget(result.Target) ?? splitTarget(vulnerability.PkgPath ?? "");
  if (target === undefined) throw unreadable("Trivy", "Results[].Target: it is not in the directory that was given");
  if (target.section === "canary") return [];
  const key = packageKey(vulnerability.PkgName, vulnerability.InstalledVersion);
  const pins = isPython(vulnerability, result) ? (pinned.get(key) ?? []) : [];
  if (target.section === "tree") {
    const here = pins.filter(({ path }) => path === target.path);
    return here.length > 0 ? here.map(placeOfPin) : placesInManifest(vulnerability, result, target.path);
  }
  if (pins.length === 0) throw unreadable("Trivy", "Results[].Vulnerabilities: one is of a package that was not given");
  return pins.map(placeOfPin);
}

function placeOfPin(pin: Pin): VulnerabilityPlace {
  const { name, version, path, startLine, endLine } = pin;
  return { run: "trivy", package: pypiPackage(name, version), location: { path, startLine, endLine }, pinning: pin };
}

/** Trivy gives lines with packages, not with vulnerabilities, and a package that stands there twice has its vulnerabilities once. */
function placesInManifest(vulnerability: TrivyVulnerability, result: TrivyResult, path: string): VulnerabilityPlace[] {
  const { PkgName: name, InstalledVersion: version } = vulnerability;
  const lines = result.Packages.filter((found) => found.Name === name && found.Version === version).flatMap((found) => found.Locations);
  const known = lines.flatMap(({ StartLine: start, EndLine: end }) =>
    start ? [{ startLine: start, endLine: Math.max(start, end ?? start) }] : [],
  );
  const regions = known.length > 0 ? known : [{ startLine: 1, endLine: 1 }];
  return regions.map((region) => ({ run: "trivy", package: packageOf(vulnerability, result), location: { path, ...region } }));
}
