// Where findings belong: from the event of a run and the commit that was scanned to a ref and a commit of GitHub, or to a reason not to send anything.
// Findings are never attributed to a commit or a branch that was not scanned: what is not proven is refused, and nothing is decided by who acts.

import type { PublishedBranch } from "../host/ports.ts";
import { COMMIT, type EventPayload } from "./event-payload.ts";
import { namesRepository, sameText } from "./repository-url.ts";
import { isUntrustedCheckout } from "./untrusted-checkout.ts";

/** The event of a run, as GitHub's environment tells it: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows */
export interface RunEvent {
  /** GITHUB_EVENT_NAME */
  readonly name: string;
  /** GITHUB_REF */
  readonly ref: string;
  /** GITHUB_SHA */
  readonly commit: string;
  /** GITHUB_REPOSITORY, `owner/name`. */
  readonly repository: string;
  /** GITHUB_SERVER_URL */
  readonly serverUrl: string;
  readonly payload: EventPayload;
}

/** What was scanned, as git tells it. */
export interface Checkout {
  /** Null where there is no git, or no commit yet. */
  readonly commit: string | null;
  /** Null when HEAD is detached. */
  readonly branch: PublishedBranch | null;
}

/** What to do with the findings. `because` and `remedy` are whole sentences; untrusted text may stand in them. */
export type UploadTarget =
  | { readonly mode: "upload"; readonly ref: string; readonly commit: string; readonly because: string }
  /** Sending them makes no sense on this event; nobody has to mend anything. */
  | { readonly mode: "skip"; readonly because: string }
  /** They cannot be attributed truthfully, and somebody has to change the workflow. */
  | { readonly mode: "refuse"; readonly because: string; readonly remedy: string };

interface Scan {
  readonly event: RunEvent;
  /** The checked-out commit, lower case. */
  readonly commit: string;
  readonly branch: PublishedBranch | null;
}

type Rule = (scan: Scan) => UploadTarget;

/** Events whose GITHUB_REF and GITHUB_SHA do not simply name what a workflow checks out; all others follow `ofRef`. */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ["pull_request", ofPullRequest],
  ["pull_request_review", ofPullRequest],
  ["pull_request_review_comment", ofPullRequest],
  ["pull_request_target", ofPullRequestTarget],
  ["workflow_run", ofWorkflowRun],
  ["merge_group", ofMergeGroup],
]);

/** What code scanning takes as `ref`: https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data */
const REF = /^refs\/(?:heads|tags|pull)\/./;
const MERGE_QUEUE = "refs/heads/gh-readonly-queue/";
const DEPENDABOT = "dependabot[bot]";
const NEVER = "or set `upload: never`";

/** Decides to which ref and commit the findings of a checkout belong. The commit of an upload is always the checked-out one. */
export function decideUpload(event: RunEvent, checkout: Checkout): UploadTarget {
  const commit = checkout.commit?.toLowerCase() ?? "";
  if (!COMMIT.test(commit))
    return refuse("No commit is checked out to which findings could be attributed.", `Run actions/checkout before this step, ${NEVER}.`);
  if (isUntrustedCheckout(event, commit)) return ofUntrustedCheckout(event);
  const rule = RULES.get(event.name) ?? ofRef;
  return rule({ event, commit, branch: checkout.branch });
}

/**
 * Why GitHub gives this run a token that may only read, e.g. `a pull request from a fork`; null where it does not. Only for telling what an answer
 * of GitHub means: whether to send is never decided by it. https://docs.github.com/en/actions/reference/security/github_token
 */
export function readOnlyReason({ name, repository, payload }: RunEvent): string | null {
  const request = name === "pull_request_target" ? null : payload.pull_request;
  if (request !== null && request.head !== null && !sameText(request.head.repo?.full_name ?? "", repository))
    return "a pull request from a fork";
  const ofDependabot = (name === "push" || request !== null) && payload.sender?.login === DEPENDABOT;
  return ofDependabot ? "a run of Dependabot" : null;
}

/** The test merge, which actions/checkout takes by default; once the pull request is merged, GITHUB_REF is its base branch and GITHUB_SHA the merge. */
function ofPullRequest(scan: Scan): UploadTarget {
  const expected = [scan.event.commit, scan.event.payload.pull_request?.head?.sha];
  return (
    atCommitOfRun(scan) ??
    atPullRequestHead(scan) ??
    refuse(
      otherCommit(scan, expected),
      `Check out the commit of the run, as actions/checkout does by default, or the head of the pull request, ${NEVER}.`,
    )
  );
}

