// The table of events: which ref and commit findings are attributed to, with payloads in the shape GitHub sends.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Checkout, decideUpload, type RunEvent, readOnlyReason } from "../../src/github/event.ts";
import { decodeEventPayload } from "../../src/github/event-payload.ts";
import type { PublishedBranch } from "../../src/host/ports.ts";
import { event, json, type Members, OTHER, RUN } from "../support/events.ts";
import { fuzz } from "../support/fuzz.ts";

const PUSH = event("push", "refs/heads/main", json("push"));
const PUSH_TAG = event("push", "refs/tags/v1.2.0", json("push-tag"));
const PUSH_DEPENDABOT = event("push", "refs/heads/dependabot/pip/requests-2.32.4", json("push-dependabot"));
const QUEUE = `refs/heads/gh-readonly-queue/main/pr-7-${OTHER}`;
const PUSH_QUEUE = event("push", QUEUE, json("push-merge-queue"));
const MERGE_GROUP = event("merge_group", QUEUE, json("merge-group"));
const PULL_REQUEST = event("pull_request", "refs/pull/7/merge", json("pull-request"));
const FORK = event("pull_request", "refs/pull/8/merge", json("pull-request-fork"));
const DEPENDABOT = event("pull_request", "refs/pull/9/merge", json("pull-request-dependabot"));
const TARGET = event("pull_request_target", "refs/heads/main", json("pull-request-target"));
const AFTER_PUSH = event("workflow_run", "refs/heads/main", json("workflow-run-push"));
const AFTER_PULL_REQUEST = event("workflow_run", "refs/heads/main", json("workflow-run-pull-request"));
const AFTER_FORK = event("workflow_run", "refs/heads/main", json("workflow-run-fork"));
const COMMENT = event("issue_comment", "refs/heads/main", json("issue-comment"));
const SCHEDULE = event("schedule", "refs/heads/main", json("schedule"));
const DISPATCH = event("workflow_dispatch", "refs/heads/main", json("workflow-dispatch"));

const headOf = ({ payload }: RunEvent) => payload.pull_request?.head?.sha ?? payload.workflow_run?.head_sha ?? "no head";
const checkedOut = (commit: string | null, branch: PublishedBranch | null = null): Checkout => ({ commit, branch });
const release = (changes: Partial<PublishedBranch> = {}): PublishedBranch => ({
  ref: "refs/heads/release-1.x",
  commit: OTHER,
  remoteUrl: "https://github.com/octo/shop",
  ...changes,
});

function place(of: RunEvent, checkout: Checkout): string {
  const target = decideUpload(of, checkout);
  return target.mode === "upload" ? `${target.ref} ${target.commit}` : target.mode;
}

describe("the commit of the run, checked out", () => {
  it.each([
    ["a push to a branch", PUSH],
    ["a push of a tag", PUSH_TAG],
    ["a push of Dependabot", PUSH_DEPENDABOT],
    ["a schedule", SCHEDULE],
    ["a manual run", DISPATCH],
    ["a release", event("release", "refs/tags/v1.2.0", {})],
    ["a comment", COMMENT],
    ["a dispatch from outside", event("repository_dispatch", "refs/heads/main", {})],
    ["an event nobody knows yet", event("tomorrow", "refs/heads/main", {})],
    ["a pull request (its test merge)", PULL_REQUEST],
    ["a pull request from a fork", FORK],
    ["a pull request of Dependabot", DEPENDABOT],
    ["a review of a pull request", { ...PULL_REQUEST, name: "pull_request_review" }],
    ["a merged pull request (GITHUB_REF is its base)", { ...PULL_REQUEST, ref: "refs/heads/main" }],
  ])("is uploaded as it is on %s", (_what, of) => {
    expect(decideUpload(of, checkedOut(RUN))).toEqual({ mode: "upload", ref: of.ref, commit: RUN, because: expect.any(String) });
  });

  it("is compared without regard to upper case, and sent in lower case", () => {
    expect(place({ ...PUSH, commit: RUN.toUpperCase() }, checkedOut(RUN))).toBe(`refs/heads/main ${RUN}`);
    expect(place(PUSH, checkedOut(RUN.toUpperCase()))).toBe(`refs/heads/main ${RUN}`);
  });

  it("may be one of 64 digits", () => {
    const commit = "5".repeat(64);

    expect(place({ ...PUSH, commit }, checkedOut(commit))).toBe(`refs/heads/main ${commit}`);
  });

  it.each(["", "main", "refs/notes/commits", "refs/heads/"])("is refused for the ref %j, which code scanning does not take", (ref) => {
    expect(place({ ...PUSH, ref }, checkedOut(RUN))).toBe("refuse");
  });
});

