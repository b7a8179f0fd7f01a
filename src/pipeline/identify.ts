// Gives every finding its id: the same problem has the same id in every run, wherever in its file it has moved to.

import { hash } from "node:crypto";
import { byPlace } from "../findings/by-place.ts";
import type { DecodedFinding, Finding } from "../findings/finding.ts";
import { normalizeProjectName } from "../findings/package-ref.ts";
import type { RunId } from "../findings/scanner-id.ts";
import { NO_LINES, type SourceLines, sourceLines } from "../text/source-lines.ts";
import { withoutSpace } from "../text/without-space.ts";

/** The lines of a file of the scanned tree, as the run counts them; none when it cannot be read. */
export type Lines = (path: string) => SourceLines;

/**
 * Sets ids. What identifies a finding: run, kind, rule and path; for code the text of its statement without white space, and its severity; for secrets the
 * text of the line, for misconfigurations that of the first line without white space; for dependencies the package's name. Line numbers and versions do not,
 * so an upgrade to a version that is still open to the flaw keeps the id. Findings that agree in all of it are told apart by their order in the file, so a
 * second copy of an old mistake has an id of its own; those that `isNew` says are new come after the others, so that a copy above an old mistake does not
 * take its id.
 */
export function identify<Decoded extends DecodedFinding>(
  findings: readonly Decoded[],
  lines: Lines,
  isNew: (finding: Decoded) => boolean = () => false,
): (Decoded & Pick<Finding, "id">)[] {
  const occurrences = new Map<string, number>();
  // Order in the file decides occurrences; what else differs decides between findings of one place, so the scanner's own order never matters.
  return [...findings]
    .sort((a, b) => Number(isNew(a)) - Number(isNew(b)) || byPlace(a, b))
    .map((finding) => {
      const { path } = finding.location;
      const key = identityOf(finding, path, lines(path));
      const occurrence = occurrences.get(key) ?? 0;
      occurrences.set(key, occurrence + 1);
      return { ...finding, id: digest(`${key}\0${occurrence}`) };
    });
}

/** Returns what identifies a finding but for its occurrence. `path` is given apart, for a file may have had another name; `lines` are those of the file it is in. */
export function identityOf(finding: DecodedFinding, path: string, lines: SourceLines): string {
  return [finding.run, finding.kind, finding.rule.id, path, ...subjectOf(finding, lines)].join("\0");
}

function subjectOf(finding: DecodedFinding, lines: SourceLines): readonly string[] {
  const { startLine } = finding.location;
  switch (finding.kind) {
    case "dependency":
      return [normalizeProjectName(finding.package.name)];
    case "code": {
      // A call that has become worse is another finding, also where its first line is the same.
      const [first, last] = finding.statement ?? [startLine, startLine];
      return [withoutSpace(lines.between(first, last)), finding.severity];
    }
    case "secret":
      // White space inside of it would make a text like it that is no secret.
      return [(lines.line(startLine) ?? "").trim()];
    case "misconfiguration":
      return [withoutSpace(lines.between(startLine, startLine))];
  }
}

/**
 * Reads the lines of files as a run counts them: Bandit as Python's parser does, Trivy by line feeds alone. Keeps those of the file asked for last, because
 * findings come file by file.
 */
export function readLines(run: RunId, text: (path: string) => string | undefined): Lines {
  const end = run === "bandit" ? "python" : "line-feed";
  let last: { readonly path: string; readonly lines: SourceLines } | null = null;
  return (path) => {
    if (last?.path !== path) {
      const content = text(path);
      last = { path, lines: content === undefined ? NO_LINES : sourceLines(content, end) };
    }
    return last.lines;
  };
}

/** An id is cut out of a digest here: a slice of it would keep all of it in memory. */
const ID = Buffer.alloc(20);

/** 80 bits: among a million findings the chance of two equal ids is below one in a trillion. */
function digest(text: string): string {
  ID.write(hash("sha256", text, "hex"), "latin1");
  return ID.toString("latin1");
}
