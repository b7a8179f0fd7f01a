// Pull request 7 of a made-up repository octo/shop: real commits, checked out as actions/checkout does, judged by the built dist/main.js as the runner starts it.

import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ReportJson } from "../../src/report/report-schema.ts";
import { PAYLOAD_BASE } from "./checkouts.ts";
import { type GitRequest, serveGit } from "./git-server.ts";
import { type ActionResult, type RunnerOptions, runAction, TOKEN } from "./run-action.ts";
import { makeProject } from "./run-cli.ts";
import { commit, type Files } from "./stories.ts";
import { git } from "./temporary-tree.ts";

/** The repository as the forge has it, and what an event calls its commits. */
export interface PullRequest {
  /** Its path ends with `octo/shop`. */
  readonly repository: string;
  /** Where the branch left `main`. */
  readonly fork: string;
  /** The tip of `main`, one commit further. */
  readonly base: string;
  readonly head: string;
  /** The test merge of `head` into `base`. */
  readonly merge: string;
}

export interface Judged extends ActionResult {
  /** Null when the run ended before there was one. */
  readonly report: ReportJson | null;
}

export type Inputs = Readonly<Record<string, string>>;

const PAYLOADS = join(import.meta.dirname, "..", "fixtures", "events");

/** The commits that the payloads name, by what they are. */
const NAMED = {
  base: PAYLOAD_BASE,
  head: "639fdc7e62106d8d3dc79ac21949737a6d9509a3",
  forkHead: "a81bf3d771d1e726ca57e2715b3dae310bee977e",
  merge: "b946c39646033c8a4781d8c7065e885cb60d06be",
} as const;

/** A server that nobody answers for. */
export const NO_SERVER = "http://127.0.0.1:9";

/** Opens the pull request: `before` is on `main`, the branch makes `change` of it (null removes a file), and `meanwhile` is what happened on `main` since. */
export function openPullRequest(before: Files, change: Files, meanwhile: Files = { "elsewhere.md": "Main goes on.\n" }): PullRequest {
  const repository = join(makeProject({}), "octo", "shop");
  mkdirSync(repository, { recursive: true });
  // The root of the server is `octo`: with this, addresses are those of the forge.
  symlinkSync(".", join(dirname(repository), "octo"));
  git(repository, "init", "--quiet");
  const fork = commit(repository, before);
  git(repository, "checkout", "--quiet", "-b", "basket");
  const head = commit(repository, change);
  git(repository, "checkout", "--quiet", "main");
  const base = commit(repository, meanwhile);
  git(repository, "checkout", "--quiet", "--detach");
  git(repository, "merge", "--quiet", "--no-ff", "--no-edit", "basket");
  const merge = git(repository, "rev-parse", "HEAD");
  git(repository, "checkout", "--quiet", "main");
  git(repository, "update-ref", "refs/pull/7/head", head);
  git(repository, "update-ref", "refs/pull/7/merge", merge);
  return { repository, fork, base, head, merge };
}

/** Checks a commit out into a new directory, or the one that is given. Depth 1 is what actions/checkout does by default, 0 is the whole history with all branches. */
export function checkOut({ repository }: Pick<PullRequest, "repository">, id: string, depth: 0 | 1, root = makeProject({})): string {
  git(root, "init", "--quiet");
  git(root, "remote", "add", "origin", `file://${repository}`);
  const refs = [`+${id}:refs/remotes/pull/7/merge`, ...(depth === 0 ? ["+refs/heads/*:refs/remotes/origin/*"] : [])];
  git(root, "fetch", "--quiet", "--no-tags", ...(depth === 0 ? [] : ["--depth=1"]), "origin", ...refs);
  git(root, "checkout", "--quiet", "--force", "--detach", id);
  git(root, "remote", "set-url", "origin", "https://github.com/octo/shop");
  return root;
}

/** The text of an event's payload, with the commits of the pull request in the place of those that it names. */
export function payloadOf(event: string, { base, head, merge }: PullRequest): string {
  const ids = [
    [NAMED.base, base],
    [NAMED.head, head],
    [NAMED.forkHead, head],
    [NAMED.merge, merge],
  ] as const;
  return ids.reduce((text, [from, to]) => text.replaceAll(from, to), readFileSync(join(PAYLOADS, `${event}.json`), "utf8"));
}

/** The variables and the payload of the pull request's own event. */
export function pullRequestEvent(change: PullRequest, env: Readonly<Record<string, string>> = {}): RunnerOptions {
  return {
    payload: payloadOf("pull-request", change),
    env: {
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/7/merge",
      GITHUB_SHA: change.merge,
      GITHUB_SERVER_URL: NO_SERVER,
      ...env,
    },
  };
}

/** Starts the action: only Bandit, and no upload, unless the inputs say otherwise. */
export async function judge(workspace: string, runner: RunnerOptions, inputs: Inputs = {}): Promise<Judged> {
  const result = await runAction(workspace, { scanners: "bandit", upload: "never", ...inputs }, runner);
  const file = result.outputs.get("report-file") ?? "";
  return { ...result, report: file === "" ? null : (JSON.parse(readFileSync(file, "utf8")) as ReportJson) };
}

/** Judges the pull request with its whole history checked out. */
export async function judgePullRequest(
  change: PullRequest,
  inputs: Inputs = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Judged> {
  return await judge(checkOut(change, change.merge, 0), pullRequestEvent(change, env), inputs);
}

/** Serves octo/shop to whoever has the token of the run, until the test ends. GITHUB_SERVER_URL is its origin. */
export async function serveShop({
  repository,
}: PullRequest): Promise<{ readonly origin: string; readonly requests: readonly GitRequest[] }> {
  const { url, requests } = await serveGit(repository, { token: TOKEN });
  return { origin: new URL(url).origin, requests };
}