describe("no commit checked out", () => {
  it.each([null, "", "HEAD", RUN.slice(1), `${RUN}\n`])("is refused on every event, as %j", (commit) => {
    for (const of of [PUSH, PULL_REQUEST, TARGET, AFTER_PUSH, MERGE_GROUP, SCHEDULE]) {
      expect(decideUpload({ ...of, commit: commit ?? "" }, checkedOut(commit))).toMatchObject({
        mode: "refuse",
        remedy: expect.stringContaining("actions/checkout"),
      });
    }
  });
});

describe("a merge queue", () => {
  it("is skipped, on the group's event and on the push that comes with it", () => {
    expect(place(MERGE_GROUP, checkedOut(RUN))).toBe("skip");
    expect(place(PUSH_QUEUE, checkedOut(RUN))).toBe("skip");
  });

  it("is skipped whatever is checked out", () => {
    expect(place(MERGE_GROUP, checkedOut(OTHER))).toBe("skip");
    expect(place(PUSH_QUEUE, checkedOut(OTHER))).toBe("skip");
  });

  it("is skipped when another workflow's run or a checked-out branch leads to it", () => {
    const afterGroup = run({ event: "merge_group", head_branch: QUEUE.replace("refs/heads/", "") });

    expect(place(afterGroup, checkedOut(RUN))).toBe("skip");
    expect(place(SCHEDULE, checkedOut(OTHER, release({ ref: QUEUE })))).toBe("skip");
  });

  it("is no reason to skip a branch that is only named alike", () => {
    expect(place({ ...PUSH, ref: "refs/heads/gh-readonly-queue-docs" }, checkedOut(RUN))).toContain("gh-readonly-queue-docs");
  });
});

describe("a pull request", () => {
  it.each([
    ["of this repository", PULL_REQUEST, "refs/pull/7/head"],
    ["from a fork", FORK, "refs/pull/8/head"],
    ["of Dependabot", DEPENDABOT, "refs/pull/9/head"],
  ])("%s whose head is checked out gets the findings at its head", (_what, of, ref) => {
    expect(place(of, checkedOut(headOf(of)))).toBe(`${ref} ${headOf(of)}`);
  });

  it("is refused for another commit, and the refusal names those that were expected", () => {
    const target = decideUpload(PULL_REQUEST, checkedOut(OTHER));

    expect(target.mode).toBe("refuse");
    for (const commit of [OTHER, RUN, headOf(PULL_REQUEST)]) expect(target.because).toContain(commit);
  });

  it("is refused for the tip of another branch", () => {
    expect(place(PULL_REQUEST, checkedOut(OTHER, release()))).toBe("refuse");
  });

  it("is refused for its head when its number is unknown", () => {
    const unnumbered = { ...PULL_REQUEST, payload: decodeEventPayload({ pull_request: { head: { sha: OTHER } } }) };

    expect(place(unnumbered, checkedOut(OTHER))).toBe("refuse");
  });
});

describe("pull_request_target", () => {
  it("is refused for its own commit, because that is not what the pull request changes", () => {
    expect(decideUpload(TARGET, checkedOut(RUN))).toMatchObject({
      mode: "refuse",
      because: expect.stringContaining(headOf(TARGET)),
      remedy: expect.stringContaining("`pull_request`"),
    });
  });

  it("is refused for the checked-out base branch by its name", () => {
    expect(place(TARGET, checkedOut(RUN, release({ ref: "refs/heads/main", commit: RUN })))).toBe("refuse");
  });

  it("is refused when the payload names no head", () => {
    expect(place({ ...TARGET, payload: decodeEventPayload({}) }, checkedOut(RUN))).toBe("refuse");
  });
});

