// Gives every finding its id: the same problem has the same id in every run, wherever in its file it has moved to.

import { createHash } from "node:crypto";
import { byPlace } from "../findings/by-place.ts";
import type { DecodedFinding, Finding } from "../findings/finding.ts";
import { normalizeProjectName } from "../findings/package-ref.ts";

/** A line of the scanned tree (1-based), or undefined. */
export type LineText = (path: string, line: number) => string | undefined;

/**
 * Sets ids. What identifies a finding: run, kind, rule and path; for code, secrets and misconfigurations also the text of its first line without
 * white space, and for code its severity; for dependencies the package's name. Line numbers and versions do not, so an upgrade to a version that is still
 * open to the flaw keeps the id. Findings that agree in all of it are told apart by their order in the file, so a second copy of an old mistake has an id of
 * its own; those that `isNew` says are new come after the others, so that a copy above an old mistake does not take its id.
 */
export function identify<Decoded extends DecodedFinding>(
  findings: readonly Decoded[],
  lineText: LineText,
  isNew: (finding: Decoded) => boolean = () => false,
): (Decoded & Pick<Finding, "id">)[] {
  const occurrences = new Map<string, number>();
  // Order in the file decides occurrences; what else differs decides between findings of one place, so the scanner's own order never matters.
  return [...findings]
    .sort((a, b) => Number(isNew(a)) - Number(isNew(b)) || byPlace(a, b))
    .map((finding) => {
      const { path, startLine } = finding.location;
      const key = identityOf(finding, path, lineText(path, startLine));
      const occurrence = occurrences.get(key) ?? 0;
      occurrences.set(key, occurrence + 1);
      return { ...finding, id: digest(`${key}\0${occurrence}`) };
    });
}

/** Returns what identifies a finding but for its occurrence. `path` is given apart, for a file may have had another name; `line` is the finding's first line. */
export function identityOf(finding: DecodedFinding, path: string, line: string | undefined): string {
  return [finding.run, finding.kind, finding.rule.id, path, ...subjectOf(finding, line)].join("\0");
}

/** Bandit rates one check by what stands in other lines of the statement too: a call that has become worse is another finding. */
function subjectOf(finding: DecodedFinding, line: string | undefined): readonly string[] {
  if (finding.kind === "dependency") return [normalizeProjectName(finding.package.name)];
  const text = withoutSpace(line ?? "");
  return finding.kind === "code" ? [text, finding.severity] : [text];
}

/** Returns a line without any white space: what it says, however it is indented. */
export function withoutSpace(line: string): string {
  return line.replace(/\s+/gu, "");
}

/** Returns the lines of a text as findings count them. */
export function linesOf(text: string | undefined): readonly string[] {
  return text?.split(/\r\n|\n|\r/u) ?? [];
}

/** 80 bits: among a million findings the chance of two equal ids is below one in a trillion. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}
