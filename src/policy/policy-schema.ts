// The shape of a policy file, version 1. The parser and policy.schema.json both come from here, so neither can say something else. What a shape cannot
// say (dates, duplicates, sums) stands in cross-checks.ts. A message here is the end of a sentence that begins with the key.

import { z } from "zod";
import { SCANNER_IDS } from "../findings/scanner-id.ts";
import { SEVERITIES } from "../findings/severity.ts";
import { GATE_THRESHOLDS } from "./gate.ts";
import { globProblem, LONGEST_GLOB, RELATIVE_GLOB } from "./glob.ts";
import { KINDS, TARGETS } from "./policy.ts";

/** The one version of the format there is. */
export const POLICY_VERSION = 1;

/** Oldest database that is accepted, in days, where the policy does not say: Trivy's is built every six hours, Safety's free data monthly. */
const DATABASE_AGE_DAYS = { trivy: 7, safety: 45 } as const;

/** The keys of which a suppression has exactly one. */
export const SUBJECT_KEYS = ["rule", "advisory", "finding", "gap"] as const;

const severity = z.enum(SEVERITIES.filter((word) => word !== "unknown"));
const effect = z.enum(["fail", "warn"]);
const count = z.int().min(0).max(1_000_000);
const days = z.int().min(1).max(3650);

/** One word as a scanner or a package index spells it. */
const word = z
  .string()
  .max(200)
  .regex(/^[^\s\p{Cc}\p{Cs}]+$/u, "is empty, or has spaces or control characters. Write it as the scanner's report does.");

const glob = z
  .string()
  .min(1)
  .max(LONGEST_GLOB)
  .regex(
    RELATIVE_GLOB,
    "is not a glob relative to the root: it may not begin with `/` or `!`, end with `/` (write `name/**`), or hold `..`, a backslash or a control character.",
  )
  .check((context) => {
    const message = globProblem(context.value);
    if (message !== null) context.issues.push({ code: "custom", input: context.value, message });
  });

const globs = z.array(glob).min(1).max(100);

const rule = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^\P{Cc}*$/u, "has control characters. Name what the rule forbids, on one line.")
    .regex(/\S/, "is blank. Name what the rule forbids.")
    .describe("What the rule forbids, for people; no two rules have the same name."),
  kinds: z.array(z.enum(KINDS)).min(1).max(KINDS.length).optional().describe("Kinds of findings; all of them when left out."),
  targets: z.array(z.enum(TARGETS)).min(1).max(TARGETS.length).optional().describe("The scanned tree, the image, or both (default)."),
  scanners: z.array(z.enum(SCANNER_IDS)).min(1).max(SCANNER_IDS.length).optional().describe("Scanners that report it; all when left out."),
  paths: globs.optional().describe("Globs of files, relative to the root; everywhere when left out."),
  "except-paths": globs.optional().describe("Globs of files that the rule is not for."),
  severity: severity.default("low").describe("Findings at or above it."),
  confidence: z.enum(["high", "medium", "low"]).optional().describe("Findings at or above it, of those that have a confidence (Bandit's)."),
  scope: z.enum(["new", "all"]).optional().describe("New findings or all of them; the scope of the run when left out."),
  fix: z.literal("available").optional().describe("Only findings with a known fixed version."),
  max: count.default(0).describe("How many findings are tolerated."),
});

const gate = z
  .strictObject({
    "fail-on": z.enum(GATE_THRESHOLDS).optional().describe("The short form: findings at or above this severity fail; `never`: none."),
    rules: z.array(rule).min(1).max(100).optional().describe("The long form: each rule fails by itself. Not together with `fail-on`."),
    "unknown-severity": severity.default("high").describe("What an unknown severity counts as."),
    incomplete: z
      .strictObject({
        default: effect.default("fail").describe("For every scanner that is not named, and for the tree as a whole."),
        bandit: effect.optional().describe("For Bandit."),
        safety: effect.optional().describe("For Safety."),
        trivy: effect.optional().describe("For Trivy."),
      })
      .prefault({})
      .describe("What a failed scanner, or something it did not look at, does: fail the run or warn."),
    unpinned: z.enum(["notice", "fail"]).default("notice").describe("What dependencies without a version to check do."),
  })
  .meta({ description: "What fails the run.", not: { required: ["fail-on", "rules"] } });

