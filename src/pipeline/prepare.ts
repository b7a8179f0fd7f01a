// Everything that is known before a scanner starts: what is compared with, which policies judge, and what there is to scan.

import type { BaseRequest } from "../config/base-request.ts";
import type { Config } from "../config/config.ts";
import { decideScope } from "../config/decide-scope.ts";
import type { History, Host } from "../host/ports.ts";
import { globMatcher } from "../policy/glob.ts";
import type { Policy, Scope } from "../policy/policy.ts";
import type { Exclusion } from "../report/scan-report.ts";
import { type Base, resolveBase, withoutBase } from "./base.ts";
import { type Change, type ChangeOptions, describeChange } from "./change.ts";
import { type Checkout, findCheckout } from "./checkout.ts";
import { type Policies, readPolicies } from "./read-policies.ts";
import { describeWorkspace, type Workspace } from "./workspace.ts";

/** What to compare with, asked once it is known what is checked out. It may throw to forbid the scan. */
export type RequestBase = (checkout: Checkout) => BaseRequest;

/** What `prepare` finds out. */
export interface Prepared {
  /** What to compare with, and what it means from here on when that cannot be had. */
  readonly request: BaseRequest;
  readonly base: Base;
  /** What differs from the base, being found out; rejects with a GateError when the history cannot answer. Null without a base. */
  readonly change: Promise<Change> | null;
  /** What gates when the comparison succeeds. */
  readonly scope: Scope;
  readonly policies: Policies;
  readonly workspace: Workspace;
  readonly history: History;
  /** Whether a file of the base would have been scanned there: it lies in the scanned directory, and the base's policy does not keep it out. */
  readonly wasInScan: (path: string) => boolean;
  readonly exclusions: readonly Exclusion[];
}

/** What was asked for, and when. */
export interface PrepareOptions {
  readonly config: Config;
  readonly requestBase: RequestBase;
  /** The day of the run, `YYYY-MM-DD` (UTC). */
  readonly today: string;
}

/** Rejects with a ConfigError for what cannot be asked for, and with a GateError when the checkout cannot be read. A base that cannot be had is part of the result. */
export async function prepare({ config, requestBase, today }: PrepareOptions, { git, history: historyOf }: Host): Promise<Prepared> {
  const checkout = await findCheckout({ path: config.path, workspace: config.workspace, git });
  const request = requestBase(checkout);
  const scope = decideScope(config.scope, request);
  const history = historyOf(checkout.root);
  const { base, policies } = await judgedBy({ config, checkout, request, history, today });
  const isExcluded = exclusionOf(policies.all);
  const wasExcluded = exclusionOf([policies.all[0]]);
  const workspace = await describeWorkspace(checkout, {
    git,
    fresh: config.workspace !== null,
    secrets: config.scanners.includes("trivy"),
    isExcluded,
  });
  const { within, excluded } = workspace;
  const isBelow = (path: string) => within === "" || path.startsWith(`${within}/`);
  const wasInScan = (path: string) => isBelow(path) && !wasExcluded(path);
  return {
    request: requestOnceJudged(request, scope),
    base,
    scope,
    policies,
    workspace,
    history,
    wasInScan,
    change:
      base.kind === "found" ? startDescribing({ ...workspace, history, base: base.commit, head: workspace.revision, wasInScan }) : null,
    exclusions: countExclusions(policies.all, excluded),
  };
}

/** Whoever waits for it later learns what went wrong. */
function startDescribing(options: ChangeOptions): Promise<Change> {
  const change = describeChange(options);
  change.catch(() => undefined);
  return change;
}

/**
 * Until the policies have been read, a base that cannot be had is what the request says, because the policy in force may be there. After that, where
 * everything gates, what a comparison says is worth knowing and not worth an error.
 */
function requestOnceJudged(request: BaseRequest, scope: Scope): BaseRequest {
  return request.kind === "compare" && scope === "all" ? { ...request, whenMissing: "all" } : request;
}

interface Judging {
  readonly config: Config;
  readonly checkout: Checkout;
  readonly request: BaseRequest;
  readonly history: History;
  readonly today: string;
}

/** Without the base's policy the head's judges for the report, and the verdict is an error all the same, because the base is missing. */
async function judgedBy({ request, ...options }: Judging): Promise<{ base: Base; policies: Policies }> {
  const base = await resolveBase(request, options.checkout, options.history);
  const baseCommit = base.kind === "found" ? base.policyCommit : null;
  try {
    return { base, policies: await readPolicies({ ...options, baseCommit }) };
  } catch (thrown) {
    return { base: withoutBase(request, thrown), policies: await readPolicies({ ...options, baseCommit: null }) };
  }
}

/** Returns whether a path is kept out of the scan. What one of the policies includes is scanned. */
export function exclusionOf(policies: readonly Policy[]): (path: string) => boolean {
  const matchers = policies.map(({ exclude }) => (exclude.length === 0 ? () => false : globMatcher(exclude)));
  return (path) => matchers.every((excludes) => excludes(path));
}

/**
 * Counts the excluded files that each pattern matches. A pattern that only one of the policies has and that keeps nothing out is left out: it is told among
 * the changes of the policy.
 */
export function countExclusions(policies: readonly Policy[], excluded: readonly string[]): Exclusion[] {
  const patterns = new Set(policies.flatMap(({ exclude }) => exclude));
  const counted = [...patterns].map((pattern) => ({ pattern, files: excluded.filter(globMatcher([pattern])).length }));
  return counted.filter(({ pattern, files }) => files > 0 || policies.every(({ exclude }) => exclude.includes(pattern)));
}
