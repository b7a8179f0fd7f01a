// The part of Trivy's run on the tree that looks for secrets. Files are shown as they are, and no vulnerability database is opened.

import { join } from "node:path";
import type { DecodedFinding } from "../../findings/finding.ts";
import { inOrder } from "../in-order.ts";
import { decodeReport } from "../report-json.ts";
import type { ByFile, Command, CommandContext, Part, Report, ScannerOutput, ScanTarget } from "../scanner.ts";
import { SCANNED_DIRECTORY, secretInput, TREE_VIEW, treePath } from "./layout.ts";
import { trivyCommand } from "./options.ts";
import { type TrivyResult, trivyReportSchema } from "./report.ts";
import { requireSecret } from "./require-canary.ts";
import { secretFinding } from "./secrets.ts";
import { suppressionNotices } from "./suppressions.ts";

/**
 * Trivy looks at each file by itself (0.74: pkg/fanal/analyzer/secret/secret.go, pkg/fanal/secret/scanner.go), and at nothing of it but its bytes, among them
 * their number, and its path. It passes over files of less than ten bytes, and over binary ones, which have control characters among their first 300 bytes and
 * are not called `*.pyc`; so it unpacks no archive. Over 10 MB it warns and reads on. Links are not followed, and no file of a target is one. Of the mode it
 * matters only whether the file can be read: one that cannot is passed over in silence, and no result of it is kept.
 */
const BY_FILE: ByFile = {
  unit: null,
  shared: false,
  files: ({ files }) => files,
  only: (target, files) => ({ ...target, files }),
};

export const treeSecrets: Part = { byFile: BY_FILE, commands, decode };

/** Of the kinds of packages those of an operating system are none in a tree; without that, Trivy would read lock files too. */
const NO_PACKAGES = ["--pkg-types", "os"];

function commands({ files }: ScanTarget, context: CommandContext): Command[] {
  const rest = [...NO_PACKAGES, join(context.directory(0), SCANNED_DIRECTORY)];
  const command = trivyCommand({ index: 0, subcommand: "fs", scanners: ["secret"], databases: [], rest, inputs: [secretInput()] }, context);
  return [{ ...command, view: { name: TREE_VIEW, files } }];
}

function decode([report]: Iterable<Report>): ScannerOutput {
  const results = decodeReport("Trivy", report?.text ?? "", trivyReportSchema).Results.filter(({ Class }) => Class === "secret");
  requireSecret(results);
  return {
    findings: inOrder(results.flatMap(findingsOf)),
    coverage: { expected: 0, covered: 0, unit: "", missing: [] },
    notices: suppressionNotices(results, new Map()),
    pinsTakenUp: [],
    comments: [],
  };
}

function findingsOf({ Target, Secrets }: TrivyResult): DecodedFinding[] {
  const path = treePath(Target);
  if (path === undefined) return [];
  return Secrets.map((secret) => {
    const startLine = Math.max(1, secret.StartLine ?? 1);
    return secretFinding(secret, "trivy", { path, startLine, endLine: Math.max(startLine, secret.EndLine ?? startLine) });
  });
}
