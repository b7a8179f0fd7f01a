// Gives every finding its id: the same problem has the same id in every run, wherever in its file it has moved to.

import { createHash } from "node:crypto";
import { byPlace } from "../findings/by-place.ts";
import type { DecodedFinding, Finding } from "../findings/finding.ts";
import { normalizeProjectName } from "../findings/package-ref.ts";

/**
 * Sets ids. What identifies a finding: run, kind, rule and path; for code, secrets and misconfigurations also the text of its first line without
 * white space; for dependencies the package's name. Line numbers and versions do not, so an upgrade to a version that is still open to the flaw keeps
 * the id. Findings that agree in all of it are told apart by their order in the file, so a second copy of an old mistake has an id of its own.
 * `lineText` gives a line of the scanned tree (1-based), or undefined.
 */
export function identify(findings: readonly DecodedFinding[], lineText: (path: string, line: number) => string | undefined): Finding[] {
  const occurrences = new Map<string, number>();
  // Order in the file decides occurrences; what else differs decides between findings of one place, so the scanner's own order never matters.
  return [...findings].sort(byPlace).map((finding) => {
    const key = identityOf(finding, lineText);
    const occurrence = occurrences.get(key) ?? 0;
    occurrences.set(key, occurrence + 1);
    return { ...finding, id: digest(`${key}\0${occurrence}`) };
  });
}

function identityOf(finding: DecodedFinding, lineText: (path: string, line: number) => string | undefined): string {
  const { path, startLine } = finding.location;
  const subject =
    finding.kind === "dependency" ? normalizeProjectName(finding.package.name) : (lineText(path, startLine)?.replace(/\s+/gu, "") ?? "");
  return [finding.run, finding.kind, finding.rule.id, path, subject].join("\0");
}

/** 80 bits: among a million findings the chance of two equal ids is below one in a trillion. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}