describe("anybody's commit in a run of the repository", () => {
  it.each([
    ["the head of a pull request on pull_request_target", TARGET, headOf(TARGET), null],
    ["the commit of another workflow's push", AFTER_PUSH, headOf(AFTER_PUSH), null],
    ["the branch of another workflow's push, by its name", AFTER_PUSH, headOf(AFTER_PUSH), release({ commit: headOf(AFTER_PUSH) })],
    ["the head of another workflow's pull request", AFTER_PULL_REQUEST, headOf(AFTER_PULL_REQUEST), null],
    ["the head of another workflow's pull request from a fork", AFTER_FORK, headOf(AFTER_FORK), null],
    ["a commit on a comment", COMMENT, OTHER, null],
    ["a branch by its name on a comment", COMMENT, OTHER, release()],
  ])("is skipped, because it is scanned without a token: %s", (_what, of, commit, branch) => {
    expect(decideUpload(of, checkedOut(commit, branch))).toEqual({
      mode: "skip",
      because: `On \`${of.name}\` another commit than that of the run is scanned without a token.`,
    });
  });
});

/** A workflow_run after a push to the default branch of this repository, of the commit that is also that of the run; changed. */
function run(changes: Members = {}): RunEvent {
  const payload = json("workflow-run-push");
  const ran = { ...(payload["workflow_run"] as Members), head_branch: "main", head_sha: RUN, ...changes };
  return event("workflow_run", "refs/heads/main", { ...payload, workflow_run: ran });
}

describe("workflow_run with its own commit checked out", () => {
  it("after a push to the default branch belongs to it", () => {
    expect(place(run(), checkedOut(RUN))).toBe(`refs/heads/main ${RUN}`);
  });

  it("after a push to another branch at the same commit belongs to it where git proves that it is one", () => {
    const toRelease = run({ head_branch: "release-1.x" });

    expect(place(toRelease, checkedOut(RUN, release({ commit: RUN })))).toBe(`refs/heads/release-1.x ${RUN}`);
    expect(place(toRelease, checkedOut(RUN))).toBe("refuse");
  });

  it.each([
    ["a push of another commit", AFTER_PUSH],
    ["a pull request", AFTER_PULL_REQUEST],
    ["a fork's pull request", AFTER_FORK],
  ])("after %s is refused, although that is the commit of the run", (_what, of) => {
    expect(decideUpload(of, checkedOut(RUN))).toMatchObject({ mode: "refuse", because: expect.stringContaining(headOf(of)) });
    expect(place(of, checkedOut(RUN, release({ ref: "refs/heads/main", commit: RUN })))).toBe("refuse");
  });

  it("after a push elsewhere is refused", () => {
    expect(place(run({ head_repository: { full_name: "fork-hubot/shop" } }), checkedOut(RUN))).toBe("refuse");
  });

  it.each(["event", "head_branch", "head_sha", "head_repository"])("after a push is refused when %s is missing", (member) => {
    expect(place(run({ [member]: null }), checkedOut(RUN))).toBe("refuse");
  });

  it.each(["pull_request", "pull_request_target", "pull_request_review"])("after %s never belongs to its branch", (name) => {
    expect(place(run({ event: name }), checkedOut(RUN))).toBe("refuse");
  });
});

describe("another commit than that of the run", () => {
  it.each([
    ["a schedule", SCHEDULE],
    ["a manual run", DISPATCH],
    ["a push", PUSH],
  ])("belongs on %s to the branch of this repository whose tip it is", (_what, of) => {
    expect(place(of, checkedOut(OTHER, release()))).toBe(`refs/heads/release-1.x ${OTHER}`);
  });

  it.each([
    ["no branch is checked out", null],
    ["the branch was never fetched", release({ commit: null })],
    ["the branch has commits that were not fetched from there", release({ commit: RUN })],
    ["there is no remote", release({ remoteUrl: null })],
    ["the remote is another repository", release({ remoteUrl: "https://github.com/fork-hubot/shop" })],
    ["the remote is on another server", release({ remoteUrl: "https://example.test/octo/shop" })],
    ["it is no branch", release({ ref: "refs/tags/v1.2.0" })],
  ])("is refused when %s", (_what, branch) => {
    expect(decideUpload(SCHEDULE, checkedOut(OTHER, branch))).toMatchObject({
      mode: "refuse",
      because: expect.stringContaining(RUN),
      remedy: expect.stringContaining("upload: never"),
    });
  });
});

