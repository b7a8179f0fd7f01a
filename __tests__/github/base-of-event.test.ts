// The table of events: what findings are compared with, and whose policy counts, with payloads in the shape GitHub sends
// (https://docs.github.com/en/webhooks/webhook-events-and-payloads).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BaseRequest, Measure } from "../../src/config/base-request.ts";
import { GateError } from "../../src/errors.ts";
import { decideBase, isJudgedAsChange } from "../../src/github/base-of-event.ts";
import type { RunEvent } from "../../src/github/event.ts";
import { decodeEventPayload } from "../../src/github/event-payload.ts";
import { event, json, OTHER, RUN } from "../support/events.ts";
import { fuzz } from "../support/fuzz.ts";

/** The base of every pull request and group in the fixtures, and what main was at before the push. */
const BASE = "808b31581583ba01a540ee9cce5a25dcff686a5e";

function change(measure: Measure, name: string): BaseRequest {
  return { kind: "compare", measure, policy: "base-and-head", whenMissing: "error", name };
}

function pushed(measure: Measure, name: string): BaseRequest {
  return { kind: "compare", measure, policy: "head", whenMissing: "all", name };
}

const PULL_REQUEST = event("pull_request", "refs/pull/7/merge", json("pull-request"));
const TARGET = event("pull_request_target", "refs/heads/main", json("pull-request-target"));
const PUSH = event("push", "refs/heads/main", json("push"));
const NEW_BRANCH = event("push", "refs/heads/basket", json("push-new-branch"));
const MERGE_GROUP = event("merge_group", "refs/heads/gh-readonly-queue/main/pr-7", json("merge-group"));
const AFTER_FORK = event("workflow_run", "refs/heads/main", json("workflow-run-fork"));
const COMMENT = event("issue_comment", "refs/heads/main", json("issue-comment"));

const TEST_MERGE: Measure = { by: "first-parent", merge: RUN, otherwise: BASE };
const FROM_MAIN: Measure = { by: "merge-base", revision: "refs/remotes/origin/main" };

describe("a change", () => {
  it.each<[string, RunEvent, string | null, BaseRequest]>([
    ["a pull request", PULL_REQUEST, RUN, change(TEST_MERGE, "the base of pull request 7")],
    ["a pull request, another commit checked out", PULL_REQUEST, OTHER, change(TEST_MERGE, "the base of pull request 7")],
    ["a pull request without a checkout", PULL_REQUEST, null, change(TEST_MERGE, "the base of pull request 7")],
    [
      "a fork's",
      event("pull_request", "refs/pull/8/merge", json("pull-request-fork")),
      RUN,
      change(TEST_MERGE, "the base of pull request 8"),
    ],
    [
      "one of Dependabot",
      event("pull_request", "refs/pull/9/merge", json("pull-request-dependabot")),
      RUN,
      change(TEST_MERGE, "the base of pull request 9"),
    ],
    [
      "a review",
      event("pull_request_review", "refs/pull/7/merge", json("pull-request-review")),
      RUN,
      change(TEST_MERGE, "the base of pull request 7"),
    ],
    [
      "a comment of a review",
      event("pull_request_review_comment", "refs/pull/7/merge", json("pull-request-review")),
      RUN,
      change(TEST_MERGE, "the base of pull request 7"),
    ],
    [
      "a merged pull request, whose GITHUB_SHA need not be a merge",
      { ...PULL_REQUEST, ref: "refs/heads/main" },
      RUN,
      change({ by: "merge-base", revision: BASE }, "the base of pull request 7"),
    ],
    [
      "a pull request of a run without GITHUB_SHA",
      { ...PULL_REQUEST, commit: "" },
      RUN,
      change({ by: "merge-base", revision: BASE }, "the base of pull request 7"),
    ],
    ["a merge queue's group", MERGE_GROUP, RUN, change({ by: "commit", commit: BASE }, "the base of the merge queue's group")],
    ["pull_request_target with another commit", TARGET, OTHER, change({ by: "merge-base", revision: BASE }, "the base of pull request 8")],
    ["pull_request_target without git", TARGET, null, change({ by: "merge-base", revision: BASE }, "the base of pull request 8")],
    [
      "workflow_run with another commit",
      AFTER_FORK,
      OTHER,
      change({ by: "merge-base", revision: RUN }, "the base of what a run of `workflow_run` checked out"),
    ],
    [
      "a comment on a pull request with another commit",
      COMMENT,
      OTHER,
      change({ by: "merge-base", revision: RUN }, "the base of what a run of `issue_comment` checked out"),
    ],
  ])("on %s is compared with what it is to be merged into, under both policies", (_what, of, checkedOut, request) => {
    expect(decideBase(of, checkedOut)).toEqual(request);
    expect(isJudgedAsChange(request)).toBe(true);
  });

  it("may have a commit of 64 digits as its base, in upper case too", () => {
    const payload = { merge_group: { base_sha: "AB".repeat(32) } };
    expect(decideBase(event("merge_group", MERGE_GROUP.ref, payload), RUN)).toMatchObject({ measure: { commit: "ab".repeat(32) } });
  });

  it("is called the pull request where its number is unknown", () => {
    const payload = { pull_request: { base: { sha: BASE } } };
    expect(decideBase({ ...PULL_REQUEST, payload: decodeEventPayload(payload) }, RUN)).toMatchObject({
      name: "the base of the pull request",
    });
  });

  it.each([
    ["a pull request", { ...PULL_REQUEST, payload: decodeEventPayload({}) }, RUN],
    [
      "a pull request with a base that is no commit",
      event("pull_request", PULL_REQUEST.ref, { pull_request: { base: { sha: "main" } } }),
      RUN,
    ],
    ["a merge queue's group", { ...MERGE_GROUP, payload: decodeEventPayload({}) }, RUN],
    ["pull_request_target with another commit", { ...TARGET, payload: decodeEventPayload({}) }, OTHER],
    ["workflow_run of no known commit", { ...AFTER_FORK, commit: "" }, OTHER],
  ])("that does not name its base is an error and never compared with nothing: %s", (_what, of, checkedOut) => {
    expect(() => decideBase(of, checkedOut)).toThrow(
      expect.objectContaining({
        code: "base-unavailable",
        message: expect.stringContaining(of.name),
        remedy: expect.stringMatching(/\S/u),
      }),
    );
  });
});

