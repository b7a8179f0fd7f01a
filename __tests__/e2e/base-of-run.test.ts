// What a run is compared with, event by event, where the checkout does not have it: fetched from a real git server with the token, or an error, or all findings.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OTHER_COMMIT } from "../support/checkouts.ts";
import {
  checkOut,
  type Inputs,
  type Judged,
  judge,
  NO_SERVER,
  openPullRequest,
  payloadOf,
  pullRequestEvent,
  serveShop,
} from "../support/pull-requests.ts";
import { recordingGit } from "../support/recording-git.ts";
import { type RunnerOptions, TOKEN } from "../support/run-action.ts";
import { git } from "../support/temporary-tree.ts";

const POLICY = ".github/sarif-gate.yml";
const HIGH = "import subprocess\n\nsubprocess.call(input(), shell=True)\n";
const CHANGE = openPullRequest({ "old.py": HIGH, "shop.py": "VALUE = 1\n" }, { "new.py": HIGH });
const ALL_NEW = ["new.py null", "old.py null"];
const ONLY_NEW = ["new.py new", "old.py unchanged"];
const CREDENTIALS = Buffer.from(`x-access-token:${TOKEN}`).toString("base64");
const UNREACHABLE = "cannot be had, so every finding gates";
const QUEUE = "refs/heads/gh-readonly-queue/main/pr-7-808b31581583ba01a540ee9cce5a25dcff686a5e";

/** Which file's findings are what, once each. */
function states({ report }: Judged): string[] {
  return [...new Set((report?.findings ?? []).map(({ path, state }) => `${path} ${state}`))].sort();
}

/** The content of every file below a directory, by its path. */
function contents(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "latin1")]));
}

function hasCommit(root: string, id: string): boolean {
  try {
    git(root, "cat-file", "-e", id);
    return true;
  } catch {
    return false;
  }
}

describe("a pull request whose test merge is checked out at depth 1", () => {
  it("is compared with the merge's first parent, which is fetched with the token", async () => {
    const { origin, requests } = await serveShop(CHANGE);
    const root = checkOut(CHANGE, CHANGE.merge, 1);
    expect(hasCommit(root, CHANGE.base)).toBe(false);
    const result = await judge(root, pullRequestEvent(CHANGE, { GITHUB_SERVER_URL: origin }));
    expect(result.report?.base).toBe(CHANGE.base);
    expect([result.outputs.get("verdict"), states(result)]).toEqual(["fail", ONLY_NEW]);
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set([`basic ${CREDENTIALS}`]));
  });

  it("keeps its `.git` as it was", async () => {
    const { origin, requests } = await serveShop(CHANGE);
    const root = checkOut(CHANGE, CHANGE.merge, 1);
    const before = contents(join(root, ".git"));
    await judge(root, pullRequestEvent(CHANGE, { GITHUB_SERVER_URL: origin }));
    expect(requests.length).toBeGreaterThan(0);
    expect(contents(join(root, ".git"))).toEqual(before);
  });

  it("shows the token to the server alone: no argument, variable, file, output or message has it", async () => {
    const { origin, requests } = await serveShop(CHANGE);
    const root = checkOut(CHANGE, CHANGE.merge, 1);
    const { searchPath, seen } = recordingGit();
    const { log, summary, outputs, temp } = await judge(root, pullRequestEvent(CHANGE, { GITHUB_SERVER_URL: origin, PATH: searchPath }));
    expect(requests.length).toBeGreaterThan(0);
    // The recorder saw the fetch, and what git started for it.
    expect(seen()).toContain(`${origin}/octo/shop`);
    const places = new Map([["processes", seen()], ["log", log], ["summary", summary], ...outputs, ...contents(temp), ...contents(root)]);
    const leaks = [...places].filter(([, text]) => text.includes(TOKEN) || text.includes(CREDENTIALS));
    expect(leaks.map(([place]) => place)).toEqual([]);
  });
});

describe("a pull request whose head is checked out at depth 1", () => {
  it("is compared with the commit where it left the base branch", async () => {
    const { origin } = await serveShop(CHANGE);
    const result = await judge(checkOut(CHANGE, CHANGE.head, 1), pullRequestEvent(CHANGE, { GITHUB_SERVER_URL: origin }));
    expect(result.report?.base).toBe(CHANGE.fork);
    expect([result.outputs.get("verdict"), states(result)]).toEqual(["fail", ONLY_NEW]);
  });

  it("is judged by the policy that the base branch has now", async () => {
    const strict = { [POLICY]: "version: 1\ngate:\n  fail-on: low\n" };
    const later = openPullRequest({ "shop.py": "VALUE = 1\n" }, { "new.py": "import subprocess\n" }, strict);
    const { origin } = await serveShop(later);
    const result = await judge(checkOut(later, later.head, 1), pullRequestEvent(later, { GITHUB_SERVER_URL: origin }));
    expect([result.report?.base, result.outputs.get("verdict")]).toEqual([later.fork, "fail"]);
  });
});

