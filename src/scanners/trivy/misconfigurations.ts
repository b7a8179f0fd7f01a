// From a misconfiguration in a Trivy result to a finding at a place that the caller knows.

import type { DecodedFinding, Location, Rule } from "../../findings/finding.ts";
import { parseSeverity } from "../../findings/severity.ts";
import type { TrivyMisconfiguration, TrivyResult } from "./report.ts";
import { withIgnoreComments } from "./without-ignore-comments.ts";

/** The misconfigurations of a result that are one: passed checks and accepted exceptions are listed too. Any other status counts. */
export function failedChecks({ Misconfigurations: checks }: TrivyResult): TrivyMisconfiguration[] {
  return checks.filter(({ Status: status }) => status !== "PASS" && status !== "EXCEPTION");
}

/** Builds the finding. `where` says more of the place than the location does. */
export function misconfigurationFinding(check: TrivyMisconfiguration, location: Location, where?: string): DecodedFinding {
  const rule = misconfigurationRule(check);
  const text = withoutInstruction(check.ID, plainText(check.Message)) || rule.title;
  const message = where === undefined ? text : `${text} (${where})`;
  return { kind: "misconfiguration", scanner: "trivy", run: "trivy", rule, severity: parseSeverity(check.Severity), message, location };
}

/** The text of a check comes with Trivy and is the same for every file. */
function misconfigurationRule({
  ID: id,
  Title: title,
  Description: description,
  Resolution: help,
  PrimaryURL: page,
}: TrivyMisconfiguration): Rule {
  return {
    id,
    name: id,
    title: title || id,
    description: description?.trim() || "A check of Trivy's; its documentation describes it.",
    help: help?.trim() || "See the documentation of the check.",
    ...(page?.startsWith("https://") ? { helpUri: page } : {}),
    cwes: [],
  };
}

/** Checks of Dockerfiles quote the whole instruction after a colon, with whatever password stands in it. */
function withoutInstruction(id: string, text: string): string {
  const colon = id.startsWith("DS-") ? text.indexOf(": ") : -1;
  return colon < 0 ? text : text.slice(0, colon);
}

/** Trivy colours what it quotes, whether or not there is a terminal, and may quote a comment as we showed it. */
function plainText(text: string | null | undefined): string {
  return withIgnoreComments(text ?? "")
    .replace(/\u001b\[[0-9;]{0,20}m/g, "")
    .trim();
}