describe("a push", () => {
  it.each<[string, RunEvent, BaseRequest]>([
    ["to a branch with the commit before it", PUSH, pushed({ by: "commit", commit: BASE }, "the commit before the push")],
    [
      "that moves a tag with the commit before it",
      { ...PUSH, ref: "refs/tags/v1" },
      pushed({ by: "commit", commit: BASE }, "the commit before the push"),
    ],
    [
      "of a new branch with where it leaves the default branch",
      NEW_BRANCH,
      pushed(FROM_MAIN, "the commit where the new branch leaves `main`"),
    ],
    [
      "of Dependabot with where its branch leaves the default branch",
      event("push", "refs/heads/dependabot/pip/requests-2.32.4", json("push-dependabot")),
      pushed(FROM_MAIN, "the commit where the new branch leaves `main`"),
    ],
    [
      "that says created, although it names a commit, with where the branch leaves the default branch",
      event("push", "refs/heads/basket", { ...json("push"), created: true }),
      pushed(FROM_MAIN, "the commit where the new branch leaves `main`"),
    ],
  ])("%s is compared, under its own policy", (_what, of, request) => {
    expect(decideBase(of, RUN)).toEqual(request);
    expect(isJudgedAsChange(request)).toBe(false);
  });

  it.each([
    ["of a new tag", event("push", "refs/tags/v1.2.0", json("push-tag")), RUN, "nothing was there before a new tag"],
    ["of a new default branch", { ...NEW_BRANCH, ref: "refs/heads/main" }, RUN, "nothing was there before the default branch"],
    ["that deletes a branch", event("push", "refs/heads/main", json("push-deleted-branch")), RUN, "the push deleted what it names"],
    [
      "of which nothing is known",
      { ...PUSH, payload: decodeEventPayload({}) },
      RUN,
      "the event does not say what was there before the push",
    ],
    [
      "of a new branch where the default branch is unknown",
      event("push", "refs/heads/basket", { before: "0".repeat(40) }),
      RUN,
      "the event does not name the default branch, from which a new branch could be measured",
    ],
    ["with another commit checked out", PUSH, OTHER, "another commit is checked out than the one that was pushed"],
    ["without a checkout", PUSH, null, "another commit is checked out than the one that was pushed"],
  ])("%s looks at everything", (_what, of, checkedOut, because) => {
    expect(decideBase(of, checkedOut)).toEqual({ kind: "none", because });
  });
});

describe("a run that is about no change", () => {
  it.each([
    ["schedule", json("schedule")],
    ["workflow_dispatch", json("workflow-dispatch")],
    ["release", {}],
    ["repository_dispatch", {}],
    ["tomorrow", {}],
    ["pull_request_target", json("pull-request-target")],
    ["workflow_run", json("workflow-run-fork")],
    ["issue_comment", json("issue-comment")],
  ])("looks at everything: %s with its own commit checked out", (name, payload) => {
    const request = decideBase(event(name, "refs/heads/main", payload), RUN);
    expect(request).toEqual({ kind: "none", because: `a run of \`${name}\` looks at everything` });
    expect(isJudgedAsChange(request)).toBe(false);
  });

  it.each(["schedule", "workflow_dispatch"])("looks at everything: %s with another branch checked out", (name) => {
    expect(decideBase(event(name, "refs/heads/main", json("schedule")), OTHER).kind).toBe("none");
  });
});

describe("any event with any checkout", () => {
  const commits = fc.constantFrom(RUN, OTHER, BASE, "0".repeat(40), "", "main", null);
  const payloads = fc.record(
    {
      repository: fc.constantFrom(null, { default_branch: "main" }),
      pull_request: fc.record({ number: fc.constantFrom(7, null), base: fc.record({ sha: commits }) }),
      merge_group: fc.record({ base_sha: commits }),
      before: commits,
      created: fc.constantFrom(true, false, null),
    },
    { requiredKeys: [] },
  );
  const changes = ["pull_request", "pull_request_review", "merge_group", "pull_request_target", "workflow_run", "issue_comment"];

  it("never lets a change be compared with nothing, or judged by its own policy alone", () => {
    const seen = new Set<string>();
    fuzz(
      fc.property(fc.constantFrom(...changes), payloads, fc.constantFrom(OTHER, null), (name, payload, checkedOut) => {
        const outcome = outcomeOf(event(name, "refs/pull/7/merge", payload), checkedOut);
        seen.add(outcome);
        expect(["refused", "base-and-head error"]).toContain(outcome);
      }),
    );
    expect(seen.size).toBe(2); // the control: both were met
  });
});

function outcomeOf(of: RunEvent, checkedOut: string | null): string {
  try {
    const request = decideBase(of, checkedOut);
    return request.kind === "none" ? "none" : `${request.policy} ${request.whenMissing}`;
  } catch (error) {
    if (error instanceof GateError && error.code === "base-unavailable") return "refused";
    throw error;
  }
}
