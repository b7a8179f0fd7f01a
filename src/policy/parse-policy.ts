// The text of a policy file to a Policy, or every problem at once with its place. It reads no disk and no clock, and a file with a problem gives no policy:
// half of a policy would be a looser one.

import { posix } from "node:path";
import { normalizeProjectName } from "../findings/package-ref.ts";
import { SCANNER_IDS } from "../findings/scanner-id.ts";
import { compareText } from "../text/compare-text.ts";
import { crossChecks, type PathProblem } from "./cross-checks.ts";
import type { GateThreshold } from "./gate.ts";
import { RULE_ABOUT_EVERYTHING, shortRuleName } from "./gate-rule.ts";
import { type GateRule, KINDS, type Policy, type Suppression, type SuppressionSubject, TARGETS } from "./policy.ts";
import { POLICY_VERSION, type PolicyFile, policyFileSchema } from "./policy-schema.ts";
import { type PolicyYaml, readPolicyYaml } from "./policy-yaml.ts";
import { shapeProblems } from "./shape-problems.ts";

/** Something wrong in a policy file. Line and column are 1-based; columns count UTF-16 units. */
export interface PolicyProblem {
  readonly line: number;
  readonly column: number;
  /** What is wrong and what to do; what it repeats of the file is printable and short. */
  readonly message: string;
}

/** What the text of a policy does not say. */
export interface ParsePolicyOptions {
  /** Where the text was read, for people. */
  readonly source: string;
  /** The day of the run, YYYY-MM-DD in UTC: a suppression may end 366 days later at most. */
  readonly today: string;
  /** What fails where the file does not say it. */
  readonly failOn: GateThreshold;
}

/** A policy, or what keeps the text from being one. */
export interface ParsedPolicy {
  /** Null exactly when there are problems. */
  readonly policy: Policy | null;
  /** In the order of their places; of more than 100 only the first, with a last one that counts the others. */
  readonly problems: readonly PolicyProblem[];
  /** `gate.fail-on` or `gate.rules` is there. */
  readonly saysWhatFails: boolean;
}

/** More problems than this are counted, not listed. */
const MOST_PROBLEMS = 100;

/** Parses the text of a policy file. Never throws; a past `expires` is no problem, because the suppression is merely void. */
export function parsePolicy(text: string, { source, today, failOn }: ParsePolicyOptions): ParsedPolicy {
  const yaml = readPolicyYaml(text);
  const parsed = policyFileSchema.safeParse(yaml.value);
  const shape = parsed.success ? [] : parsed.error.issues.flatMap((issue) => shapeProblems(issue, yaml.value));
  const problems = located(yaml, yaml.complete ? [...shape, ...crossChecks(yaml.value, today)] : []);
  if (!parsed.success || problems.length > 0) return { policy: null, problems, saysWhatFails: saysWhatFails(yaml.value) };
  const lineOf = (index: number) => yaml.positionOf(yaml.offsetOf(["suppressions", index], "value")).line;
  return { policy: buildPolicy(parsed.data, { source, failOn, lineOf }), problems, saysWhatFails: saysWhatFails(yaml.value) };
}

/** The policy of a repository without a policy file: the defaults of the schema. */
export function defaultPolicy(failOn: GateThreshold, source: string): Policy {
  return buildPolicy(policyFileSchema.parse({ version: POLICY_VERSION }), { source, failOn, lineOf: () => 1 });
}

/** One problem per place, in the order of the text. */
function located(yaml: PolicyYaml, found: readonly PathProblem[]): PolicyProblem[] {
  const said = new Set<string>();
  const own = found.filter(({ path, part }) => {
    const place = JSON.stringify([path, part]);
    const around = part === "key" ? path.slice(0, -1) : path;
    return !yaml.refuses(around) && !said.has(place) && said.add(place);
  });
  const all = [...yaml.problems, ...own.map(({ path, part, message }) => ({ offset: yaml.offsetOf(path, part), message }))];
  const sorted = all.sort((a, b) => a.offset - b.offset || compareText(a.message, b.message));
  const listed = sorted.slice(0, MOST_PROBLEMS);
  const rest = sorted.length - listed.length;
  const next = sorted[MOST_PROBLEMS];
  if (next !== undefined)
    listed.push({ offset: next.offset, message: `There are ${rest} more problems from here on. Mend those above first.` });
  return listed.map(({ offset, message }) => ({ ...yaml.positionOf(offset), message }));
}

