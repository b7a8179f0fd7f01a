// Which findings a rule of the gate is about, and the rule that the short form of a policy stands for.

import { SCANNER_IDS } from "../findings/scanner-id.ts";
import { type KnownSeverity, severityRank } from "../findings/severity.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { globMatcher } from "./glob.ts";
import { type GateRule, KINDS, TARGETS } from "./policy.ts";

/** The surer the scanner, the higher. What it does not say counts as sure. */
export const CONFIDENCE_RANKS = { unknown: 3, high: 3, medium: 2, low: 1 } as const;

/** The rule's name says the key that it stands for. */
export function shortRuleName(severity: KnownSeverity): string {
  return `fail-on: ${severity}`;
}

/** A rule about everything: what `fail-on: low` means, and what a rule of a policy says where it leaves a key out. */
export const RULE_ABOUT_EVERYTHING: Omit<GateRule, "name"> = {
  kinds: KINDS,
  targets: TARGETS,
  scanners: SCANNER_IDS,
  paths: [],
  exceptPaths: [],
  severity: "low",
  confidence: null,
  scope: null,
  onlyFixable: false,
  max: 0,
};

/** Returns whether a finding is one that the rule counts, whatever its scope. A finding of several scanners counts for each of them. */
export function ruleMatcher(rule: GateRule, unknownAs: KnownSeverity): (finding: TriagedFinding) => boolean {
  const isIn = globMatcher(rule.paths);
  const isExcepted = rule.exceptPaths.length === 0 ? () => false : globMatcher(rule.exceptPaths);
  return (finding) => {
    const { path } = finding.location;
    const reported = finding.triage.state === "duplicate" ? [finding.scanner] : finding.triage.scanners;
    return (
      severityRank(finding.severity, unknownAs) >= severityRank(rule.severity) &&
      rule.kinds.includes(finding.kind) &&
      rule.targets.includes(finding.run === "trivy-image" ? "image" : "tree") &&
      reported.some((scanner) => rule.scanners.includes(scanner)) &&
      isIn(path) &&
      !isExcepted(path) &&
      isConfident(finding, rule) &&
      (!rule.onlyFixable || hasFix(finding))
    );
  };
}

/** Only code findings have a confidence; the others are not held to one. */
function isConfident({ confidence }: TriagedFinding, rule: GateRule): boolean {
  return rule.confidence === null || confidence === undefined || CONFIDENCE_RANKS[confidence] >= CONFIDENCE_RANKS[rule.confidence];
}

function hasFix(finding: TriagedFinding): boolean {
  return finding.kind === "dependency" && finding.advisory.fixedVersions.length > 0;
}
