// The event table of the upload, with the built dist/main.js as the runner starts it, real Bandit and a fake GitHub: what is sent where, and what an answer means.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "sarif";
import { describe, expect, it } from "vitest";
import { type ChangedProject, checkOutBranch, checkOutCommit, OTHER_COMMIT, PAYLOAD_BASE, withChange } from "../support/checkouts.ts";
import {
  accepted,
  codeSecurityOff,
  type FakeGitHub,
  readOnlyToken,
  SARIF_ID,
  startFakeGitHub,
  uploadedLog,
} from "../support/fake-github.ts";
import { type ActionResult, runAction, TOKEN } from "../support/run-action.ts";

const FILES = { "shop.py": 'import subprocess\n\nsubprocess.call("ls", shell=True)\n' };
const DETACHED = withChange(checkOutCommit(FILES), {});
const RELEASE = withChange(checkOutBranch(FILES, "release-1.x"), {}, "release-1.x");
const PAYLOADS = join(import.meta.dirname, "..", "fixtures", "events");

interface Row {
  /** Where GITHUB_REF and GITHUB_SHA point; HEAD unless another commit is named. */
  readonly event: string;
  readonly ref: string;
  readonly sha?: string;
  readonly payload: string;
  /** The commit that the payload names and that is checked out. */
  readonly named?: string;
  readonly checkout?: ChangedProject;
  /** The ref that the findings go to; or why none is sent. */
  readonly goesTo: string | "skipped" | "refused";
  /** Whether GitHub gives such a run a token that may only read. */
  readonly readOnly?: boolean;
}

const MERGE = "refs/pull/7/merge";
const QUEUE = "refs/heads/gh-readonly-queue/main/pr-7-808b31581583ba01a540ee9cce5a25dcff686a5e";
const PR_HEAD = "639fdc7e62106d8d3dc79ac21949737a6d9509a3";
const PUSHED = "e790822544b323dc1b2ea9b04c84d83a0f17cabb";
const FORK_HEAD = "a81bf3d771d1e726ca57e2715b3dae310bee977e";

const TABLE: readonly (readonly [string, Row])[] = [
  ["a push to a branch", { event: "push", ref: "refs/heads/main", payload: "push", goesTo: "refs/heads/main" }],
  ["a push of a tag", { event: "push", ref: "refs/tags/v1.2.0", payload: "push-tag", goesTo: "refs/tags/v1.2.0" }],
  [
    "a push of Dependabot",
    {
      event: "push",
      ref: "refs/heads/dependabot/pip/requests-2.32.4",
      payload: "push-dependabot",
      goesTo: "refs/heads/dependabot/pip/requests-2.32.4",
      readOnly: true,
    },
  ],
  [
    "a push with another commit checked out",
    { event: "push", ref: "refs/heads/main", sha: OTHER_COMMIT, payload: "push", goesTo: "refused" },
  ],
  ["a pull request, its merge checked out", { event: "pull_request", ref: MERGE, payload: "pull-request", goesTo: MERGE }],
  [
    "a pull request, its head checked out",
    { event: "pull_request", ref: MERGE, sha: OTHER_COMMIT, payload: "pull-request", named: PR_HEAD, goesTo: "refs/pull/7/head" },
  ],
  [
    "a pull request, an unrelated commit checked out",
    { event: "pull_request", ref: MERGE, sha: OTHER_COMMIT, payload: "pull-request", goesTo: "refused" },
  ],
  [
    "a pull request from a fork",
    { event: "pull_request", ref: "refs/pull/8/merge", payload: "pull-request-fork", goesTo: "refs/pull/8/merge", readOnly: true },
  ],
  [
    "a pull request of Dependabot",
    { event: "pull_request", ref: "refs/pull/9/merge", payload: "pull-request-dependabot", goesTo: "refs/pull/9/merge", readOnly: true },
  ],
  [
    "pull_request_target, the base branch checked out",
    { event: "pull_request_target", ref: "refs/heads/main", payload: "pull-request-target", goesTo: "refused" },
  ],
  [
    "workflow_run after a push of the commit that is its own, the branch checked out by name",
    {
      event: "workflow_run",
      ref: "refs/heads/main",
      payload: "workflow-run-push",
      named: PUSHED,
      checkout: RELEASE,
      goesTo: "refs/heads/release-1.x",
    },
  ],
  [
    "workflow_run, the default branch checked out",
    { event: "workflow_run", ref: "refs/heads/main", payload: "workflow-run-push", goesTo: "refused" },
  ],
  ["merge_group", { event: "merge_group", ref: QUEUE, payload: "merge-group", goesTo: "skipped" }],
  ["the push that goes with a merge queue", { event: "push", ref: QUEUE, payload: "push-merge-queue", goesTo: "skipped" }],
  ["a schedule", { event: "schedule", ref: "refs/heads/main", payload: "schedule", goesTo: "refs/heads/main" }],
  [
    "a schedule with another branch checked out by name",
    {
      event: "schedule",
      ref: "refs/heads/main",
      sha: OTHER_COMMIT,
      payload: "schedule",
      checkout: RELEASE,
      goesTo: "refs/heads/release-1.x",
    },
  ],
  ["workflow_dispatch", { event: "workflow_dispatch", ref: "refs/heads/main", payload: "workflow-dispatch", goesTo: "refs/heads/main" }],
  [
    "workflow_dispatch with another branch checked out by name",
    {
      event: "workflow_dispatch",
      ref: "refs/heads/main",
      sha: OTHER_COMMIT,
      payload: "workflow-dispatch",
      checkout: RELEASE,
      goesTo: "refs/heads/release-1.x",
    },
  ],
  [
    "workflow_dispatch with another commit checked out",
    { event: "workflow_dispatch", ref: "refs/heads/main", sha: OTHER_COMMIT, payload: "workflow-dispatch", goesTo: "refused" },
  ],
];