function saysWhatFails(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("gate" in value)) return false;
  const { gate } = value;
  return typeof gate === "object" && gate !== null && (Object.hasOwn(gate, "fail-on") || Object.hasOwn(gate, "rules"));
}

interface BuildContext {
  readonly source: string;
  readonly failOn: GateThreshold;
  /** Line of a suppression by its index. */
  readonly lineOf: (index: number) => number;
}

function buildPolicy(file: PolicyFile, { source, failOn, lineOf }: BuildContext): Policy {
  const { gate, limits } = file;
  const { default: otherwise, ...named } = gate.incomplete;
  return {
    source,
    gate: {
      rules: gate.rules?.map(buildRule) ?? shortForm(gate["fail-on"] ?? failOn),
      unknownAs: gate["unknown-severity"],
      incomplete: {
        default: otherwise,
        bandit: named.bandit ?? otherwise,
        safety: named.safety ?? otherwise,
        trivy: named.trivy ?? otherwise,
      },
      unpinned: gate.unpinned,
    },
    require: { scanners: inOrder(SCANNER_IDS, file.require.scanners ?? []), path: directory(file.require.path) },
    suppressions: file.suppressions.map((suppression, index) => buildSuppression(suppression, lineOf(index))),
    exclude: file.exclude,
    inline: file.inline,
    assertsInTests: file["asserts-in-tests"],
    limits: { nosec: limits.nosec ?? null, permanent: limits.permanent ?? null, databaseAgeDays: limits["database-age-days"] },
  };
}

function shortForm(failOn: GateThreshold): GateRule[] {
  return failOn === "never" ? [] : [{ ...RULE_ABOUT_EVERYTHING, name: shortRuleName(failOn), severity: failOn }];
}

function buildRule(rule: NonNullable<PolicyFile["gate"]["rules"]>[number]): GateRule {
  return {
    name: rule.name.trim(),
    kinds: inOrder(KINDS, rule.kinds ?? RULE_ABOUT_EVERYTHING.kinds),
    targets: inOrder(TARGETS, rule.targets ?? RULE_ABOUT_EVERYTHING.targets),
    scanners: inOrder(SCANNER_IDS, rule.scanners ?? RULE_ABOUT_EVERYTHING.scanners),
    paths: rule.paths ?? [],
    exceptPaths: rule["except-paths"] ?? [],
    severity: rule.severity,
    confidence: rule.confidence ?? null,
    scope: rule.scope ?? null,
    onlyFixable: rule.fix === "available",
    max: rule.max,
  };
}

function buildSuppression(file: PolicyFile["suppressions"][number], line: number): Suppression {
  return {
    subject: buildSubject(file),
    paths: file.paths ?? [],
    package: file.package === undefined ? null : normalizeProjectName(file.package),
    reason: file.reason.trim(),
    expires: file.expires === "never" ? null : file.expires,
    line,
  };
}

/** The cross-checks hold that one of the four is there. */
function buildSubject({ rule, advisory, finding, gap }: PolicyFile["suppressions"][number]): SuppressionSubject {
  if (rule !== undefined) return { by: "rule", rule };
  if (advisory !== undefined) return { by: "advisory", advisory };
  if (finding !== undefined) return { by: "finding", finding };
  return { by: "gap", gap: gap ?? "" };
}

/** Repetitions and the order in which a list was written mean nothing. */
function inOrder<Word extends string>(all: readonly Word[], listed: readonly Word[]): Word[] {
  return all.filter((word) => listed.includes(word));
}

/** `./src/` is `src`. */
function directory(path: string | undefined): string | null {
  return path === undefined ? null : posix.normalize(path).replace(/(?<=.)\/$/, "");
}
