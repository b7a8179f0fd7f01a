// The parts of Bandit's JSON report that are used (bandit/formatters/json.py). `code` is left out on purpose: it quotes the scanned file.

import { z } from "zod";
import { anything, mapOf } from "../report-json.ts";

/** One element of `results`. Lines are 1-based, columns 0-based UTF-8 byte offsets; `end_col_offset` belongs to the last line of `line_range`. */
export type BanditResult = z.output<typeof banditResultSchema>;

export type BanditReport = z.output<typeof banditReportSchema>;

export const banditResultSchema = z.object({
  filename: z.string(),
  test_id: z.string().min(1),
  test_name: z.string(),
  issue_text: z.string(),
  issue_severity: anything,
  issue_confidence: anything,
  issue_cwe: z.object({ id: z.int().positive().optional() }),
  more_info: z.string(),
  line_number: z.int(),
  line_range: z.array(z.int()),
  col_offset: z.int(),
  end_col_offset: z.int(),
});

export const banditReportSchema = z.object({
  generated_at: z.iso.datetime(),
  errors: z.array(z.object({ filename: z.string(), reason: z.string() })),
  /** By file name as given on the command line, and `_totals`. Both counts are of findings that comments hid, which was ruled out. */
  metrics: mapOf(z.object({ nosec: z.literal(0), skipped_tests: z.literal(0) })),
  results: z.array(banditResultSchema),
});
