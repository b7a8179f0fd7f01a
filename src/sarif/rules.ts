// Rule descriptors: what GitHub shows of a rule, and where it reads severity from. They describe the check, never one finding of it.

import type { ReportingDescriptor } from "sarif";
import type { Confidence, Finding, Rule } from "../findings/finding.ts";
import { type Severity, severityOfScore } from "../findings/severity.ts";
import { escapeMarkdown, link } from "../text/markdown.ts";
import { printableProse } from "../text/printable.ts";
import { clip, MAX_NAME, MAX_TAGS, MAX_TEXT } from "./limits.ts";

/** Ascending, so that the index tells which is surer. */
const PRECISIONS: readonly Confidence[] = ["unknown", "low", "medium", "high"];

type Level = "error" | "warning" | "note";

/** `score` is what GitHub shows when no CVSS score is known: a number from the middle of its band. */
const RATINGS: Readonly<Record<Severity, { readonly level: Level; readonly score: string }>> = {
  critical: { level: "error", score: "9.5" },
  high: { level: "error", score: "8.0" },
  medium: { level: "warning", score: "5.5" },
  low: { level: "note", score: "2.0" },
  // Without a score GitHub would list it below every security alert; it may be anything, so it is shown as the gate counts it by default.
  unknown: { level: "error", score: "8.0" },
};

/** The SARIF level of a severity; an unknown one is an error, as it counts as high. */
export function levelOf(severity: Severity): Level {
  return RATINGS[severity].level;
}

/** What the findings of one descriptor have in common. */
interface RuleFacts {
  readonly id: string;
  readonly kind: Finding["kind"];
  readonly rule: Rule;
  readonly severity: Severity;
  score: string;
  confidence: Confidence;
}

/**
 * Builds one descriptor for each id that `idOf` gives, ordered by id. Where findings of one id differ in what a rule has once, the highest score and the
 * highest confidence are taken, so that neither order nor a doubtful finding beside a sure one changes what is shown; texts come from the first.
 */
export function buildRules(findings: Iterable<Finding>, idOf: (finding: Finding) => string): ReportingDescriptor[] {
  const byId = new Map<string, RuleFacts>();
  for (const finding of findings) {
    const id = idOf(finding);
    const { kind, rule, severity, confidence = "unknown" } = finding;
    const score = securitySeverity(severity, finding.kind === "dependency" ? finding.advisory.cvss : undefined);
    const facts = byId.get(id) ?? { id, kind, rule, severity, score, confidence };
    if (Number(facts.score) < Number(score)) facts.score = score;
    if (PRECISIONS.indexOf(facts.confidence) < PRECISIONS.indexOf(confidence)) facts.confidence = confidence;
    byId.set(id, facts);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(descriptor);
}

/**
 * The advisory's own score where it says the same as the severity, because GitHub derives a severity from it again; else the number of the severity.
 * 0.0 would mean "none" there.
 */
function securitySeverity(severity: Severity, cvss = Number.NaN): string {
  const score = Math.max(cvss, 0.1).toFixed(1);
  return severity !== "unknown" && severityOfScore(Number(score)) === severity ? score : RATINGS[severity].score;
}

function descriptor({ id, kind, rule, severity, score, confidence }: RuleFacts): ReportingDescriptor {
  const title = text(rule.title, id);
  const help = text(rule.help, title);
  const helpUri = httpsUri(rule.helpUri);
  const cwes = rule.cwes.map((cwe) => `external/cwe/cwe-${String(cwe).padStart(3, "0")}`);
  return {
    id,
    name: clip(text(rule.name, id), MAX_NAME),
    shortDescription: { text: title },
    fullDescription: { text: text(rule.description, title) },
    // GitHub does not read helpUri, so the address stands in the help as well.
    help: { text: help, markdown: [escapeMarkdown(help), ...helpUri.map((uri) => link(id, uri))].join("\n\n") },
    ...(helpUri[0] === undefined ? {} : { helpUri: helpUri[0] }),
    defaultConfiguration: { level: levelOf(severity) },
    properties: {
      tags: ["security", kind, ...new Set(cwes)].slice(0, MAX_TAGS),
      ...(confidence === "unknown" ? {} : { precision: confidence }),
      "security-severity": score,
    },
  };
}

/** Other schemes are not links: the list holds the address or nothing. */
function httpsUri(address = ""): string[] {
  return URL.canParse(address) && new URL(address).protocol === "https:" ? [new URL(address).href] : [];
}

/** An empty text is rejected, so something true stands in for it. */
function text(untrusted: string, otherwise: string): string {
  return clip(printableProse(untrusted), MAX_TEXT) || clip(otherwise, MAX_TEXT);
}
