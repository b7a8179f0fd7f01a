// The shape of report.json, version 1. The types of the renderer and report.schema.json both come from here, so neither can say something else.

import { z } from "zod";
import { RUN_IDS, SCANNER_IDS } from "../findings/scanner-id.ts";
import { SEVERITIES } from "../findings/severity.ts";
import { EXPIRY_NOTICE_DAYS } from "../policy/suppression.ts";

/** Raised when a field is removed, renamed or changes its meaning; new fields do not raise it. */
export const REPORT_SCHEMA_VERSION = 1;

const count = z.int().nonnegative();
const line = z.int().positive();
const path = z.string().describe("Relative to the root, `/` as separator. Names come from the scanned repository: untrusted text.");
const scanner = z.enum(SCANNER_IDS);
const severity = z.enum(SEVERITIES);
const day = z.string().describe("`YYYY-MM-DD`, UTC.");

const gap = z.object({
  path,
  line: line.nullable(),
  reason: z.string(),
  remedy: z.string().nullable(),
});

const standing = z
  .enum(["counts", "warned", "unchanged", "accepted"])
  .describe(
    "`counts` makes the verdict error; `warned` would, but the policy only warns; `unchanged` is in a file that is the same at the base; `accepted` is suppressed.",
  );

const notice = z.object({
  path: path.nullable(),
  line: line.nullable(),
  message: z.string(),
});

const reason = z.object({
  code: z.enum(["base-unavailable", "limit-exceeded", "scanner-failed", "not-covered", "rule-violated"]),
  rule: z.string().nullable().describe("The violated rule of the policy, or the key of the limit."),
  run: z.string().nullable().describe("The run that failed or has gaps; null for the tree as a whole."),
  count: count.describe(
    "Findings that violate the rule, what exceeds the limit, gaps, or 1 for a failed scanner and for a base that cannot be had.",
  ),
  message: z.string(),
});

const run = z.object({
  scanner,
  category: z.string().describe("The SARIF run's automationDetails.id."),
  status: z.enum(["completed", "skipped", "failed"]),
  version: z.string().nullable(),
  durationMs: count,
  coverage: z
    .object({
      expected: count,
      covered: count,
      cached: count.describe("Of those covered, how many were the same when an earlier run looked at them."),
      unit: z.string(),
      missing: z.array(gap),
    })
    .nullable()
    .describe("What the run proved to have looked at; null unless it completed."),
  database: z
    .object({
      updatedAt: z.string().nullable().describe("ISO 8601."),
      ageDays: z.int().nullable(),
      digest: z.string().describe("sha256, hexadecimal."),
      origin: z.string(),
    })
    .nullable(),
  notices: z.array(notice),
  skipped: z.string().nullable().describe("Why there was nothing to do; null unless the run was skipped."),
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).nullable(),
});

const finding = z.object({
  id: z.string().describe("The same problem has the same id in every scan."),
  kind: z.enum(["code", "secret", "misconfiguration", "dependency"]),
  scanners: z.array(scanner).min(1).describe("Who reported it; the first one's words are used."),
  rule: z.string(),
  severity,
  confidence: z.enum(["high", "medium", "low", "unknown"]).nullable(),
  state: z.enum(["new", "unchanged", "suppressed"]).nullable().describe("`suppressed` with or without a base; else null without one."),
  message: z.string(),
  path,
  startLine: line,
  endLine: line,
  package: z.object({ name: z.string(), version: z.string(), purl: z.string() }).nullable(),
  advisory: z
    .object({ id: z.string(), aliases: z.array(z.string()), url: z.string().nullable(), cvss: z.number().min(0).max(10).nullable() })
    .nullable(),
  fix: z
    .object({
      version: z.string(),
      line: z.string().nullable().describe("The line to write or the command to run."),
      note: z.string().nullable().describe("What to mind with it."),
    })
    .nullable()
    .describe("Null when no fixed version is known."),
  introducedBy: z
    .array(z.string())
    .nullable()
    .describe("Direct dependencies that bring the package; null for a direct dependency, and where nothing is known."),
  suppression: z
    .object({
      kind: z.enum(["policy", "inline", "asserts-in-tests"]),
      reason: z.string(),
      expires: day.nullable().describe("Last day on which it holds; null: no end."),
    })
    .nullable()
    .describe("What suppresses it; null unless its state is `suppressed`."),
});

