// Odd but valid results of files, and kept results in directories of a test's own.

import fc from "fast-check";
import type { Rule } from "../../src/findings/finding.ts";
import type { FileFinding, FileResult } from "../../src/pipeline/file-results-format.ts";
import { codeFinding, findingId, rule, secretFinding } from "./findings.ts";

/** Text as hostile source makes it: line ends of every kind, quotes, NUL, what is beyond 16 bits, and halves of it. */
export const oddText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "",
    "\n",
    "\r\n",
    "\u2028",
    "\0",
    '"',
    "\\",
    "{",
    "file 2026-11-21 ",
    "\ud800",
    "\u{1f40d}",
    "\ufeff",
    "\ufffd",
    "__proto__",
  ),
);

const line = fc.integer({ min: 1, max: 1_000_000 });

/** Rules that are told apart by any of their texts. */
export const oddRule: fc.Arbitrary<Rule> = fc
  .record({
    id: fc.constantFrom("B101", "B602"),
    name: oddText,
    title: oddText,
    description: oddText,
    cwes: fc.array(fc.nat(), { maxLength: 3 }),
  })
  .map((parts) => rule(parts));

/** Findings and comments of the file at `path`; each optional part is there or not. */
export function oddResult(path: string): fc.Arbitrary<FileResult> {
  const location = fc
    .record(
      { startLine: line, endLine: line, startColumn: line, endColumn: line },
      { requiredKeys: ["startLine", "endLine"], noNullPrototype: true },
    )
    .map((at) => ({ path, ...at }));
  const optional = fc.record(
    { commentLine: line, sensitive: fc.boolean(), statement: fc.tuple(line, line), confidence: fc.constantFrom("high", "unknown") },
    { requiredKeys: [], noNullPrototype: true },
  );
  const required = fc.record({
    location,
    rule: fc.oneof(fc.constant(rule()), oddRule),
    message: fc.oneof(fc.constantFrom("said of many", "said of others"), oddText),
    severity: fc.constantFrom("high", "low", "unknown"),
    id: line.map(findingId),
  });
  const { confidence: _, ...code } = codeFinding();
  const finding: fc.Arbitrary<FileFinding> = fc.oneof(
    fc.tuple(required, optional).map(([parts, more]) => ({ ...code, ...parts, ...more })),
    required.map((parts) => ({ ...secretFinding(), scanner: "bandit" as const, run: "bandit" as const, ...parts })),
  );
  const comment = fc.record(
    { line, text: oddText, until: fc.constantFrom("2026-12-01") },
    { requiredKeys: ["line", "text"], noNullPrototype: true },
  );
  const parts = {
    findings: fc.array(finding, { maxLength: 5 }),
    comments: fc.array(
      comment.map((parts) => ({ scanner: "bandit" as const, path, ...parts })),
      { maxLength: 3 },
    ),
  };
  return fc.record(parts, { noNullPrototype: true });
}
