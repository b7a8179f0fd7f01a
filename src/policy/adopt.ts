// Suppressions for what gates today, inserted into the text of a policy. It decides nothing about what gates, reads and writes no disk, and takes or changes
// not one character of the policy: whatever style its author writes in stays.

import { isCollection, isMap, isPair, isSeq, type ParsedNode, parseDocument, stringify } from "yaml";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import { printable } from "../text/printable.ts";
import { POLICY_VERSION } from "./policy-schema.ts";

/** One suppression by finding id, as it stands in the file. */
export interface Adoption {
  readonly finding: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, or `never`. */
  readonly expires: string;
}

/** When findings are adopted, and for how long. */
export interface AdoptOptions {
  /** The day of the scan, `YYYY-MM-DD` (UTC). */
  readonly today: string;
  readonly expires: string;
}

/** A reason has at most 500 UTF-16 units; what counts the rest needs some of them. */
const LONGEST_REASON = 480;

/** What `printable` lets pass and YAML does not. */
const NONCHARACTERS = /[\uFFFE\uFFFF]/g;

/** Makes one suppression per finding. A path of the scanned tree stands in its reason as printable text. */
export function buildAdoptions(findings: readonly TriagedFinding[], { today, expires }: AdoptOptions): Adoption[] {
  return findings.map(({ id, rule, run, location: { path, startLine } }) => {
    const place = run === "trivy-image" ? path : `${path}:${startLine}`;
    const reason = printable(`Adopted on ${today}: ${rule.id} in ${place}`).replace(NONCHARACTERS, "\uFFFD");
    return { finding: id, reason: printable(reason, LONGEST_REASON), expires };
  });
}

/** Returns the text of a policy that says nothing yet but what made it. */
export function newPolicy(today: string): string {
  return `# Begun by \`sarif-gate policy adopt\` on ${today}.\nversion: ${POLICY_VERSION}\n`;
}

/** Returns the text of a policy with these suppressions, at least one, after its own. `text` is a valid policy. */
export function addSuppressions(text: string, adoptions: readonly Adoption[]): string {
  const root = parseDocument<ParsedNode>(text).contents;
  if (!isMap(root)) throw new TypeError("A valid policy is a mapping.");
  const list = root.get("suppressions", true);
  if (!isSeq(list)) {
    if (root.flow) return insert(text, endOf(root.items.at(-1)), `,\n  suppressions: [${inBrackets(adoptions)}]`);
    const indentation = indentationAt(text, root.range[0]);
    return insertLines(text, endOf(root), [`${indentation}suppressions:`, ...blockLines(adoptions, `${indentation}  `)]);
  }
  const start = list.range?.[0] ?? 0;
  if (list.items.length === 0) return insert(text, start + 1, inBrackets(adoptions));
  if (list.flow) return insert(text, endOf(list.items.at(-1)), `,${inBrackets(adoptions)}`);
  return insertLines(text, endOf(list), blockLines(adoptions, indentationAt(text, start)));
}

/** The elements of a list in brackets, each on a line of its own. */
function inBrackets(adoptions: readonly Adoption[]): string {
  const entries = adoptions.map((adoption) => Object.entries(adoption).map(([key, value]) => `${key}: ${JSON.stringify(value)}`));
  return entries.map((entry) => `\n    {${entry.join(", ")}}`).join(",");
}

/** The elements of a list with dashes. */
function blockLines(adoptions: readonly Adoption[], indentation: string): string[] {
  return stringify(adoptions, { lineWidth: 0 })
    .trimEnd()
    .split("\n")
    .map((line) => indentation + line);
}

/** Where the last word, quote, bracket or block of text of a node ends. Comments and blank lines behind it are not its own. */
function endOf(node: unknown): number {
  if (isPair(node)) return endOf(node.value ?? node.key);
  if (isCollection(node) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1));
  return isRanged(node) ? node.range[1] : 0;
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

/** Inserts whole lines below the line that ends at an offset or holds it. */
function insertLines(text: string, offset: number, lines: readonly string[]): string {
  const lineBreak = text.indexOf("\n", offset);
  const below = startOfLine(text, offset) === offset ? offset : lineBreak === -1 ? text.length : lineBreak + 1;
  const opening = startOfLine(text, below) === below ? "" : "\n";
  return insert(text, below, `${opening}${lines.join("\n")}\n`);
}

/** The blanks before the first word of a mapping or the first dash of a list; a byte order mark is none of them. */
function indentationAt(text: string, offset: number): string {
  return text.slice(startOfLine(text, offset), offset).replace(/^\uFEFF/, "");
}

function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** What is inserted breaks its lines as the text does. */
function insert(text: string, offset: number, piece: string): string {
  return text.slice(0, offset) + (text.includes("\r\n") ? piece.replace(/\n/g, "\r\n") : piece) + text.slice(offset);
}
