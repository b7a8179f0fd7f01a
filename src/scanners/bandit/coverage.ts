// What Bandit proves it looked at. It passes over a file it cannot parse, and over a check that fails on a line, and still ends as if all were well.

import type { Coverage, Gap } from "../../findings/coverage.ts";
import { compareText } from "../../text/compare-text.ts";
import type { Installation, ScanTarget } from "../scanner.ts";

/** The newest Python; below it, syntax of a newer one may be why a file cannot be parsed. */
const NEWEST_PYTHON_MINOR = 14;

/** What is counted. */
export const PYTHON_FILES = "Python files";

/** What all reports of a run say together, by path relative to the root. */
export interface BanditProof {
  readonly read: ReadonlySet<string>;
  /** Why a file was passed over, in Bandit's words. */
  readonly errors: ReadonlyMap<string, string>;
  readonly failedChecks: readonly Gap[];
}

/** Every Python file must have been read, without error, and no check may have failed on it. */
export function banditCoverage(proof: BanditProof, target: ScanTarget, python: Installation["python"]): Coverage {
  const unread = target.python.flatMap((path): Gap[] => {
    const error = proof.errors.get(path);
    if (error !== undefined) return [{ path, ...explain(error, target.text(path) ?? "", python) }];
    return proof.read.has(path) ? [] : [{ path, reason: "Bandit does not list it among the files it read" }];
  });
  const missing = [...unread, ...proof.failedChecks].sort((a, b) => compareText(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0));
  const expected = target.python.length;
  return { expected, covered: expected - new Set(missing.map(({ path }) => path)).size, unit: PYTHON_FILES, missing };
}

/** Bandit has one reason for every syntax it cannot parse and one for every failure of its own; the text of the file says more. */
function explain(error: string, text: string, python: string | null): Pick<Gap, "reason" | "remedy"> {
  if (text.includes("\0")) return { reason: "Bandit cannot read it: it holds a NUL byte", remedy: "Remove the NUL byte." };
  if (error.startsWith("syntax error")) {
    return { reason: `Bandit cannot parse it${python === null ? "" : ` with Python ${python}`}`, remedy: syntaxRemedy(python) };
  }
  if (!error.startsWith("exception")) return { reason: `Bandit cannot read it: ${error}` };
  if (text.includes("\uFFFD"))
    return { reason: "Bandit cannot decode it", remedy: "Store it as UTF-8, or declare its encoding in the first line." };
  return {
    reason: "Bandit gave up on it, most likely over an expression that is nested too deeply",
    remedy: "Split long chains of operators, for instance hundreds of strings joined by `+`.",
  };
}

function syntaxRemedy(python: string | null): string {
  const minor = Number(python?.split(".")[1]);
  const newest = minor >= NEWEST_PYTHON_MINOR;
  return newest
    ? "Mend its syntax."
    : `Mend its syntax; if it is written for a newer Python, name that with \`python\` (up to 3.${NEWEST_PYTHON_MINOR}).`;
}