/** Such a scan has no token, or it would not have begun. */
function ofUntrustedCheckout({ name }: RunEvent): UploadTarget {
  return { mode: "skip", because: `On \`${name}\` another commit than that of the run is scanned without a token.` };
}

/** What is checked out is the run's own commit, a branch of the repository: it is not what the pull request changes. */
function ofPullRequestTarget(scan: Scan): UploadTarget {
  return refuse(
    otherCommit(scan, [scan.event.payload.pull_request?.head?.sha]),
    `Run this step on \`pull_request\` instead, which checks out what the pull request changes, ${NEVER}.`,
  );
}

/** GITHUB_REF and GITHUB_SHA are the default branch, whatever the other run was about. */
function ofWorkflowRun(scan: Scan): UploadTarget {
  const run = scan.event.payload.workflow_run;
  const isSame = run?.head_sha === scan.commit && !run.event?.startsWith("pull_request");
  return (
    (isSame ? (atPublishedBranch(scan) ?? atBranchOfRun(scan, run)) : null) ??
    refuse(
      `The commit ${scan.commit} of the default branch is checked out, and GitHub does not say that the other workflow's run for ${run?.head_sha ?? "no known commit"} belongs there.`,
      `Scan in a workflow that runs on \`pull_request\` or \`push\` itself, ${NEVER}.`,
    )
  );
}

function ofMergeGroup(): UploadTarget {
  return { mode: "skip", because: "GitHub deletes the branch of a merge queue's group while it would process the findings." };
}

function ofRef(scan: Scan): UploadTarget {
  if (scan.event.ref.startsWith(MERGE_QUEUE)) return ofMergeGroup();
  return (
    atCommitOfRun(scan) ??
    atPublishedBranch(scan) ??
    refuse(
      `${otherCommit(scan, [scan.event.commit])} Nor is it the tip of a checked-out branch of ${scan.event.repository}.`,
      `Check out the commit of the run, as actions/checkout does by default, or a branch by its name, ${NEVER}.`,
    )
  );
}

function atCommitOfRun({ event, commit }: Scan): UploadTarget | null {
  if (!sameText(event.commit, commit) || !REF.test(event.ref)) return null;
  return upload(event.ref, commit, "The checked-out commit is the commit of the run.");
}

function atPullRequestHead({ event, commit }: Scan): UploadTarget | null {
  const request = event.payload.pull_request;
  if (request === null || request.number === null || request.head?.sha !== commit) return null;
  return upload(`refs/pull/${request.number}/head`, commit, "The checked-out commit is the head of the pull request.");
}

type WorkflowRun = NonNullable<EventPayload["workflow_run"]>;

/** A run for a tag has the tag's name there, and nothing tells it from a branch's: only the default branch is known to be one. */
function atBranchOfRun({ event, commit }: Scan, run: WorkflowRun): UploadTarget | null {
  if (run.event === null || run.head_branch === null || !sameText(run.head_repository?.full_name ?? "", event.repository)) return null;
  const ref = `refs/heads/${run.head_branch}`;
  if (!ref.startsWith(MERGE_QUEUE) && run.head_branch !== event.payload.repository?.default_branch) return null;
  return upload(ref, commit, "The checked-out commit is the one of the other workflow's run.");
}

/** A workflow may check out another branch than the one it runs for, e.g. on a schedule. */
function atPublishedBranch({ event, commit, branch }: Scan): UploadTarget | null {
  if (branch?.commit?.toLowerCase() !== commit || !branch.ref.startsWith("refs/heads/")) return null;
  if (branch.remoteUrl === null || !namesRepository(branch.remoteUrl, event)) return null;
  return upload(branch.ref, commit, `The checked-out commit is the tip of a branch of ${event.repository}.`);
}

/** A merge queue's branch may also be reached through another workflow's run, or by its name. */
function upload(ref: string, commit: string, because: string): UploadTarget {
  return ref.startsWith(MERGE_QUEUE) ? ofMergeGroup() : { mode: "upload", ref, commit, because };
}

function refuse(because: string, remedy: string): UploadTarget {
  return { mode: "refuse", because, remedy };
}

function otherCommit({ event, commit }: Scan, expected: readonly (string | null | undefined)[]): string {
  const named = [...new Set(expected.filter((sha) => typeof sha === "string" && sha !== ""))];
  const wanted = named.length === 0 ? "does not say for which commit it is" : `is for ${named.join(" or ")}`;
  return `The commit ${commit} is checked out, but this run of \`${event.name}\` ${wanted}.`;
}