const suppression = z.object({
  source: z.string().describe("The policy it stands in."),
  line: line.describe("Where it stands there."),
  subject: z.object({ by: z.enum(["rule", "advisory", "finding", "gap"]), value: z.string() }),
  paths: z.array(z.string()).describe("Globs; empty: everywhere."),
  package: z.string().nullable(),
  reason: z.string(),
  expires: day.nullable(),
});

const policy = z.object({
  source: z.string(),
  changes: z
    .array(z.object({ key: z.string(), base: z.string().nullable(), head: z.string().nullable(), effect: z.enum(["applies", "ignored"]) }))
    .describe("What the change does to the policy. What is stricter applies at once, what is looser is ignored until it is merged."),
  stale: z.array(suppression).describe("Suppressions that matched nothing in this run."),
  expiring: z.array(suppression).describe(`Suppressions that end within ${EXPIRY_NOTICE_DAYS} days.`),
  expired: z.array(suppression).describe("Suppressions that have ended and suppress nothing."),
  exclusions: z.array(z.object({ pattern: z.string(), files: count })).describe("What is not scanned."),
});

const truncation = z.object({
  run: z.enum(RUN_IDS),
  kept: count.describe("Findings of the run in the upload file."),
  total: count.describe("Findings that the upload file would hold of the run without the limit."),
  because: z.string().describe("The limit, as a clause."),
});

/** The whole of report.json. */
export const reportSchema = z.object({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.object({ name: z.literal("sarif-gate"), version: z.string() }),
  revision: z.string().nullable().describe("The commit that was checked out; null outside git."),
  startedAt: z.string().describe("ISO 8601, UTC."),
  durationMs: count,
  verdict: z.enum(["pass", "fail", "error"]),
  reasons: z.array(reason).describe("Empty exactly when the verdict is pass."),
  scope: z.enum(["all", "new"]).describe("What gates."),
  base: z.string().nullable().describe("The commit that findings are compared with; null without one."),
  baseName: z.string().nullable().describe("The base for people, e.g. `pull request 12`; null without one."),
  noBase: z.string().nullable().describe("Why nothing is compared; null when something is."),
  counts: z
    .object({ critical: count, high: count, medium: count, low: count, unknown: count })
    .describe("Findings in the scope, without suppressed ones."),
  states: z
    .object({ open: count, new: count, unchanged: count, suppressed: count })
    .describe("All findings; adds up to their number. `open` are those that are neither suppressed nor compared with a base."),
  changedWorkflows: z.array(path).describe("Files of .github/workflows and .github/actions that differ from the base."),
  runs: z.array(run),
  gaps: z.array(gap.extend({ run: z.string().nullable(), standing })).describe("Everything that had to be looked at and was not."),
  notices: z.array(notice).describe("Notices about the tree; those of a run stand in the run."),
  findings: z.array(finding).describe("Each problem once, most severe first."),
  policy,
  inlineSuppressions: count.describe("Comments in the source that ask a scanner to pass over something, in all."),
  newInlineSuppressions: z
    .array(z.object({ scanner, path, line, honoured: z.boolean().describe("Whether every policy lets it suppress.") }))
    .describe("Those that the base does not have; empty without one."),
  truncated: z
    .array(truncation)
    .describe(
      "Runs of which GitHub gets fewer findings than there are; `findings` has all. Empty on stdout, which is written before the upload file.",
    ),
});

export type ReportJson = z.infer<typeof reportSchema>;

/**
 * Builds the JSON Schema (draft 2020-12) that is committed as report.schema.json. It allows fields it does not know, which a later version may add.
 * To write the file anew: `node -p 'JSON.stringify(require("./src/report/report-schema.ts").reportJsonSchema())' > report.schema.json && npm run format`.
 */
export function reportJsonSchema(): object {
  return { title: "sarif-gate report", ...z.toJSONSchema(reportSchema, { io: "input" }) };
}
