// Which policies judge a run, and their texts. What a change can edit never judges it alone: the base's policy is read too, and what cannot be read is an
// error, never a default.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError, GateError, messageOf } from "../errors.ts";
import { isInside } from "../host/is-inside.ts";
import type { History } from "../host/ports.ts";
import { defaultPolicy, parsePolicy } from "../policy/parse-policy.ts";
import type { Policy } from "../policy/policy.ts";
import type { PolicyChange } from "../policy/policy-change.ts";
import { policyChanges } from "../policy/policy-changes.ts";
import type { Checkout } from "./checkout.ts";

/** Where a policy is looked for when none is named. */
export const POLICY_FILE = ".github/sarif-gate.yml";

/** Larger files are refused by the parser; this many bytes are read to tell. */
const READ_LIMIT_BYTES = 1024 * 1024;

/** The policies that judge the run: one, or those of base and head. */
export interface Policies {
  readonly all: readonly [Policy, ...Policy[]];
  /** What the change does to the policy; empty when one policy judges alone. */
  readonly changes: readonly PolicyChange[];
}

export interface PolicyOptions {
  readonly config: Pick<Config, "policyFile" | "failOn" | "scanners">;
  readonly checkout: Checkout;
  /** The commit whose policy judges beside the head's; null: the head's judges alone. */
  readonly baseCommit: string | null;
  readonly history: History;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** A policy's text and what it is called; `text` is null where there is no file, and the name then says where. */
interface Source {
  readonly name: string;
  readonly text: string | null;
  readonly isOfBase?: boolean;
}

/**
 * Reads and checks the policies. Rejects with a ConfigError for a policy that is wrong, named and missing, or in conflict with the inputs, and with a GateError
 * `base-unavailable` when the base's cannot be read.
 */
export async function readPolicies(options: PolicyOptions): Promise<Policies> {
  const place = policyPlace(options);
  if (place.kind === "outside") return alone(parse({ name: place.file, text: readOutside(place.file) }, options), options);
  const head = readHead(place.path, options.checkout);
  const base = options.baseCommit === null ? null : await readBase(place.path, options.baseCommit, options.history);
  if (place.named && head.text === null && (base === null || base.text === null)) {
    throw new ConfigError([`The policy file does not exist: ${place.path}. Name one that does, or leave \`policy\` out.`]);
  }
  if (base === null || base.text === head.text) return alone(parse(head, options), options);
  return judgedByBoth(base, head, options);
}

/** A policy that the change deletes goes on judging alone until the change is merged. */
function judgedByBoth(base: Source, head: Source, options: PolicyOptions): Policies {
  const ofBase = parse(base, options);
  if (head.text === null) {
    const deleted: PolicyChange = { key: "policy file", base: base.name, head: null, effect: "ignored" };
    return { ...alone(ofBase, options), changes: [deleted] };
  }
  const ofHead = parse(head, options);
  const all = [ofBase, ofHead] as const;
  requireInputs(all, options);
  return { all, changes: policyChanges(ofBase, ofHead) };
}

function alone(policy: Policy, options: PolicyOptions): Policies {
  requireInputs([policy], options);
  return { all: [policy], changes: [] };
}

type Place =
  | { readonly kind: "outside"; readonly file: string }
  | { readonly kind: "inside"; readonly path: string; readonly named: boolean };

/**
 * A file outside of the scanned root is nothing that a change of the repository can reach. Below the root no link is followed, so that none can make a file
 * of the repository look like one outside.
 */
function policyPlace({ config: { policyFile }, checkout: { root } }: PolicyOptions): Place {
  if (policyFile === null) return { kind: "inside", path: POLICY_FILE, named: false };
  const path = pathBelow(root, policyFile);
  if (path !== null) return { kind: "inside", path, named: true };
  const file = realPath(policyFile);
  return isInside(root, file)
    ? { kind: "inside", path: relative(root, file).split(sep).join("/"), named: true }
    : { kind: "outside", file };
}

/** The way from the root, however the root is spelled in `file`; null when none of its directories is the root. The file need not exist. */
function pathBelow(root: string, file: string): string | null {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    if (existsSync(directory) && realpathSync(directory) === root) return relative(directory, file).split(sep).join("/");
    if (directory === dirname(directory)) return null;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch (cause) {
    throw new ConfigError([`The policy file cannot be found: ${messageOf(cause)}`], { cause });
  }
}

function readOutside(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError([`The policy file cannot be read: ${messageOf(cause)}`], { cause });
  }
}

function readHead(path: string, { tree }: Checkout): Source {
  const kind = tree.kind(path);
  if (kind === "missing") return { name: "", text: null };
  const text = tree.read(path, READ_LIMIT_BYTES)?.toString("utf8");
  if (text !== undefined) return { name: path, text };
  throw new ConfigError([`The policy file ${path} is ${kind === "file" ? "too large" : `no file that can be read (${kind})`}.`]);
}

async function readBase(path: string, commit: string, history: History): Promise<Source> {
  const tree = await history.tree(commit);
  const entry =
    tree.get(path) ??
    foldersOf(path)
      .map((folder) => tree.get(folder))
      .find((found) => found !== undefined);
  if (entry === undefined) return { name: "at the base, which has no policy file", text: null };
  if (entry.kind !== "file") {
    throw new GateError(
      "base-unavailable",
      `The policy ${path} is, or lies in, a ${entry.kind} in the base commit ${commit}, not a file of it.`,
      {
        remedy: "Make it a regular file on the base branch.",
      },
    );
  }
  const content = (await history.read([entry.id])).get(entry.id);
  if (content === undefined) throw new GateError("base-unavailable", `The policy ${path} of the base commit ${commit} cannot be read.`);
  return { name: `${path} at ${commit.slice(0, 12)}`, text: content.toString("utf8"), isOfBase: true };
}

/** Those that are entries of a tree are no folders: a submodule or a link, which can be made to lead elsewhere. */
function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function parse({ name, text, isOfBase = false }: Source, { config: { failOn }, today }: PolicyOptions): Policy {
  if (text === null) return defaultPolicy(failOn ?? "high", `fail-on: ${failOn ?? "high"} ${name}`.trim());
  const { policy, problems, saysWhatFails } = parsePolicy(text, { source: name, today, failOn: failOn ?? "high" });
  if (policy === null) {
    const listed = problems.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`);
    throw new ConfigError(isOfBase ? [...listed, "The policy of the base branch judges this change too: mend it there first."] : listed);
  }
  if (saysWhatFails && failOn !== null) {
    throw new ConfigError([`\`fail-on\` is ${failOn} and ${name} has \`gate\`, and only one can say what fails. Remove one of them.`]);
  }
  return policy;
}

/** What a policy requires, the inputs of the workflow must ask for: they can be edited without touching the policy. */
function requireInputs(policies: readonly Policy[], { config: { scanners }, checkout: { within } }: PolicyOptions): void {
  const problems = policies.flatMap(({ source, require }) => {
    const missing = require.scanners.filter((scanner) => !scanners.includes(scanner));
    const forScanners =
      missing.length === 0
        ? []
        : [`${source} requires the scanner${missing.length === 1 ? "" : "s"} ${missing.join(", ")}: add to \`scanners\`.`];
    const path = require.path === null || require.path === "." ? "" : require.path.replace(/\/+$/u, "");
    const isCovered = require.path === null || within === "" || path === within || path.startsWith(`${within}/`);
    return isCovered ? forScanners : [...forScanners, `${source} requires that \`path\` covers ${require.path}, and it is ${within}.`];
  });
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
}
