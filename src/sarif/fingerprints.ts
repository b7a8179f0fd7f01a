// The fingerprint GitHub recognises a finding by, from one upload to the next.

import type { Finding } from "../findings/finding.ts";
import { lineHashes } from "./line-hash.ts";

/**
 * Computes the fingerprints of findings, reading every file once and one at a time. `text` gives the text of a file of the tree, or undefined.
 * - A finding in a file has its line's hash, the one codeql-action would compute.
 * - A finding about a package (many stand in one line of a lock file, and the line changes with the version), in an image, or in a file that cannot be
 *   read has its own id, which is made from rule, path and package and from neither line nor version.
 */
export function fingerprintFindings(
  findings: readonly Finding[],
  text: (path: string) => string | undefined,
): (finding: Finding) => string {
  const wanted = new Map<string, Set<number>>();
  for (const finding of findings.filter(isInFile)) {
    const { path, startLine } = finding.location;
    wanted.set(path, (wanted.get(path) ?? new Set()).add(startLine));
  }
  const hashes = new Map([...wanted].map(([path, lines]) => [path, hashesOf(text(path), lines)]));
  return (finding) =>
    (isInFile(finding) ? hashes.get(finding.location.path)?.get(finding.location.startLine) : undefined) ?? `${finding.id}:1`;
}

function hashesOf(text: string | undefined, lines: ReadonlySet<number>): Map<number, string> {
  return text === undefined ? new Map() : lineHashes(text, lines);
}

function isInFile(finding: Finding): boolean {
  return finding.kind !== "dependency" && finding.run !== "trivy-image";
}