const suppression = z
  .strictObject({
    rule: word.optional().describe("A rule's id, as its scanner spells it."),
    advisory: word.optional().describe("An advisory by any of its names: CVE, GHSA, PYSEC or Safety's."),
    finding: z
      .string()
      .regex(/^[0-9a-f]{20}$/, "is not the id of a finding: 20 digits or letters from a to f. Copy it from the report, in quotes.")
      .optional()
      .describe("A finding's id, from the report."),
    gap: glob.optional().describe("A glob for the paths of what was not looked at."),
    paths: globs.optional().describe("Globs of the files it is for; everywhere when left out."),
    package: word.optional().describe("The package it is for; any when left out."),
    reason: z
      .string()
      .max(500)
      .regex(/^(?:\P{Cc}|[\t\r\n])*$/u, "has control characters. Write plain text.")
      .regex(/\S/, "is blank. Say why this is accepted.")
      .describe("Why this is accepted; shown in every report."),
    expires: z
      .string()
      .regex(/^(?:\d{4}-\d{2}-\d{2}|never)$/, "is neither a date like 2030-01-31 nor `never`.")
      .describe("The last day on which it holds, YYYY-MM-DD in UTC and at most 366 days ahead; or `never`."),
  })
  .meta({
    description: "An accepted finding, or an accepted gap. It has exactly one of rule, advisory, finding and gap.",
    oneOf: SUBJECT_KEYS.map((key) => ({ required: [key] })),
    not: { required: ["gap", "package"] },
  });

/** The whole of a policy file. */
export const policyFileSchema = z.strictObject({
  version: z.literal(POLICY_VERSION).describe("The version of this format: 1."),
  gate: gate.prefault({}),
  require: z
    .strictObject({
      scanners: z.array(z.enum(SCANNER_IDS)).min(1).max(SCANNER_IDS.length).optional().describe("Scanners that must run."),
      path: z
        .string()
        .max(LONGEST_GLOB)
        .regex(
          /^(?!\/)(?!(?:[^/]*\/)*\.\.(?:\/|$))[^\\\p{Cc}\p{Cs}]+$/u,
          "is not a directory inside the root: give it relative to the root, with `/` between names and without `..`; the root is `.`.",
        )
        .optional()
        .describe("Directory that must be scanned, relative to the root."),
    })
    .prefault({})
    .describe("What the inputs of the workflow must ask for; asking for less is an error."),
  suppressions: z.array(suppression).max(1000).default([]).describe("Findings and gaps that are accepted, each with a reason and an end."),
  exclude: z.array(glob).max(200).default([]).describe("Globs of what is not scanned, relative to the root."),
  inline: z
    .enum(["honour", "existing", "ignore"])
    .default("honour")
    .describe("Which `# nosec` and `trivy:ignore` comments suppress: all, those the base already had, or none."),
  "asserts-in-tests": z
    .enum(["ignore", "report"])
    .default("ignore")
    .describe("What Bandit's B101 is in test files: suppressed or reported."),
  limits: z
    .strictObject({
      nosec: count.optional().describe("Comments that suppress, in the whole tree; any number when left out."),
      permanent: count.optional().describe("Suppressions with `expires: never`; any number when left out."),
      "database-age-days": z
        .strictObject({
          trivy: days.default(DATABASE_AGE_DAYS.trivy).describe("Trivy's vulnerability database."),
          safety: days.default(DATABASE_AGE_DAYS.safety).describe("Safety's data."),
        })
        .prefault({})
        .describe("How old a database may be, in days; one that is older is a gap."),
    })
    .prefault({})
    .describe("Upper limits."),
});

/** A policy file that has the right shape, with defaults. */
export type PolicyFile = z.infer<typeof policyFileSchema>;

/**
 * Builds the JSON Schema (draft 2020-12) that is committed as policy.schema.json, for editors.
 * To write the file anew: `node -p 'JSON.stringify(require("./src/policy/policy-schema.ts").policyJsonSchema())' > policy.schema.json && npm run format`.
 */
export function policyJsonSchema(): object {
  return { title: "sarif-gate policy", ...z.toJSONSchema(policyFileSchema, { io: "input" }) };
}
