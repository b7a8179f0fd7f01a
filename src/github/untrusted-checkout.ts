// Anybody's code beside the repository's token: a run that strangers can start and that has the rights of a branch of the repository, with another commit
// checked out than its own. It is refused unless the workflow leaves it no token. Decided by the event and two commits, never by who acts.

import { sameText } from "./repository-url.ts";

/** What is used of a RunEvent. */
export interface RunOrigin {
  /** GITHUB_EVENT_NAME */
  readonly name: string;
  /** GITHUB_SHA */
  readonly commit: string;
}

/** Both are whole sentences. */
export interface CheckoutRefusal {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Events that only people with rights in the repository cause, and those of a pull request, where a fork's token may only read. What any other starts has the
 * rights of a branch of the repository, and its GITHUB_SHA is never the change: whoever wants that fetches it by hand. An event that is not known is not
 * trusted. https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
const STARTED_BY_MEMBERS: ReadonlySet<string> = new Set([
  "push",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "merge_group",
  "schedule",
  "workflow_dispatch",
  "repository_dispatch",
  "release",
  "create",
  "delete",
  "deployment",
  "deployment_status",
  "branch_protection_rule",
  "registry_package",
]);

/** Tells whether what is checked out may be anybody's, in a run with the rights of the repository. What cannot be compared (null) counts as such. */
export function isUntrustedCheckout(run: RunOrigin, checkedOut: string | null): boolean {
  return !STARTED_BY_MEMBERS.has(run.name) && (checkedOut === null || !sameText(run.commit, checkedOut));
}

/** Returns why a scan must not begin, or null when it may. An empty token is the workflow's explicit word that the scan is meant. */
export function refuseUntrustedCheckout(run: RunOrigin, checkedOut: string | null, token: string): CheckoutRefusal | null {
  if (token === "" || !isUntrustedCheckout(run, checkedOut)) return null;
  const what =
    checkedOut === null
      ? `No commit is checked out that could be compared with that of this run of \`${run.name}\``
      : `The commit ${checkedOut} is checked out, but this run of \`${run.name}\` is for ${run.commit || "none that is known"}`;
  return {
    message: `${what}: anybody may have written it, and the run holds a token of the repository.`,
    remedy: 'Run this step on `pull_request` instead, or set `token: ""`: it is scanned then, and nothing is uploaded.',
  };
}
