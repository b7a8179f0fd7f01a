// The shape of report.json, version 1. The types of the renderer and report.schema.json both come from here, so neither can say something else.

import { z } from "zod";
import { RUN_IDS, SCANNER_IDS } from "../findings/scanner-id.ts";
import { SEVERITIES } from "../findings/severity.ts";

/** Raised when a field is removed, renamed or changes its meaning; new fields do not raise it. */
export const REPORT_SCHEMA_VERSION = 1;

const count = z.int().nonnegative();
const line = z.int().positive();
const path = z.string().describe("Relative to the root, `/` as separator. Names come from the scanned repository: untrusted text.");
const scanner = z.enum(SCANNER_IDS);
const severity = z.enum(SEVERITIES);

const gap = z.object({
  path,
  line: line.nullable(),
  reason: z.string(),
  remedy: z.string().nullable(),
});

const notice = z.object({
  path: path.nullable(),
  line: line.nullable(),
  message: z.string(),
});

const reason = z.object({
  code: z.enum(["scanner-failed", "not-covered", "rule-violated"]),
  rule: z.string().nullable().describe("The violated rule of the policy."),
  run: z.string().nullable().describe("The run that failed or has gaps; null for the tree as a whole."),
  count: count.describe("Findings that violate the rule, gaps, or 1 for a failed scanner."),
  message: z.string(),
});

const run = z.object({
  scanner,
  category: z.string().describe("The SARIF run's automationDetails.id."),
  status: z.enum(["completed", "skipped", "failed"]),
  version: z.string().nullable(),
  durationMs: count,
  coverage: z
    .object({ expected: count, covered: count, unit: z.string(), missing: z.array(gap) })
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
  state: z.enum(["new", "unchanged", "suppressed"]).nullable().describe("Null without a base."),
  message: z.string(),
  path,
  startLine: line,
  endLine: line,
  package: z.object({ name: z.string(), version: z.string(), purl: z.string() }).nullable(),
  advisory: z
    .object({ id: z.string(), aliases: z.array(z.string()), url: z.string().nullable(), cvss: z.number().min(0).max(10).nullable() })
    .nullable(),
  fix: z
    .object({ version: z.string(), line: z.string().nullable().describe("The line to write or the command to run.") })
    .nullable()
    .describe("Null when no fixed version is known."),
  suppression: z.null(),
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
  counts: z.object({ critical: count, high: count, medium: count, low: count, unknown: count }),
  runs: z.array(run),
  gaps: z.array(gap.extend({ run: z.string().nullable() })).describe("Everything that had to be looked at and was not."),
  notices: z.array(notice).describe("Notices about the tree; those of a run stand in the run."),
  findings: z.array(finding).describe("Each problem once, most severe first."),
  policy: z.object({ source: z.string(), stale: z.array(z.never()), expiring: z.array(z.never()) }),
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
