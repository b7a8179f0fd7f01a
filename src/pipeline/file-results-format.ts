// The text in which results are kept by file: one line for each file and each rule, every line with a digest of its own, so that lines can be appended and a
// damaged one is found and costs nothing but itself. The first line says for which scanner, interpreter and program the rest holds.

import { createHash } from "node:crypto";
import type { CodePart, Finding, Location, Rule } from "../findings/finding.ts";
import type { InlineComment } from "../findings/inline-comment.ts";
import { sharing } from "../scanners/shared-values.ts";

/** What was found in one file. Files of which anything else is to be said are not kept. */
export interface FileResult {
  readonly findings: readonly FileFinding[];
  readonly comments: readonly InlineComment[];
}

/** What can be found in a file by looking at that file alone. */
export type FileFinding = Finding & (CodePart | { readonly kind: "secret" });

/** Raise it when the lines change their meaning. */
const FORMAT = "sarif-gate-results 2";

const HEADER = /^sarif-gate-results 2 ([0-9a-f]{64}) (\d{4}-\d\d-\d\d)$/;

/** Renders the first line. `day` is that of the last time the file was written as a whole. */
export function renderHeader(environment: string, day: string): string {
  return `${FORMAT} ${environment} ${day}\n`;
}

/** Returns what a first line says, or null when it is none of this format. */
export function decodeHeader(line: string): { readonly environment: string; readonly day: string } | null {
  const [, environment, day] = HEADER.exec(line) ?? [];
  return environment === undefined || day === undefined ? null : { environment, day };
}

/** `rule <digest> <json>` or `file <day of last use> <digest> <key> <json>`, without the line feed. */
const LINE = /^(?:rule|file (\d{4}-\d\d-\d\d)) ([0-9a-f]{32}) (?:([0-9a-f]{64}) )?\{/;
/** Longer than the longest beginning of a line. */
export const LINE_HEAD_BYTES = 128;

/** What stands at the beginning of a line. */
export type LineHead =
  | { readonly kind: "rule"; readonly digest: string }
  | { readonly kind: "file"; readonly digest: string; readonly key: string; readonly day: string };

/** Decodes the beginning of a line, at least `LINE_HEAD_BYTES` of it; null when it is no line of this format. */
export function decodeLineHead(text: string): LineHead | null {
  const [, day, digest, key] = LINE.exec(text) ?? [];
  if (digest === undefined || (day === undefined) !== (key === undefined)) return null;
  return day === undefined || key === undefined ? { kind: "rule", digest } : { kind: "file", digest, key, day };
}

/** Renders the line of a rule, and the name by which lines of files refer to it. */
export function renderRule(rule: Rule): { readonly digest: string; readonly line: string } {
  const json = JSON.stringify(rule);
  const digest = digestOf(json);
  return { digest, line: `rule ${digest} ${json}\n` };
}

/** Renders the line of a file. `ruleNames` names the line of each rule. */
export function renderFile(key: string, { findings, comments }: FileResult, day: string, ruleName: (rule: Rule) => string): string {
  const names = [...new Set(findings.map(({ rule }) => ruleName(rule)))];
  const kept: KeptFile = {
    rules: names,
    findings: findings.map((finding) => [names.indexOf(ruleName(finding.rule)), keep(finding)]),
    comments: comments.map(({ scanner: _, path: __, ...comment }) => comment),
  };
  const rest = `${key} ${JSON.stringify(kept)}`;
  return `file ${day} ${digestOf(rest)} ${rest}\n`;
}

interface KeptFile {
  readonly rules: readonly string[];
  /** Each with the index of its rule in `rules`. */
  readonly findings: readonly (readonly [rule: number, finding: KeptFinding])[];
  readonly comments: readonly Omit<InlineComment, "scanner" | "path">[];
}

type KeptFinding = Omit<FileFinding, "scanner" | "run" | "rule" | "location"> & { readonly location: Omit<Location, "path"> };

function keep({ scanner: _, run: __, rule: ___, location: { path: ____, ...location }, ...finding }: FileFinding): KeptFinding {
  return { ...finding, location };
}

/** Of which run and which file a line is decoded. */
export interface LineDecoding extends Pick<Finding, "scanner" | "run"> {
  readonly rule: (name: string) => Rule | undefined;
  readonly message: (text: string) => string;
}

/** Returns what decodes the lines of one run: equal messages become one string. */
export function decodingOf(run: Pick<Finding, "scanner" | "run">, rule: LineDecoding["rule"]): LineDecoding {
  const messages = sharing<string>();
  return { ...run, rule, message: (text) => messages(text, () => text) };
}

/** Decodes the line of the file at `path`, or returns null when it is damaged or lacks the line of a rule. */
export function decodeFile(line: string, path: string, decoding: LineDecoding): FileResult | null {
  const json = jsonOf(line);
  if (json === null) return null;
  // Its digest is right, so it was written by `renderFile` of this format.
  const kept = JSON.parse(json) as KeptFile;
  const rules = kept.rules.map(decoding.rule).filter((rule) => rule !== undefined);
  if (rules.length < kept.rules.length) return null;
  const findings = kept.findings.flatMap(([index, finding]): FileFinding | [] => {
    const rule = rules[index];
    return rule === undefined ? [] : restore(finding, rule, path, decoding);
  });
  const { scanner } = decoding;
  return { findings, comments: kept.comments.map((comment) => ({ ...comment, scanner, path })) };
}

/** Completes what was parsed where it is: to copy tens of thousands takes as long as to parse them. */
function restore(kept: KeptFinding, rule: Rule, path: string, { scanner, run, message }: LineDecoding): FileFinding {
  const location = Object.assign(kept.location, { path });
  return Object.assign(kept, { scanner, run, rule, message: message(kept.message), location });
}

/** Decodes the line of a rule, or returns null when it is damaged. */
export function decodeRule(line: string): Rule | null {
  const json = jsonOf(line);
  return json === null ? null : (JSON.parse(json) as Rule);
}

/** Whether a line is what was written. */
export function isWhole(line: string): boolean {
  return jsonOf(line) !== null;
}

/** The JSON of a line whose digest is right. */
function jsonOf(line: string): string | null {
  const head = decodeLineHead(line);
  if (head === null) return null;
  const rest = line.slice(line.indexOf(head.digest) + head.digest.length + 1);
  if (digestOf(rest) !== head.digest) return null;
  return head.kind === "rule" ? rest : rest.slice(head.key.length + 1);
}

/** 128 bits: it finds damage, nobody's intent. */
function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
