// What hides findings from Trivy: the comments in the tree, which hide nothing from us as Trivy gets to see the files without them, and whatever Trivy
// counts as suppressed all the same.

import type { Notice } from "../../findings/coverage.ts";
import type { InlineComment } from "../../findings/inline-comment.ts";
import { compareText } from "../../text/compare-text.ts";
import { withoutSpace } from "../../text/without-space.ts";
import type { ScanTarget } from "../scanner.ts";
import { commentFiles } from "./comment-files.ts";
import { isDate } from "./hiding-comment.ts";
import { type IgnoreComment, parseIgnoreComments } from "./ignore-comments.ts";
import { treePath } from "./layout.ts";
import type { TrivyResult } from "./report.ts";

/** The comments of each file that has some, by its path, in order of paths. */
export type CommentsByPath = ReadonlyMap<string, readonly IgnoreComment[]>;

/** Reads the comments of all files of which Trivy would. */
export function readIgnoreComments(target: ScanTarget): CommentsByPath {
  const read = commentFiles(target).map((path) => [path, parseIgnoreComments(target.text(path) ?? "")] as const);
  return new Map(read.filter(([, comments]) => comments.length > 0).sort(([a], [b]) => compareText(a, b)));
}

/** One for each line with comments, in order of path and line. */
export function inlineComments(comments: CommentsByPath, target: ScanTarget): InlineComment[] {
  return [...comments].flatMap(([path, ofFile]) => {
    const lines = target.text(path)?.split("\n") ?? [];
    const numbers = new Set(ofFile.map(({ commentLine }) => commentLine));
    return [...numbers].map((line): InlineComment => {
      // Of several on one line that which ends first speaks for all.
      const [until] = ofFile.flatMap(({ commentLine, expiry }) => (commentLine === line && isDate(expiry) ? [expiry] : [])).sort();
      return { scanner: "trivy", path, line, text: withoutSpace(lines[line - 1] ?? ""), ...(until === undefined ? {} : { until }) };
    });
  });
}

/** One notice for each file with findings that Trivy itself counts as suppressed, and one for each template of a chart whose comments do not count. */
export function suppressionNotices(results: readonly TrivyResult[], comments: CommentsByPath): Notice[] {
  const notices = results.flatMap(({ Target, Type, Misconfigurations, ExperimentalModifiedFindings: modified }): Notice[] => {
    const path = treePath(Target);
    if (path === undefined) return [];
    const count = modified.length + Misconfigurations.filter(({ Status }) => Status === "EXCEPTION").length;
    const suppressed = count === 0 ? [] : [{ path, message: `${count} of Trivy's findings are suppressed` }];
    return Type === "helm" && comments.has(path) ? [...suppressed, { path, message: NOT_HONOURED }] : suppressed;
  });
  return notices.sort((a, b) => compareText(`${a.path}\0${a.message}`, `${b.path}\0${b.message}`));
}

const NOT_HONOURED =
  "its `trivy:ignore` comments suppress nothing: Trivy's report does not tell which finding of a rendered template they are for";
