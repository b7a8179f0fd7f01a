// The commit that findings are measured against: asked for by the event or the user, found with git. What cannot be found is never replaced by something else.

import type { BaseRequest, Measure } from "../config/base-request.ts";
import { GateError, messageOf, WITHOUT_COMPARISON } from "../errors.ts";
import { isObjectId } from "../host/git-object-listing.ts";
import type { History } from "../host/ports.ts";
import type { Checkout } from "./checkout.ts";

const REMEDY = `Check out with \`fetch-depth: 0\`. ${WITHOUT_COMPARISON}`;

/** A commit to compare with. */
export interface FoundBase {
  readonly kind: "found";
  /** What findings are compared with. */
  readonly commit: string;
  /** Where the policy is read that judges beside the head's; null: the head's judges alone. */
  readonly policyCommit: string | null;
  /** For people, as a noun. */
  readonly name: string;
}

/** What became of the request for a base. */
export type Base =
  | FoundBase
  /** Nothing is compared; `because` is a clause. */
  | { readonly kind: "none"; readonly because: string }
  /** It should be compared and cannot: an error, not a reason to look less closely. */
  | { readonly kind: "missing"; readonly error: GateError };

/** Finds the base. Never rejects because of git: a base that cannot be had is `missing`, or `none` where the request says that all findings gate then. */
export async function resolveBase(request: BaseRequest, checkout: Checkout, history: History): Promise<Base> {
  if (request.kind === "none") return request;
  try {
    const { commit, tip } = await locate(request.measure, requireCommit(checkout), history);
    return { kind: "found", commit, policyCommit: request.policy === "base-and-head" ? tip : null, name: request.name };
  } catch (thrown) {
    return withoutBase(request, thrown);
  }
}

/** What a failure on the way to the base means for a request. Throws again what is no failure to read it. */
export function withoutBase(request: BaseRequest, thrown: unknown): Base {
  if (!(thrown instanceof GateError) || (thrown.code !== "base-unavailable" && thrown.code !== "workspace-unreadable")) throw thrown;
  if (request.kind === "none") return request;
  if (request.whenMissing === "all") {
    return { kind: "none", because: `${request.name} cannot be had, so every finding gates: ${messageOf(thrown).replace(/\.$/u, "")}` };
  }
  return { kind: "missing", error: thrown };
}

function requireCommit({ source, revision, root }: Checkout): string {
  if (revision !== null) return revision;
  const what = source === "git" ? "has no commit yet" : "is no git checkout";
  throw unavailable(`${root} ${what}, so there is nothing to compare findings with.`);
}

interface Located {
  readonly commit: string;
  /** The tip of the branch that is merged into: the policy in force is there, while the merge base may be any old commit of it. */
  readonly tip: string;
}

async function locate(measure: Measure, head: string, history: History): Promise<Located> {
  switch (measure.by) {
    case "commit":
      await history.parents(measure.commit);
      return { commit: measure.commit, tip: measure.commit };
    case "first-parent": {
      const [first, second, ...others] = head === measure.merge ? await history.parents(head) : [];
      if (first !== undefined && second !== undefined && others.length === 0) return { commit: first, tip: first };
      return await mergeBase(head, measure.otherwise, history);
    }
    case "merge-base":
      return await mergeBase(head, await requireRevision(measure.revision, history), history);
  }
}

async function mergeBase(head: string, tip: string, history: History): Promise<Located> {
  const [commit, ...others] = await history.mergeBases(head, tip);
  if (commit === undefined) throw unavailable(`The checked-out commit ${head} and ${tip} have no common ancestor.`);
  // Whoever merges crosswise could choose among several, so none of them is taken: what the tip does not have is new.
  return { commit: others.length === 0 ? commit : tip, tip };
}

async function requireRevision(revision: string, history: History): Promise<string> {
  const commit = await history.resolve(revision);
  if (commit !== null) return commit;
  // Everything but a full id is a name that only the checkout can resolve.
  if (isObjectId(revision)) return revision;
  throw unavailable(
    `The base \`${revision}\` names no commit of this checkout.`,
    "Name a branch, a tag or a commit that it has, or check out with `fetch-depth: 0`.",
  );
}

function unavailable(message: string, remedy = REMEDY): GateError {
  return new GateError("base-unavailable", message, { remedy });
}
