// `policy adopt`: scans, and accepts in the policy file every finding that gates today, so that a team can start green. It adopts nothing of a scan that is
// not complete, writes no other file of the scanned tree, and leaves the old policy in its place when anything fails.

import { randomUUID } from "node:crypto";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError, GateError, messageOf } from "../errors.ts";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { Clock } from "../host/ports.ts";
import { locatePolicy, POLICY_FILE, readPolicyFile } from "../pipeline/policy-file.ts";
import { treeAt } from "../pipeline/tree.ts";
import { addSuppressions, buildAdoptions, newPolicy } from "../policy/adopt.ts";
import { expiryProblem } from "../policy/cross-checks.ts";
import type { Verdict } from "../policy/gate.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { counted } from "../report/format.ts";
import { gatingFindings } from "../report/gating.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { dayOf } from "../text/day-of.ts";
import { printable } from "../text/printable.ts";

/** What to adopt into, and how to scan for it. */
export interface AdoptPolicyOptions {
  readonly config: Pick<Config, "policyFile">;
  /** Raw text of `--expires`. */
  readonly expires: string;
  /** The working directory: files are named relative to it. */
  readonly directory: string;
  readonly clock: Pick<Clock, "now">;
  /** Scans with scope `all` and without a base. */
  readonly scan: () => Promise<ScanReport>;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
}

/**
 * Returns what the gate says once the findings are accepted: `error` when the scan was not complete, `fail` when something gates that is no finding. Rejects
 * with a ConfigError for a wrong date and for a policy that may not have these suppressions, and with a GateError `output-unwritable`.
 */
export async function adoptPolicy(options: AdoptPolicyOptions): Promise<Verdict> {
  const write = (line: string) => options.writeOut(`${printable(line)}\n`);
  const today = dayOf(options.clock.now());
  requireExpiry(options.expires, today);
  const report = await options.scan();
  const unseen = notSeen(report);
  if (unseen.length > 0) {
    const why = "Nothing was adopted: the scan is not complete, and what was not seen cannot be accepted.";
    for (const line of [why, ...unseen.map((reason) => `  ${reason}`)]) options.writeErr(`${printable(line)}\n`);
    return "error";
  }
  const findings = gatingFindings(report);
  if (findings.length === 0) write("No finding gates, so there is nothing to adopt.");
  else write(await addToPolicy(findings, options, { root: report.root, today }));
  const left = report.gate.reasons.filter(({ code }) => code !== "rule-violated");
  for (const { message } of left) write(`The gate still fails: ${message}.`);
  return left.length === 0 ? "pass" : "fail";
}

/** Returns what to say of it. */
async function addToPolicy(
  findings: readonly TriagedFinding[],
  { config, expires, directory }: AdoptPolicyOptions,
  { root, today }: { readonly root: string; readonly today: string },
): Promise<string> {
  const file = config.policyFile ?? join(root, POLICY_FILE);
  const name = relative(directory, file);
  await requireNoLink(file, name);
  const old = readPolicyFile({ ...locatePolicy(file, { root, tree: treeAt(root) }), name });
  const text = addSuppressions(old ?? newPolicy(today), buildAdoptions(findings, { today, expires }));
  requireValid(text, name, today);
  await replaceFile(file, name, text);
  return `${counted(findings.length, "finding")} adopted in ${name}, accepted ${expires === "never" ? "without an end" : `up to ${expires}`}.`;
}

function requireExpiry(expires: string, today: string): void {
  if (expires === "never") return;
  const problem = !/^\d{4}-\d{2}-\d{2}$/.test(expires)
    ? `is \`${expires}\`, which is neither a date like 2030-01-31 nor \`never\`.`
    : (expiryProblem(expires, today) ?? (expires < today ? `is ${expires}, which has passed: it is ${today} (UTC).` : null));
  if (problem !== null) throw new ConfigError([`\`--expires\` ${problem}`]);
}

/** A policy may call a failed run or a gap a mere warning; accepting findings without having seen all of them is another matter. */
function notSeen({ gate, runs, gaps }: ScanReport): string[] {
  const failed = runs.flatMap((run) => (run.status === "failed" ? [`${run.run} failed: ${run.error.message}`] : []));
  const open = gaps.filter(({ standing }) => standing !== "accepted").map(({ path, reason }) => `${path}: ${reason}`);
  const seen = [...failed, ...open];
  return seen.length > 0 || gate.verdict !== "error" ? seen : gate.reasons.map(({ message }) => message);
}

/** What a link leads to is not what would be replaced. */
async function requireNoLink(file: string, name: string): Promise<void> {
  const isLink = await lstat(file).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
  if (isLink) throw new ConfigError([`The policy ${name} is a link, and is not replaced. Name the file itself with \`--policy\`.`]);
}

function requireValid(text: string, name: string, today: string): void {
  const { problems } = parsePolicy(text, { source: name, today, failOn: "high" });
  if (problems.length === 0) return;
  const refusal = `Nothing was adopted, because ${name} would not be a valid policy any more. Adopt fewer findings, or make room for them.`;
  throw new ConfigError([refusal, ...problems.map(({ message }) => message)]);
}

/** The old text stays until the new one is whole: it is written beside it and then takes its name. */
async function replaceFile(file: string, name: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const mode = await lstat(file).then(
      (stats) => stats.mode & 0o777,
      () => 0o644,
    );
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    // What could not be made cannot be removed either.
    await rm(temporary, { force: true }).catch(() => {});
    throw unwritable(name, cause);
  }
}

function unwritable(name: string, cause: unknown): GateError {
  const remedy = "The policy is as it was. Make its directory writable.";
  return new GateError("output-unwritable", `The policy ${name} cannot be written: ${messageOf(cause)}`, { cause, remedy });
}
