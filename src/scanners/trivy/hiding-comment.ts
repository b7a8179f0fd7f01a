// Which comment would hide a misconfiguration from Trivy's report (trivy/pkg/iac/ignore/rule.go). Where the report does not hold all that Trivy decides by,
// no comment hides anything: see `honoursComments`.

import { posix } from "node:path";
import { namesOfCheck } from "./check-names.ts";
import type { IgnoreComment } from "./ignore-comments.ts";
import type { TrivyMisconfiguration, TrivyResult } from "./report.ts";

/**
 * Whether comments count in the file of a result. Trivy reads none in plain Kubernetes manifests, in JSON and in Azure templates. Those in a Helm chart it
 * looks for in the rendered text, of which the report holds neither the comments nor their lines, so here they do not count.
 */
export function honoursComments({ Type: type, Target }: TrivyResult): boolean {
  return type === "dockerfile" || (type === "cloudformation" && posix.extname(Target) !== ".json");
}

/** Returns the first comment of the file that would hide the finding, one without an expiry before one that has a date; whether that has passed is told later. */
export function hidingComment(
  check: TrivyMisconfiguration,
  { Target }: TrivyResult,
  comments: readonly IgnoreComment[],
): IgnoreComment | undefined {
  const lines = startLines(check, Target);
  const names = namesOfCheck(check.ID).map((name) => name.toLowerCase());
  const hiding = comments.filter(
    ({ line, pattern }) =>
      lines.some((start) => start === line || start === line + 1) && names.some((name) => matches(name, pattern.toLowerCase())),
  );
  return hiding.find(({ expiry }) => expiry === null) ?? hiding.find(({ expiry }) => isDate(expiry));
}

/** Trivy takes no other spelling; a comment with an expiry that is no date never counts. */
export function isDate(expiry: string | null): expiry is string {
  if (expiry === null || !/^\d{4}-\d{2}-\d{2}$/.test(expiry)) return false;
  const time = Date.parse(`${expiry}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(expiry);
}

/** Where the finding begins, and where everything begins that it is a part of. */
function startLines({ CauseMetadata: cause }: TrivyMisconfiguration, target: string): number[] {
  const around = (cause?.Occurrences ?? []).filter(({ Filename }) => Filename === target).map(({ Location }) => Location?.StartLine);
  return [cause?.StartLine, ...around].flatMap((line) => line ?? []);
}

/** `*` in the pattern stands for any characters. No regular expression, which a hostile pattern could make very slow. */
function matches(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let position = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return position <= name.length - last.length;
}