/** Rows whose commit may be anybody's, in a run with the rights of the default branch: GITHUB_SHA is the commit before the one that is checked out. */
const UNTRUSTED: readonly (readonly [string, Omit<Row, "goesTo">])[] = [
  [
    "the head of a pull request on pull_request_target",
    { event: "pull_request_target", ref: "refs/heads/main", payload: "pull-request-target", named: FORK_HEAD },
  ],
  [
    "the branch of a push on workflow_run, by its name",
    { event: "workflow_run", ref: "refs/heads/main", payload: "workflow-run-push", named: PUSHED, checkout: RELEASE },
  ],
  ["the commit of a push on workflow_run", { event: "workflow_run", ref: "refs/heads/main", payload: "workflow-run-push", named: PUSHED }],
  [
    "the head of a pull request on workflow_run",
    { event: "workflow_run", ref: "refs/heads/main", payload: "workflow-run-pull-request", named: PR_HEAD },
  ],
  [
    "the head of a fork's pull request on workflow_run",
    { event: "workflow_run", ref: "refs/heads/main", payload: "workflow-run-fork", named: FORK_HEAD },
  ],
  ["the head of a pull request on a comment", { event: "issue_comment", ref: "refs/heads/main", payload: "issue-comment" }],
];

async function run(
  { event, ref, sha, payload, named, checkout = DETACHED }: Omit<Row, "goesTo">,
  github: FakeGitHub,
  inputs: Readonly<Record<string, string>> = {},
): Promise<ActionResult> {
  const text = readFileSync(join(PAYLOADS, `${payload}.json`), "utf8").replaceAll(PAYLOAD_BASE, checkout.base);
  return await runAction(
    checkout.root,
    { scanners: "bandit", "fail-on": "never", ...inputs },
    {
      payload: named === undefined ? text : text.replaceAll(named, checkout.commit),
      env: { GITHUB_EVENT_NAME: event, GITHUB_REF: ref, GITHUB_SHA: sha ?? checkout.commit, GITHUB_API_URL: github.apiUrl },
      fastClock: true,
    },
  );
}

function uploads(github: FakeGitHub): unknown[] {
  return github.requests.filter(({ method }) => method === "POST").map(({ path, body }) => ({ path, ...(body as object) }));
}

