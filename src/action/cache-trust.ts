// What a run may do with the caches of its repository, by its event alone. GitHub lets a run write caches of its own ref only, but read those of its own ref first:
// so nothing is left where a change could be what runs, and what decides alone is not taken from there. Unknown events get nothing.

import type { RunEvent } from "../github/event.ts";

/**
 * `trusted`: everything is brought and left. `change`: results are brought, because what the change touched is scanned fresh; nothing is left. `none`: neither;
 * no base stands beside the scan, or its result outlives the ref.
 */
export type CacheTrust = "trusted" | "change" | "none";

/** Started by people who may write, on a branch that GITHUB_REF names. `schedule` is always the default branch, and its payload need not name that. */
const ON_A_BRANCH: ReadonlySet<string> = new Set(["push", "schedule", "workflow_dispatch"]);
/** Their verdict is about a change against a base. */
const OF_A_CHANGE: ReadonlySet<string> = new Set(["pull_request", "merge_group"]);
const BRANCH = "refs/heads/";
const MERGE_QUEUE = "refs/heads/gh-readonly-queue/";

/** Decides it. `isProtected` is whether GITHUB_REF_PROTECTED says so. https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching */
export function cacheTrust({ name, ref, payload }: RunEvent, isProtected: boolean): CacheTrust {
  if (OF_A_CHANGE.has(name)) return "change";
  if (!ON_A_BRANCH.has(name) || !ref.startsWith(BRANCH)) return "none";
  if (ref.startsWith(MERGE_QUEUE)) return "change";
  const trunk = payload.repository?.default_branch ?? null;
  const isTrunk = name === "schedule" || (trunk !== null && ref === `${BRANCH}${trunk}`);
  return isTrunk || isProtected ? "trusted" : "change";
}
