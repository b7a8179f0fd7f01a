// From a secret in a Trivy result to a finding. It says which rule matched and where, and nothing of what matched.

import type { DecodedFinding, Location } from "../../findings/finding.ts";
import type { RunId } from "../../findings/scanner-id.ts";
import { parseSeverity } from "../../findings/severity.ts";
import type { TrivySecret } from "./report.ts";

/** Use of hard-coded credentials. */
const CWE = 798;

/** Builds the finding. `where` names the file in an image; in the tree the location does. */
export function secretFinding(secret: TrivySecret, run: RunId, location: Location, where?: string): DecodedFinding {
  const { RuleID: id, Title: title } = secret;
  return {
    kind: "secret",
    scanner: "trivy",
    run,
    rule: {
      id,
      name: id,
      title: title || `Secret: ${id}`,
      description: "Whoever can read the file has the secret, and it stays in the history after it is removed.",
      help: "Revoke the secret at its issuer first, then remove it, and read its successor from the environment or a secret store.",
      cwes: [CWE],
    },
    severity: parseSeverity(secret.Severity),
    message: `A secret was found${where === undefined ? "" : ` in ${where}`} (rule ${id}).`,
    location,
  };
}