/** The requests that a row makes, and none for a row that sends nothing. */
function expectRequests({ goesTo, checkout = DETACHED }: Row, github: FakeGitHub): void {
  expect(github.violations).toEqual([]);
  if (goesTo === "skipped" || goesTo === "refused") {
    expect(github.requests).toEqual([]);
    return;
  }
  expect(uploads(github)).toEqual([
    {
      path: "/repos/octo/shop/code-scanning/sarifs",
      commit_sha: checkout.commit,
      ref: goesTo,
      sarif: expect.any(String),
      checkout_uri: `file://${checkout.root}`,
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
    },
  ]);
  const [request] = github.requests;
  const log = uploadedLog(request as NonNullable<typeof request>) as Log;
  const [provenance] = log.runs[0]?.versionControlProvenance ?? [];
  expect(log.runs.map(({ automationDetails, results }) => [automationDetails?.id, results?.length])).toEqual([["sarif-gate/bandit/", 3]]);
  expect([provenance?.repositoryUri, provenance?.revisionId]).toEqual(["https://github.com/octo/shop", checkout.commit]);
}

/** The gate passes in all of them: what fails the step is the upload. */
function ending({ status, outputs, log }: ActionResult) {
  expect(log).not.toContain(TOKEN);
  return [status, outputs.get("verdict"), outputs.get("sarif-id")];
}

describe("an upload", () => {
  it.each(TABLE)("of %s goes where the findings belong, or says why not", async (_, row) => {
    const github = await startFakeGitHub({ upload: [accepted()] });
    const result = await run(row, github);
    expectRequests(row, github);
    if (row.goesTo === "skipped") expect(ending(result)).toEqual([0, "pass", ""]);
    else if (row.goesTo === "refused") expect(ending(result)).toEqual([1, "pass", ""]);
    else expect(ending(result)).toEqual([0, "pass", SARIF_ID]);
    expect(result.summary).toContain("### Code scanning");
  });

  it.each(TABLE)("of %s with a token that may only read fails the step only where the token should write", async (_, row) => {
    const github = await startFakeGitHub({ upload: [readOnlyToken()] });
    const result = await run(row, github);
    expectRequests(row, github);
    if (row.readOnly === true)
      expect(result.log).toMatch(/^::notice::Nothing was uploaded: this is a (?:pull request from a fork|run of Dependabot)/mu);
    const fails = row.goesTo !== "skipped" && row.readOnly !== true;
    expect(ending(result)).toEqual([fails ? 1 : 0, "pass", ""]);
    if (fails && row.goesTo !== "refused") expect(result.log).toContain("security-events: write");
  });

  it.each(TABLE)("of %s to a repository without code scanning warns, and the gate decides", async (_, row) => {
    const github = await startFakeGitHub({ upload: [codeSecurityOff()] });
    const result = await run(row, github);
    expectRequests(row, github);
    expect(ending(result)).toEqual([row.goesTo === "refused" ? 1 : 0, "pass", ""]);
    if (row.goesTo !== "refused" && row.goesTo !== "skipped")
      expect(result.log).toMatch(/^::warning::This repository has no code scanning/mu);
  });
});

describe("a commit that may be anybody's", () => {
  it.each(UNTRUSTED)("is not scanned beside a token: %s", async (_, row) => {
    const github = await startFakeGitHub({ upload: [accepted()] });
    const result = await run({ ...row, sha: (row.checkout ?? DETACHED).base }, github);
    expect(github.requests).toEqual([]);
    expect(ending(result)).toEqual([1, "error", ""]);
    expect(result.log).toContain("anybody may have written it");
    expect(result.log).toContain('token: ""');
  });

  it.each(UNTRUSTED)("is scanned without a token, and nothing is sent: %s", async (_, row) => {
    const github = await startFakeGitHub({ upload: [accepted()] });
    const result = await run({ ...row, sha: (row.checkout ?? DETACHED).base }, github, { token: "" });
    expect(github.requests).toEqual([]);
    expect(ending(result)).toEqual([0, "pass", ""]);
    expect(result.log).toContain(`On \`${row.event}\` another commit than that of the run is scanned without a token.`);
  });
});
