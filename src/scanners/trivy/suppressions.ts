// What comments in the tree hide from Trivy. It counts some of it in the report and takes the rest out without a trace, so the comments are counted too.

import type { Notice } from "../../findings/coverage.ts";
import { compareText } from "../../text/compare-text.ts";
import type { ScanTarget } from "../scanner.ts";
import { infrastructurePaths } from "./infrastructure-paths.ts";
import { treePath } from "./layout.ts";
import type { TrivyResult } from "./report.ts";

const IGNORE_COMMENT = /\b(?:trivy|tfsec):ignore:[\w*-]/g;

/** One notice for each file with something suppressed. */
export function suppressionNotices(results: readonly TrivyResult[], target: ScanTarget): Notice[] {
  const inReport = results.flatMap(({ Target, Misconfigurations, ExperimentalModifiedFindings: modified }): Notice[] => {
    const count = modified.length + Misconfigurations.filter(({ Status }) => Status === "EXCEPTION").length;
    const path = treePath(Target);
    return count === 0 || path === undefined ? [] : [{ path, message: `${count} of Trivy's findings are suppressed` }];
  });
  const inComments = infrastructurePaths(target).flatMap((path): Notice[] => {
    const count = target.text(path)?.match(IGNORE_COMMENT)?.length ?? 0;
    return count === 0
      ? []
      : [{ path, message: `${count === 1 ? "1 comment hides" : `${count} comments hide`} misconfigurations (\`trivy:ignore\`)` }];
  });
  return [...inReport, ...inComments].sort((a, b) => compareText(`${a.path}\0${a.message}`, `${b.path}\0${b.message}`));
}
