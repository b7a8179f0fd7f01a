// What new findings are measured against on each event, and whose policy counts. It asks nobody: whether the commits can be had is found out later.
// A change that somebody wants to merge always gets a base: an event that does not name it is an error, never a reason to compare with nothing.

import type { BaseRequest, Measure } from "../config/base-request.ts";
import { GateError } from "../errors.ts";
import type { RunEvent } from "./event.ts";
import { COMMIT } from "./event-payload.ts";
import { sameText } from "./repository-url.ts";
import { isUntrustedCheckout } from "./untrusted-checkout.ts";

type Rule = (event: RunEvent, checkedOut: string | null) => BaseRequest;

/** Events that have a base when their own commit is checked out; all others look at everything. */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ["pull_request", ofPullRequest],
  ["pull_request_review", ofPullRequest],
  ["pull_request_review_comment", ofPullRequest],
  ["merge_group", ofMergeGroup],
  ["push", ofPush],
]);

/** All digits are zero where there was no commit: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
const NO_COMMIT = /^0+$/;

/** Decides the base of a run from its event and the checked-out commit (null: none). Throws a GateError `base-unavailable` when a change's event names no base. */
export function decideBase(event: RunEvent, checkedOut: string | null): BaseRequest {
  if (isUntrustedCheckout(event, checkedOut)) return ofUntrustedCheckout(event);
  return (RULES.get(event.name) ?? ofNoChange)(event, checkedOut);
}

/** Tells whether the run judges a change that may come from anybody. Then the event alone decides the base, and nothing below the scanned root is trusted. */
export function isJudgedAsChange(request: BaseRequest): boolean {
  return request.kind === "compare" && request.policy === "base-and-head";
}

/** GITHUB_REF is the test merge; once the pull request is merged it is the base branch, and the parent of GITHUB_SHA may be a commit of the pull request. */
function ofPullRequest(event: RunEvent): BaseRequest {
  const base = required(event, event.payload.pull_request?.base?.sha);
  const merge = event.commit.toLowerCase();
  const isTestMerge = event.ref.startsWith("refs/pull/") && COMMIT.test(merge);
  const measure: Measure = isTestMerge ? { by: "first-parent", merge, otherwise: base } : { by: "merge-base", revision: base };
  return change(measure, nameOfPullRequest(event));
}

function ofMergeGroup(event: RunEvent): BaseRequest {
  const commit = required(event, event.payload.merge_group?.base_sha);
  return change({ by: "commit", commit }, "the base of the merge queue's group");
}

/** The trusted side is what the pull request is to be merged into; where the event names none, the repository's own commit of the run. */
function ofUntrustedCheckout(event: RunEvent): BaseRequest {
  const isPullRequest = event.name === "pull_request_target";
  const trusted = isPullRequest ? event.payload.pull_request?.base?.sha : event.commit.toLowerCase();
  const name = isPullRequest ? nameOfPullRequest(event) : `the base of what a run of \`${event.name}\` checked out`;
  return change({ by: "merge-base", revision: required(event, trusted) }, name);
}

function ofPush({ ref, commit, payload }: RunEvent, checkedOut: string | null): BaseRequest {
  if (payload.deleted === true) return none("the push deleted what it names");
  if (checkedOut === null || !sameText(commit, checkedOut)) return none("another commit is checked out than the one that was pushed");
  const { before } = payload;
  if (before === null) return none("the event does not say what was there before the push");
  if (payload.created !== true && !NO_COMMIT.test(before)) return push({ by: "commit", commit: before }, "the commit before the push");
  if (!ref.startsWith("refs/heads/")) return none("nothing was there before a new tag");
  const trunk = payload.repository?.default_branch ?? null;
  if (trunk === null) return none("the event does not name the default branch, from which a new branch could be measured");
  if (ref === `refs/heads/${trunk}`) return none("nothing was there before the default branch");
  return push({ by: "merge-base", revision: `refs/remotes/origin/${trunk}` }, `the commit where the new branch leaves \`${trunk}\``);
}

function ofNoChange({ name }: RunEvent): BaseRequest {
  return none(`a run of \`${name}\` looks at everything`);
}

function required(event: RunEvent, commit: string | null | undefined): string {
  if (typeof commit === "string" && COMMIT.test(commit)) return commit;
  throw new GateError("base-unavailable", `The event \`${event.name}\` does not name the commit that the change is to be merged into.`, {
    remedy: "Leave GITHUB_EVENT_PATH and its file as the runner made them.",
  });
}

function nameOfPullRequest({ payload }: RunEvent): string {
  const number = payload.pull_request?.number ?? null;
  return number === null ? "the base of the pull request" : `the base of pull request ${number}`;
}

function change(measure: Measure, name: string): BaseRequest {
  return { kind: "compare", measure, policy: "base-and-head", whenMissing: "error", name };
}

function push(measure: Measure, name: string): BaseRequest {
  return { kind: "compare", measure, policy: "head", whenMissing: "all", name };
}

function none(because: string): BaseRequest {
  return { kind: "none", because };
}
