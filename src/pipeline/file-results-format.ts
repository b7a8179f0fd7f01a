// The text in which results are kept by file: one line for each file and each rule, every line with a digest of its own, so that lines can be appended and a
// damaged one is found and costs nothing but itself. The first line says for which scanner, interpreter and program the rest holds.

import { hash } from "node:crypto";
import type { CodePart, Finding, FindingId, Rule } from "../findings/finding.ts";
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
const FORMAT = "sarif-gate-results 3";

const HEADER = /^sarif-gate-results 3 ([0-9a-f]{64}) (\d{4}-\d\d-\d\d)$/;

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

/** Renders the line of a file. `ruleName` names the line of each rule. */
export function renderFile(key: string, { findings, comments }: FileResult, day: string, ruleName: (rule: Rule) => string): string {
  const [rules, claims] = [numbering(), numbering()];
  const places = findings.map((finding) => {
    const claim = JSON.stringify([rules.of(ruleName(finding.rule)), { ...finding, ...NO_CLAIM }]);
    return placeOf(finding, claims.of(claim));
  });
  const rest: Omit<KeptFile, "claims" | "findings"> = {
    rules: rules.names(),
    comments: comments.map(({ scanner: _, path: __, ...comment }) => comment),
  };
  const json = `{"claims":[${claims.names().join(",")}],"findings":${JSON.stringify(places)},${JSON.stringify(rest).slice(1)}`;
  return `file ${day} ${digestOf(`${key} ${json}`)} ${key} ${json}\n`;
}

interface KeptFile {
  /** The names of their lines. */
  readonly rules: readonly string[];
  /** What is claimed, once for all places of the file of which it is, with the index of its rule: most findings say the same of another line. */
  readonly claims: readonly (readonly [rule: number, claim: Claim])[];
  readonly findings: readonly Place[];
  readonly comments: readonly Omit<InlineComment, "scanner" | "path">[];
}

type Claim = Omit<FileFinding, keyof typeof NO_CLAIM>;

/** What no claim holds: what every finding has for itself, what is the same for the whole run, and the rule. */
const NO_CLAIM = {
  scanner: undefined,
  run: undefined,
  rule: undefined,
  id: undefined,
  location: undefined,
  statement: undefined,
  commentLine: undefined,
} as const;

/** Of which claim a finding is, and where; columns are null where it has none. */
type Place = readonly [
  claim: number,
  id: FindingId,
  startLine: number,
  endLine: number,
  startColumn: number | null,
  endColumn: number | null,
  more?: PlaceDetails,
];

type PlaceDetails = Pick<FileFinding, "commentLine"> & Pick<CodePart, "statement">;

function placeOf(finding: FileFinding, claim: number): Place {
  const { id, commentLine, location } = finding;
  const { startLine, endLine, startColumn = null, endColumn = null } = location;
  const statement = finding.kind === "code" ? finding.statement : undefined;
  const place = [claim, id, startLine, endLine, startColumn, endColumn] as const;
  if (statement === undefined && commentLine === undefined) return place;
  return [...place, { ...(statement === undefined ? {} : { statement }), ...(commentLine === undefined ? {} : { commentLine }) }];
}

/** Numbers names in the order in which they are first asked for. */
function numbering(): { readonly of: (name: string) => number; readonly names: () => string[] } {
  const numbers = new Map<string, number>();
  return {
    of: (name) => {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    },
    names: () => [...numbers.keys()],
  };
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
  const { scanner, run, message } = decoding;
  const claims = kept.claims.map(([index, claim]) => {
    const rule = rules[index];
    return rule === undefined ? undefined : { ...claim, scanner, run, rule, message: message(claim.message) };
  });
  const findings: FileFinding[] = [];
  for (const place of kept.findings) {
    const claim = claims[place[0]];
    if (claim === undefined) return null;
    findings.push(findingAt(path, claim, place));
  }
  return { findings, comments: kept.comments.map((comment) => ({ ...comment, scanner, path })) };
}

function findingAt(
  path: string,
  claim: Claim & Pick<FileFinding, "scanner" | "run" | "rule">,
  [, id, startLine, endLine, startColumn, endColumn, more]: Place,
): FileFinding {
  const columns = { ...(startColumn === null ? {} : { startColumn }), ...(endColumn === null ? {} : { endColumn }) };
  return { ...claim, id, location: { path, startLine, endLine, ...columns }, ...more };
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
  return hash("sha256", text).slice(0, 32);
}
