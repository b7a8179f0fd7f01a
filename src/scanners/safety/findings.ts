// From what Safety says of a package to one finding for each line that pins it.

import type { Advisory } from "../../findings/advisory.ts";
import type { DecodedFinding } from "../../findings/finding.ts";
import { pypiPackage } from "../../findings/package-ref.ts";
import { parseSeverity, type Severity, severityOfScore } from "../../findings/severity.ts";
import type { Pin } from "../../manifests/pin.ts";
import { aliasesOf, idsInAddresses } from "../advisory-ids.ts";
import { advisoryOf, dependencyFinding } from "../dependency-finding.ts";
import type { SafetyVulnerability } from "./report.ts";

/** Builds the finding of a vulnerability at `pin`. */
export function safetyFinding(vulnerability: SafetyVulnerability, pin: Pin): DecodedFinding {
  return dependencyFinding({
    scanner: "safety",
    run: "safety",
    package: pypiPackage(pin.name, pin.version),
    advisory: advisoryIn(vulnerability),
    severity: severityOf(vulnerability),
    location: { path: pin.path, startLine: pin.startLine, endLine: pin.endLine },
    pinning: pin,
    summary: vulnerability.advisory ?? "",
    cwes: [],
  });
}

function advisoryIn({ vulnerability_id, CVE, severity, resources, fixed_versions, more_info_url }: SafetyVulnerability): Advisory {
  const safetyId = /^\d+$/.test(vulnerability_id) ? `PYUP-${vulnerability_id}` : vulnerability_id;
  const id = CVE ?? safetyId;
  const known = aliasesOf(id, idsInAddresses(resources));
  return advisoryOf({
    id,
    aliases: id === safetyId ? known : [...known, safetyId].sort(),
    url: more_info_url,
    score: severity?.cvssv3?.base_score,
    fixedVersions: fixed_versions.filter((version) => version !== ""),
  });
}

/** Where the word is missing or unlisted, the score decides; where there is neither, it is unknown. */
function severityOf({ severity }: SafetyVulnerability): Severity {
  const ratings = [
    parseSeverity(severity?.cvssv3?.base_severity),
    severityOfScore(severity?.cvssv3?.base_score),
    severityOfScore(severity?.cvssv2?.base_score),
  ];
  return ratings.find((rating) => rating !== "unknown") ?? "unknown";
}
