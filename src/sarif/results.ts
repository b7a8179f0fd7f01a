// One finding as a SARIF result. Source text never becomes part of it: no snippets, because a line can hold a secret.

import type { ArtifactLocation, Region, Result, Location as SarifLocation } from "sarif";
import type { Finding, Location } from "../findings/finding.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { printable, printableProse } from "../text/printable.ts";
import { remember } from "../text/remember.ts";
import { artifactUri } from "./artifact-uri.ts";
import { clip, MAX_TEXT } from "./limits.ts";
import { levelOf } from "./rules.ts";

/** The name every URI of a log is relative to; what it stands for is not said, so no path of the machine leaves. */
export const SOURCE_ROOT = "%SRCROOT%";

/** Where the result's rule is: its id and its place in the run's list. */
export interface RuleReference {
  readonly ruleId: string;
  readonly ruleIndex: number;
}

/** What the base and the policy say of a result (see `result-states.ts`). */
export type ResultState = Pick<Result, "baselineState" | "suppressions">;

/** What is known of a result beside its finding. */
export interface ResultContext {
  /** The fingerprint that GitHub reads. */
  readonly primaryLocationLineHash: string;
  /** The names of the scanners that report the problem. */
  readonly sources: readonly string[];
  readonly state: ResultState;
}

/** Builds the result of a finding. */
export function buildResult(
  finding: TriagedFinding,
  rule: RuleReference,
  { primaryLocationLineHash, sources, state }: ResultContext,
): Result {
  return {
    ...rule,
    level: levelOf(finding.severity),
    message: { text: resultMessage(finding, sources) || rule.ruleId },
    locations: [{ physicalLocation: { artifactLocation: addressOf(finding.location.path), region: region(finding.location) } }],
    partialFingerprints: { primaryLocationLineHash, "sarifGate/v1": finding.id },
    ...state,
    properties: properties(finding),
  };
}

/** The finding's own words, and after them who else says so; a long message is cut before that. */
function resultMessage({ message }: TriagedFinding, sources: readonly string[]): string {
  if (sources.length < 2) return messageText(message);
  const words = ` Reported by ${sources.slice(0, -1).join(", ")} and ${sources.at(-1)}.`;
  return `${clip(messageText(message), MAX_TEXT - words.length)}${words}`;
}

/** A whole file of the tree as a location. */
export function artifactLocation(path: string): SarifLocation {
  return { physicalLocation: { artifactLocation: addressOf(path) } };
}

function addressOf(path: string): ArtifactLocation {
  return { uri: artifactUri(path), uriBaseId: SOURCE_ROOT };
}

/** Makes untrusted text a message: one line without embedded links (SARIF 2.1.0, 3.11.6), which would point where the text says. */
export const messageText = remember((untrusted) => clip(printableProse(untrusted).replaceAll("](", "] ("), MAX_TEXT));

/** GitHub rejects the whole file for one line below 1, so lines and columns are made consistent whatever the scanner said. */
function region({ startLine, endLine, startColumn, endColumn }: Location): Region {
  const first = Math.max(1, startLine);
  const last = Math.max(first, endLine);
  if (startColumn === undefined || startColumn < 1) return { startLine: first, endLine: last };
  const least = last > first ? 1 : startColumn + 1;
  const end = endColumn !== undefined && endColumn >= least ? { endColumn } : {};
  return { startLine: first, endLine: last, startColumn, ...end };
}

/** What a reader of the file may want and SARIF has no place for; GitHub ignores it. */
function properties(finding: TriagedFinding): Record<string, unknown> {
  const { kind, severity, confidence, triage } = finding;
  return {
    kind,
    severity,
    ...(confidence === undefined ? {} : { confidence }),
    ...(triage.state === "duplicate" ? { duplicateOf: triage.of } : { scanners: triage.scanners }),
    ...(finding.kind === "dependency" ? packageProperties(finding) : {}),
  };
}

function packageProperties({ package: { purl }, advisory }: Finding & { readonly kind: "dependency" }): Record<string, unknown> {
  return {
    package: printable(purl),
    aliases: advisory.aliases.map((alias) => printable(alias)),
    ...(advisory.cvss === undefined ? {} : { cvss: advisory.cvss }),
    fixedVersions: advisory.fixedVersions.map((version) => printable(version)),
  };
}
