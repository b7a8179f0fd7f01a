// Bandit's leg of a scan and one plain Bandit, in words that can be compared: what is found, and which files could not be read.

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Bench } from "./bench.ts";
import type { BanditJson } from "./by-hand.ts";
import type { Report } from "./compare-statements.ts";
import { EDIT_MESSAGE, EDIT_RULE, type Edit } from "./edits.ts";
import { type Measurement, measure } from "./measure.ts";
import { scanCommand } from "./scan-command.ts";

/** A tree, and the cache directory of its scans. */
export interface Subject {
  readonly bench: Bench;
  readonly root: string;
  readonly cache: string;
}

/** Scans with Bandit alone; `node` are options of node itself, `env` is added to the environment. */
export async function runBanditLeg(
  { bench: { program, work }, root, cache }: Subject,
  options: readonly string[],
  { node = [], env = {} }: { readonly node?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ measured: Measurement; statements: string[] }> {
  const report = join(work, "report.json");
  const command = scanCommand({ program, root, cache, options: ["--scanners", "bandit", ...options], report, node });
  const measured = await measure({ ...command, env: { ...command.env, ...env } });
  return { measured, statements: statementsOfScan(JSON.parse(readFileSync(report, "utf8"))) };
}

/** The checks whose text quotes what may be a password; a scan does not repeat it. */
const PASSWORD_CHECKS: readonly string[] = ["B105", "B106", "B107"];

interface Statement {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly severity: string;
  readonly confidence: string | null;
  readonly message: string;
}

/** Without memory addresses, which differ from run to run. */
function words({ path, line, rule, severity, confidence, message }: Statement): string {
  const said = PASSWORD_CHECKS.includes(rule) ? "" : message.replace(/ at 0x[0-9a-f]+/giu, "").trim();
  return [path, line, rule, severity.toLowerCase(), confidence?.toLowerCase(), said].join(":");
}

function unread(path: string): string {
  return `${path} cannot be read`;
}

/** What a scan with Bandit states. A gap with a line is a check that failed, which plain Bandit only logs. */
export function statementsOfScan({ findings, gaps }: Report): string[] {
  const ofBandit = gaps.filter(({ run, line }) => run === "bandit" && line === null);
  return [...findings.map((finding) => words({ ...finding, line: finding.startLine })), ...ofBandit.map(({ path }) => unread(path))];
}

/** What a plain Bandit over `root` states. */
export function statementsOfPlain({ results, errors }: BanditJson, root: string): string[] {
  const found = results.map(({ filename, line_number: line, test_id: rule, issue_severity, issue_confidence, issue_text: message }) =>
    words({ path: relative(root, filename), line, rule, severity: issue_severity, confidence: issue_confidence, message }),
  );
  return [...found, ...errors.map(({ filename }) => unread(relative(root, filename)))];
}

/** What is stated of the line that an edit adds. */
export function statementOfEdit({ file: path, line }: Edit): string {
  return words({ path, line, rule: EDIT_RULE, severity: "low", confidence: "high", message: EDIT_MESSAGE });
}
