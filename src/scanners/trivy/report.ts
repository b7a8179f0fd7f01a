// The parts of Trivy's JSON report that are used (trivy/pkg/types/report.go). Trivy leaves empty members out. `Code` and `Match` are left out here on
// purpose: they quote the scanned file, and lines beside a secret uncensored.

import { z } from "zod";
import { anything, mapOf } from "../report-json.ts";

export type TrivyReport = z.output<typeof trivyReportSchema>;
export type TrivyResult = TrivyReport["Results"][number];
export type TrivyVulnerability = TrivyResult["Vulnerabilities"][number];
export type TrivySecret = TrivyResult["Secrets"][number];
export type TrivyMisconfiguration = TrivyResult["Misconfigurations"][number];

const identifier = z.object({ PURL: z.string().nullish() }).nullish();
/** 1-based; absent or 0 where Trivy does not know, negative for our own check. */
const line = z.int().nullish();

const packageSchema = z.object({
  Name: z.string(),
  Version: z.string().nullish(),
  Locations: list(z.object({ StartLine: line, EndLine: line })),
});

const vulnerabilitySchema = z.object({
  VulnerabilityID: z.string().min(1),
  VendorIDs: list(z.string()),
  PkgName: z.string().min(1),
  /** The file of an installed package; then `Target` is only the name of its ecosystem. */
  PkgPath: z.string().nullish(),
  PkgIdentifier: identifier,
  InstalledVersion: z.string().min(1),
  /** Separated by `, `. */
  FixedVersion: z.string().nullish(),
  Severity: anything,
  SeveritySource: z.string().nullish(),
  PrimaryURL: z.string().nullish(),
  Title: z.string().nullish(),
  Description: z.string().nullish(),
  CweIDs: list(z.string()),
  /** By source of the rating. */
  CVSS: mapOf(z.object({ V3Score: anything, V40Score: anything })).nullish(),
});

const secretSchema = z.object({
  RuleID: z.string().min(1),
  Severity: anything,
  Title: z.string().nullish(),
  StartLine: line,
  EndLine: line,
});

const misconfigurationSchema = z.object({
  ID: z.string().min(1),
  /** The package of the check in its source: `builtin.kubernetes.KSV001`. */
  Namespace: z.string().nullish(),
  Title: z.string().nullish(),
  Description: z.string().nullish(),
  Message: z.string().nullish(),
  Resolution: z.string().nullish(),
  Severity: anything,
  PrimaryURL: z.string().nullish(),
  Status: z.string(),
  CauseMetadata: z
    .object({
      StartLine: line,
      EndLine: line,
      /** What the cause is a part of, from the inside out. */
      Occurrences: list(z.object({ Filename: z.string().nullish(), Location: z.object({ StartLine: line }).nullish() })),
    })
    .nullish(),
});

const resultSchema = z.object({
  /** A path below what was scanned; for an image also a name. Trivy loses it for some Azure templates. */
  Target: z.string(),
  Class: z.string().nullish(),
  Type: z.string().nullish(),
  Packages: list(packageSchema),
  Vulnerabilities: list(vulnerabilitySchema),
  Secrets: list(secretSchema),
  Misconfigurations: list(misconfigurationSchema),
  /** Findings that something suppressed. */
  ExperimentalModifiedFindings: list(anything),
});

export const trivyReportSchema = z.object({
  SchemaVersion: z.literal(2),
  /** Present for an image. */
  Metadata: z
    .object({
      OS: z.object({ Family: z.string().nullish(), Name: z.string().nullish(), EOSL: z.boolean().nullish() }).nullish(),
      DiffIDs: list(z.string()),
      ImageConfig: z.object({ rootfs: z.object({ diff_ids: list(z.string()) }).nullish() }).nullish(),
    })
    .nullish(),
  Results: list(resultSchema),
});

function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}
