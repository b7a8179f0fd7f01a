// Which policies judge a run, and their texts. What a change can edit never judges it alone: the base's policy is read too, and what cannot be read is an
// error, never a default.

import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError, GateError } from "../errors.ts";
import type { History } from "../host/ports.ts";
import { defaultPolicy, parsePolicy } from "../policy/parse-policy.ts";
import type { Policy } from "../policy/policy.ts";
import type { PolicyChange } from "../policy/policy-change.ts";
import { policyChanges } from "../policy/policy-changes.ts";
import { withoutTrailing } from "../text/without-trailing.ts";
import type { Checkout } from "./checkout.ts";
import { foldersOf } from "./folders-of.ts";
import { locatePolicy, POLICY_FILE, type PolicyPlace, readPolicyFile } from "./policy-file.ts";

/** The policies that judge the run: one, or those of base and head. */
export interface Policies {
  readonly all: readonly [Policy, ...Policy[]];
  /** What the change does to the policy; empty when one policy judges alone. */
  readonly changes: readonly PolicyChange[];
}

/** Where policies are looked for, and what they are read for. */
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
  const { policyFile } = options.config;
  const place = locatePolicy(policyFile ?? join(options.checkout.root, POLICY_FILE), options.checkout);
  const head = readHead(place);
  const base = place.isOutside || options.baseCommit === null ? null : await readBase(place.path, options.baseCommit, options.history);
  if (policyFile !== null && head.text === null && (base === null || base.text === null)) {
    throw new ConfigError([`The policy file does not exist: ${place.name}. Name one that does, or leave \`policy\` out.`]);
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

function readHead(place: PolicyPlace): Source {
  const text = readPolicyFile(place);
  return { name: text === null ? "" : place.name, text };
}

async function readBase(path: string, commit: string, history: History): Promise<Source> {
  const tree = await history.tree(commit);
  const entry =
    tree.get(path) ??
    // An entry that is a folder on the way is none: a submodule or a link, which can be made to lead elsewhere.
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

/** What a policy requires, the inputs of the workflow must ask for: they can be edited without touching the policy. What two policies miss is told once. */
function requireInputs(policies: readonly Policy[], options: PolicyOptions): void {
  const sources = new Map<string, string[]>();
  for (const policy of policies) {
    for (const unmet of unmetBy(policy, options)) sources.set(unmet, [...(sources.get(unmet) ?? []), policy.source]);
  }
  const problems = [...sources].map(([unmet, by]) => `${by.join(" and ")} ${by.length === 1 ? "requires" : "require"} ${unmet}`);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** What the inputs leave out of what a policy requires, each as the end of a sentence that begins with who requires it. */
function unmetBy({ require }: Policy, { config: { scanners }, checkout: { within } }: PolicyOptions): string[] {
  const missing = require.scanners.filter((scanner) => !scanners.includes(scanner));
  const path = require.path === null || require.path === "." ? "" : withoutTrailing(require.path, "/");
  const isCovered = require.path === null || within === "" || path === within || path.startsWith(`${within}/`);
  return [
    ...(missing.length === 0 ? [] : [`the scanner${missing.length === 1 ? "" : "s"} ${missing.join(", ")}: add to \`scanners\`.`]),
    ...(isCovered ? [] : [`that \`path\` covers ${require.path}, and it is ${within}.`]),
  ];
}