describe("a pull request whose base cannot be had", () => {
  it.each<[string, Inputs]>([
    ["because nobody serves it", {}],
    ["because the job is offline", { offline: "true" }],
    ["because nobody serves it, where every finding gates anyway,", { scope: "all" }],
  ])("%s is an error that names `fetch-depth`, and no finding is called unchanged", async (_, inputs) => {
    const result = await judge(checkOut(CHANGE, CHANGE.merge, 1), pullRequestEvent(CHANGE), inputs);
    expect([result.status, result.outputs.get("verdict"), states(result)]).toEqual([1, "error", ALL_NEW]);
    expect(result.report?.reasons[0]?.code).toBe("base-unavailable");
    for (const text of [result.log, result.summary]) expect(text).toContain("fetch-depth: 0");
  });

  it("is told that with `scope: all` nothing is compared", async () => {
    const { summary } = await judge(checkOut(CHANGE, CHANGE.merge, 1), pullRequestEvent(CHANGE));
    expect(summary).toContain("scope: all");
  });

  it("because the server refuses the token is an error that does not name it", async () => {
    const { origin } = await serveShop(CHANGE);
    const runner = pullRequestEvent(CHANGE, { GITHUB_SERVER_URL: origin });
    const { outputs, log, summary } = await judge(checkOut(CHANGE, CHANGE.merge, 1), runner, { token: "ghs_of-another-repository" });
    expect(outputs.get("verdict")).toBe("error");
    expect(log).toContain("contents: read");
    expect(log + summary).not.toContain("ghs_of-another-repository");
  });

  it("is judged all the same when its whole history is checked out", async () => {
    const result = await judge(checkOut(CHANGE, CHANGE.merge, 0), pullRequestEvent(CHANGE));
    expect([result.outputs.get("verdict"), states(result)]).toEqual(["fail", ONLY_NEW]);
  });
});

function pushEvent(payload: string, ref: string, sha: string, origin = NO_SERVER): RunnerOptions {
  return { payload, env: { GITHUB_EVENT_NAME: "push", GITHUB_REF: ref, GITHUB_SHA: sha, GITHUB_SERVER_URL: origin } };
}

describe("a push", () => {
  const payload = payloadOf("push", CHANGE);

  it("is compared with the commit before it", async () => {
    const { origin } = await serveShop(CHANGE);
    const result = await judge(checkOut(CHANGE, CHANGE.merge, 1), pushEvent(payload, "refs/heads/main", CHANGE.merge, origin));
    expect([result.report?.base, states(result)]).toEqual([CHANGE.base, ONLY_NEW]);
  });

  it("over a commit that is gone is judged by all findings, and says so", async () => {
    const { origin, requests } = await serveShop(CHANGE);
    const gone = payload.replaceAll(CHANGE.base, OTHER_COMMIT);
    const result = await judge(checkOut(CHANGE, CHANGE.merge, 1), pushEvent(gone, "refs/heads/main", CHANGE.merge, origin));
    expect(requests.length).toBeGreaterThan(0);
    expect([result.report?.scope, result.report?.base, states(result)]).toEqual(["all", null, ALL_NEW]);
    for (const text of [result.log, result.summary]) expect(text.replaceAll(/\s+/gu, " ")).toContain(UNREACHABLE);
  });

  it("of a new branch is compared with where it leaves the default branch", async () => {
    const runner = pushEvent(payloadOf("push-new-branch", CHANGE), "refs/heads/basket", CHANGE.head);
    const result = await judge(checkOut(CHANGE, CHANGE.head, 0), runner);
    expect([result.report?.base, states(result)]).toEqual([CHANGE.fork, ONLY_NEW]);
  });

  it("of a new branch, checked out without the default branch, is judged by all findings, and says so", async () => {
    const runner = pushEvent(payloadOf("push-new-branch", CHANGE), "refs/heads/basket", CHANGE.head);
    const result = await judge(checkOut(CHANGE, CHANGE.head, 1), runner);
    expect([result.report?.scope, states(result)]).toEqual(["all", ALL_NEW]);
    for (const text of [result.log, result.summary]) expect(text.replaceAll(/\s+/gu, " ")).toContain(UNREACHABLE);
  });
});

describe("a merge queue's group", () => {
  it("is compared with the commit it is put upon, and its policy cannot loosen that commit's", async () => {
    const loosened = openPullRequest({ "old.py": HIGH }, { "new.py": HIGH, [POLICY]: "version: 1\ngate:\n  fail-on: critical\n" });
    const { origin } = await serveShop(loosened);
    const result = await judge(checkOut(loosened, loosened.merge, 1), {
      payload: payloadOf("merge-group", loosened),
      env: { GITHUB_EVENT_NAME: "merge_group", GITHUB_REF: QUEUE, GITHUB_SHA: loosened.merge, GITHUB_SERVER_URL: origin },
    });
    expect([result.report?.base, result.outputs.get("verdict"), states(result)]).toEqual([loosened.base, "fail", ONLY_NEW]);
    expect(result.report?.policy.changes).toEqual([{ key: "gate.fail-on", base: "high", head: "critical", effect: "ignored" }]);
  });
});
