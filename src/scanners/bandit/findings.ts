// From a Bandit result to a finding. The literal that a password check quotes goes no further than this file.

import type { Confidence, DecodedFinding, Rule } from "../../findings/finding.ts";
import { parseSeverity } from "../../findings/severity.ts";
import type { SourceLines } from "../../text/source-lines.ts";
import { hidingLine, type Nosec } from "./nosec.ts";
import { banditRegion } from "./region.ts";
import type { BanditResult } from "./report.ts";
import { banditRule } from "./rules.ts";

/** The checks whose text quotes what they found, and what is said instead. */
const PASSWORD_CHECKS: ReadonlyMap<string, string> = new Map([
  ["B105", "A string looks like a hard-coded password."],
  ["B106", "An argument looks like a hard-coded password."],
  ["B107", "A default value looks like a hard-coded password."],
]);

/** The check whose range is a function. */
const FUNCTION_CHECK = "B107";

const CONFIDENCES: readonly Confidence[] = ["high", "medium", "low"];

/** What findings of one run have in common. */
export interface Shared {
  readonly rule: (key: string, build: () => Rule) => Rule;
  readonly message: (key: string, build: () => string) => string;
}

/** The file of a result. */
export interface ScannedFile {
  readonly path: string;
  /** None when it cannot be read any more. */
  readonly lines: SourceLines;
  /** Its `# nosec` comments by line. */
  readonly comments: ReadonlyMap<number, Nosec>;
}

/** Builds the finding of a result in `file`. */
export function banditFinding(result: BanditResult, { path, lines, comments }: ScannedFile, shared: Shared): DecodedFinding {
  const rule = shared.rule([result.test_id, result.test_name, result.more_info, result.issue_cwe.id].join("\n"), () => banditRule(result));
  const withoutLiteral = PASSWORD_CHECKS.get(rule.id);
  const message = withoutLiteral ?? (stableText(result.issue_text) || rule.title);
  const commentLine = hidingLine(result, comments);
  return {
    kind: "code",
    scanner: "bandit",
    run: "bandit",
    rule,
    severity: parseSeverity(result.issue_severity),
    confidence: parseConfidence(result.issue_confidence),
    message: shared.message(message, () => message),
    location: { path, ...banditRegion(result, lines) },
    ...(withoutLiteral === undefined ? {} : { sensitive: true }),
    ...(commentLine === undefined ? {} : { commentLine }),
    ...statementOf(result),
  };
}

/** Not where it is the whole function, as with a default value that looks like a password: what else the function does is no part of the flaw. */
function statementOf({ test_id: id, line_number: line, line_range: range }: BanditResult): {
  readonly statement?: readonly [number, number];
} {
  const [first = line] = range;
  const last = range.at(-1) ?? first;
  return id === FUNCTION_CHECK || (first === line && last === line) ? {} : { statement: [first, last] };
}

/** Total: a word that is not listed is `unknown`. */
function parseConfidence(word: unknown): Confidence {
  const lower = typeof word === "string" ? word.toLowerCase() : "";
  return CONFIDENCES.find((confidence) => confidence === lower) ?? "unknown";
}

/** B202 prints objects with their memory address, which differs from run to run. */
function stableText(text: string): string {
  return text.replace(/ at 0x[0-9a-f]{1,16}/gi, "").trim();
}