describe("readOnlyReason", () => {
  it.each([
    ["a pull request from a fork", FORK, "a pull request from a fork"],
    [
      "a pull request whose fork was deleted",
      { ...FORK, payload: decodeEventPayload({ pull_request: { head: { repo: null } } }) },
      "a pull request from a fork",
    ],
    ["a pull request of Dependabot", DEPENDABOT, "a run of Dependabot"],
    ["a push to a branch of Dependabot", PUSH_DEPENDABOT, "a run of Dependabot"],
    ["a push that Dependabot made", { ...PUSH_DEPENDABOT, ref: "refs/heads/main" }, "a run of Dependabot"],
  ])("is given for %s", (_what, of, reason) => {
    expect(readOnlyReason(of)).toBe(reason);
  });

  it.each([
    ["a push", PUSH],
    ["a pull request of this repository", PULL_REQUEST],
    ["pull_request_target, also from a fork", TARGET],
    ["a run after a fork's", AFTER_FORK],
    ["a schedule", SCHEDULE],
    ["a pull request without members", { ...PULL_REQUEST, payload: decodeEventPayload({}) }],
  ])("is null for %s", (_what, of) => {
    expect(readOnlyReason(of)).toBeNull();
  });

  it("changes nothing in what is decided", () => {
    expect(readOnlyReason(FORK)).not.toBeNull();
    expect(decideUpload(FORK, checkedOut(RUN)).mode).toBe("upload");
  });
});

/** Few values, so that they meet. */
const commits = fc.constantFrom(RUN, OTHER, "1".repeat(64));
const shas = fc.option(fc.oneof(commits, fc.constantFrom("", RUN.toUpperCase(), "HEAD")));
const refs = fc.constantFrom(
  "refs/heads/main",
  "refs/heads/basket",
  "refs/pull/7/merge",
  "refs/tags/v1",
  QUEUE,
  "refs/heads/dependabot/x",
  "",
);
const names = fc.constantFrom("octo/shop", "fork-hubot/shop");
const triggers = fc.constantFrom("push", "pull_request", "pull_request_target", "merge_group", "schedule");
const payloads = fc.record(
  {
    repository: fc.constant({ default_branch: "main" }),
    pull_request: fc.record({ number: fc.constantFrom<unknown>(7, null), head: fc.record({ sha: shas }) }, { requiredKeys: [] }),
    workflow_run: fc.record(
      {
        event: triggers,
        head_branch: fc.constantFrom("main", "basket"),
        head_sha: shas,
        head_repository: fc.record({ full_name: names }),
      },
      { requiredKeys: ["event", "head_sha"] },
    ),
  },
  { requiredKeys: ["repository"] },
);
const events = fc
  .record({
    name: fc.constantFrom(
      "push",
      "pull_request",
      "pull_request_target",
      "workflow_run",
      "merge_group",
      "schedule",
      "release",
      "issue_comment",
    ),
    ref: refs,
    payload: payloads,
    commit: commits,
  })
  .map(({ name, ref, payload, commit }) => event(name, ref, payload, commit));
const checkouts = fc.record({
  commit: shas,
  branch: fc.option(
    fc.record({ ref: refs, commit: fc.option(commits), remoteUrl: fc.option(names.map((name) => `https://github.com/${name}`)) }),
  ),
});

describe("any event with any checkout", () => {
  it("is uploaded only for the checked-out commit, and never to a merge queue", () => {
    const modes = new Set<string>();
    fuzz(
      fc.property(events, checkouts, (of, checkout) => {
        const target = decideUpload(of, checkout);
        modes.add(target.mode);
        if (target.mode !== "upload") return;
        expect(target.commit).toBe(checkout.commit?.toLowerCase());
        expect(target.ref).toMatch(/^refs\/(?:heads|tags|pull)\/(?!gh-readonly-queue\/)/);
      }),
    );
    expect([...modes].sort()).toEqual(["refuse", "skip", "upload"]); // the control: all three were met
  });

  it("is never uploaded from a run that strangers can start, unless its own commit is checked out and no pull request is meant", () => {
    const strangers = ["pull_request_target", "workflow_run", "issue_comment"];
    let uploads = 0;
    fuzz(
      fc.property(events, checkouts, (of, checkout) => {
        if (!strangers.includes(of.name) || decideUpload(of, checkout).mode !== "upload") return;
        uploads += 1;
        expect(checkout.commit?.toLowerCase()).toBe(of.commit);
        expect(of.name).not.toBe("pull_request_target");
        if (of.name === "workflow_run") expect(of.payload.workflow_run?.event).not.toMatch(/^pull_request/);
      }),
    );
    expect(uploads).toBeGreaterThan(50);
  });
});
