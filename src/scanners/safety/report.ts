// The parts of the JSON report of `safety check` that are used (json_version 1.1). `ignored` is left out on purpose: it can be an object instead of a boolean.

import { z } from "zod";
import { anything, mapOf } from "../report-json.ts";

export type SafetyVulnerability = z.output<typeof vulnerabilitySchema>;

export type SafetyReport = z.output<typeof safetyReportSchema>;

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

const vulnerabilitySchema = z.object({
  /** Empty where a broken database has no id for it, and then Safety has merged it with others. */
  vulnerability_id: z.string().min(1),
  package_name: z.string().min(1),
  analyzed_version: z.string().min(1),
  advisory: z.string().nullish(),
  fixed_versions: texts,
  resources: texts,
  CVE: z.string().min(1).nullish(),
  severity: z
    .object({
      cvssv2: z.object({ base_score: anything }).nullish(),
      cvssv3: z.object({ base_score: anything, base_severity: anything }).nullish(),
    })
    .nullish(),
  more_info_url: z.string().nullish(),
});

export const safetyReportSchema = z.object({
  report_meta: z.object({
    json_version: z.literal("1.1"),
    scanned_full_path: z.array(z.string()),
    local_database_path: z.string(),
  }),
  /** By normalised name. `version` is null for a package with two versions, so it is not used. */
  scanned_packages: mapOf(
    z.object({ requirements: z.array(z.object({ name: z.string(), specifier: z.string(), found: z.string().nullable() })) }),
  ),
  vulnerabilities: z.array(vulnerabilitySchema),
  ignored_vulnerabilities: z.array(vulnerabilitySchema),
});
