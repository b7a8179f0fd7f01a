// What a run does not take from the change that it judges: the base, a database, a policy; and that nobody's code is scanned beside a token.

import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshDatabases } from "../support/fresh-databases.ts";
import {
  checkOut,
  type Inputs,
  type Judged,
  judge,
  NO_SERVER,
  openPullRequest,
  payloadOf,
  pullRequestEvent,
} from "../support/pull-requests.ts";
import type { RunnerOptions } from "../support/run-action.ts";
import { makeProject } from "../support/run-cli.ts";

const POLICY = ".github/sarif-gate.yml";
const HIGH = "import subprocess\n\nsubprocess.call(input(), shell=True)\n";
const LENIENT = "version: 1\ngate:\n  fail-on: critical\n";
const CHANGE = openPullRequest({ "shop.py": "VALUE = 1\n" }, { "new.py": HIGH });

function eventOf(name: string, ref: string, sha: string, payload: string): RunnerOptions {
  return { payload, env: { GITHUB_EVENT_NAME: name, GITHUB_REF: ref, GITHUB_SHA: sha, GITHUB_SERVER_URL: NO_SERVER } };
}

const QUEUE = "refs/heads/gh-readonly-queue/main/pr-7-808b31581583ba01a540ee9cce5a25dcff686a5e";
const CHANGES = [
  ["pull_request", pullRequestEvent(CHANGE)],
  ["merge_group", eventOf("merge_group", QUEUE, CHANGE.merge, payloadOf("merge-group", CHANGE))],
] as const;
const PUSH = eventOf("push", "refs/heads/main", CHANGE.merge, payloadOf("push", CHANGE));

async function judgeMerge(runner: RunnerOptions, inputs: Inputs, root = checkOut(CHANGE, CHANGE.merge, 0)): Promise<Judged> {
  return await judge(root, runner, inputs);
}

/** The configuration was refused before any scan. */
function expectRefused({ status, outputs, report, log }: Judged, words: RegExp): void {
  expect([status, outputs.get("verdict"), report]).toEqual([1, "error", null]);
  expect(log).toMatch(words);
}

describe("the input `base`", () => {
  it.each(CHANGES)("is refused on %s, where the event decides", async (_, runner) => {
    expectRefused(await judgeMerge(runner, { base: CHANGE.merge }), /`base` is refused here, because the event decides/u);
  });

  it("is taken on push", async () => {
    const { outputs, report } = await judgeMerge(PUSH, { base: "HEAD" });
    expect([outputs.get("verdict"), outputs.get("new-findings"), report?.base]).toEqual(["pass", "0", CHANGE.merge]);
  });
});

describe("a database inside the scanned repository", () => {
  const inputs = { scanners: "safety", "safety-db": "databases" };
  const checkOutWithDatabase = (): string => {
    const root = checkOut(CHANGE, CHANGE.merge, 0);
    cpSync(freshDatabases()["safety-db"], join(root, "databases"), { recursive: true });
    return root;
  };

  it.each(CHANGES)("is refused on %s, where the change could alter it", async (_, runner) => {
    expectRefused(await judgeMerge(runner, inputs, checkOutWithDatabase()), /`safety-db` lies inside the scanned repository/u);
  });

  it("is refused behind a link as well", async () => {
    const root = checkOutWithDatabase();
    const link = join(makeProject({}), "link");
    symlinkSync(join(root, "databases"), link);
    expectRefused(await judgeMerge(CHANGES[0][1], { ...inputs, "safety-db": link }, root), /`safety-db` lies inside/u);
  });

  it("is used on push, and one outside of it on a pull request", async () => {
    const pushed = await judgeMerge(PUSH, inputs, checkOutWithDatabase());
    const outside = await judgeMerge(CHANGES[0][1], { ...inputs, "safety-db": freshDatabases()["safety-db"] });
    expect([pushed.outputs.get("verdict"), outside.outputs.get("verdict")]).toEqual(["pass", "pass"]);
  });
});

describe("a policy in a second checkout, beside the scanned one", () => {
  /** The workspace of a job that checks octo/shop out at `source`, and has the organisation's policy at `policies`. */
  function workspaceWith(policy: string, change = CHANGE): string {
    const workspace = makeProject({ "policies/gate.yml": policy });
    mkdirSync(join(workspace, "source"));
    checkOut(change, change.merge, 0, join(workspace, "source"));
    return workspace;
  }

  it("is trusted as given, whatever the pull request does to its own", async () => {
    const strict = { "shop.py": "VALUE = 1\n", [POLICY]: "version: 1\ngate:\n  fail-on: low\n" };
    const change = openPullRequest(strict, { "new.py": HIGH, [POLICY]: "version: 1\nlimits:\n  nosec: 0\n" });
    const inputs = { path: "source", policy: "policies/gate.yml" };
    const { outputs, report } = await judge(workspaceWith(LENIENT, change), pullRequestEvent(change), inputs);
    expect([outputs.get("verdict"), report?.policy.changes]).toEqual(["pass", []]);
    expect(report?.policy.source).toContain("policies/gate.yml");
  });

  it("decides nothing unless it is named", async () => {
    const { outputs } = await judge(workspaceWith(LENIENT), pullRequestEvent(CHANGE), { path: "source" });
    expect(outputs.get("verdict")).toBe("fail");
  });

  it("is not trusted through a link in the scanned repository, which a change could turn", async () => {
    const workspace = workspaceWith(LENIENT);
    mkdirSync(join(workspace, "source", ".github"), { recursive: true });
    symlinkSync(join("..", "..", "policies", "gate.yml"), join(workspace, "source", POLICY));
    const inputs = { path: "source", policy: `source/${POLICY}` };
    expectRefused(await judge(workspace, pullRequestEvent(CHANGE), inputs), /sarif-gate\.yml is no file that can be read/u);
  });

  it("is not trusted when a directory on the way is such a link", async () => {
    const workspace = workspaceWith(LENIENT);
    symlinkSync(join("..", "policies"), join(workspace, "source", "policies"));
    const inputs = { path: "source", policy: "source/policies/gate.yml" };
    expectRefused(await judge(workspace, pullRequestEvent(CHANGE), inputs), /policies\/gate\.yml/u);
  });
});

describe("the head of a pull request on pull_request_target", () => {
  const loosened = openPullRequest({ "shop.py": "VALUE = 1\n" }, { "new.py": HIGH, [POLICY]: LENIENT });
  const runner = eventOf("pull_request_target", "refs/heads/main", loosened.base, payloadOf("pull-request-target", loosened));

  it("is refused beside a token", async () => {
    expectRefused(await judge(checkOut(loosened, loosened.head, 0), runner), /anybody may have written it/u);
  });

  it("is judged without one by the policy of the base branch", async () => {
    const { outputs, report } = await judge(checkOut(loosened, loosened.head, 0), runner, { token: "" });
    expect(outputs.get("verdict")).toBe("fail");
    expect(report?.policy.changes).toEqual([{ key: "gate.fail-on", base: "high", head: "critical", effect: "ignored" }]);
  });

  it("is not what is scanned by default: the commit of the run is, beside the token", async () => {
    const { outputs, report } = await judge(checkOut(loosened, loosened.base, 1), runner);
    expect([outputs.get("verdict"), report?.findings]).toEqual(["pass", []]);
  });
});
