// What Trivy says of the templates it rendered, and the proof that it left nothing out: our own check lists which checks fail for each rendered document.

import { z } from "zod";
import type { Gap } from "../../findings/coverage.ts";
import { unreadable } from "../report-json.ts";
import { RENDERED_CHECK_NAMESPACE } from "./rendered-check.ts";
import type { TrivyMisconfiguration, TrivyResult } from "./report.ts";

const failuresSchema = z.array(z.tuple([z.string(), z.string(), z.number()]));

type Failure = z.output<typeof failuresSchema>[number];

/** The results without our own check, and without what Trivy reports of the same file as it stands, where lines are those of the file. */
export function renderedResults(charts: readonly TrivyResult[], unrendered: readonly TrivyResult[]): TrivyResult[] {
  const known = new Set(unrendered.flatMap((result) => result.Misconfigurations.map((check) => nameOf(result, check))));
  return charts.map((result) => {
    const checks = result.Misconfigurations.filter((check) => !isOurs(check) && !known.has(nameOf(result, check)));
    return { ...result, Misconfigurations: checks };
  });
}

function nameOf({ Target: target }: TrivyResult, { ID: id, Message: message }: TrivyMisconfiguration): string {
  return [target, id, message ?? ""].join("\0");
}

/** Results, as Trivy reported them, of which a check is missing that failed. Throws a ScannerError `report-unreadable`. */
export function curtailedResults(charts: readonly TrivyResult[]): TrivyResult[] {
  return charts.filter(({ Class, Misconfigurations: checks }) => {
    if (Class !== "config") return false;
    const ours = checks.filter(isOurs);
    const reported = new Set(checks.flatMap(reportedNames));
    const expected = ours.flatMap(({ Message: message }) => decodeFailures(message ?? ""));
    return ours.length === 0 || expected.some((failure) => !reported.has(failureName(failure)));
  });
}

/** The gap for a template, or the chart or archive that stands for it. */
export function curtailedGap(path: string): Gap {
  return {
    path,
    reason: "Trivy left out misconfigurations of what this template renders, as a `trivy:ignore` comment in the rendered text asks for it",
    remedy: "Remove what puts the comment together; suppress the findings in the policy file instead.",
  };
}

function isOurs({ Namespace: namespace }: TrivyMisconfiguration): boolean {
  return namespace === RENDERED_CHECK_NAMESPACE;
}

/** Once with its line and once without: where a check gives none, Trivy gives that of the document. */
function reportedNames({ Namespace: namespace, Message: message, CauseMetadata: cause }: TrivyMisconfiguration): string[] {
  const name = namespace?.split(".").at(-1) ?? "";
  return [cause?.StartLine ?? 0, 0].map((line) => failureName([name, message ?? "", line]));
}

function failureName(failure: Failure): string {
  return failure.join("\0");
}

function decodeFailures(message: string): Failure[] {
  const parsed = failuresSchema.safeParse(parseJson(message));
  if (!parsed.success) throw unreadable("Trivy", "Results[].Misconfigurations[].Message: it is not what our check says");
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
