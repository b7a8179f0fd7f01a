// What goes wrong between the action and GitHub, with the built dist/main.js: each fault has its exit status, output and words, no token is printed, and the
// SARIF is there afterwards. Waits pass at once (fast-clock.mjs).

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { API_CALLS } from "../../src/github/api-calls.ts";
import { checkOutCommit, PAYLOAD_BASE, withChange } from "../support/checkouts.ts";
import {
  accepted,
  advancedSecurityOff,
  analysesWith,
  archived,
  badCredentials,
  codeSecurityOff,
  commitNotFound,
  type FakeGitHubOptions,
  type FakeGitHubScript,
  hang,
  html,
  invalid,
  malformed,
  notFound,
  pending,
  primaryLimit,
  processed,
  processingFailed,
  rateLimited,
  readOnlyToken,
  redirect,
  refNotFound,
  reset,
  SARIF_ID,
  secondaryLimit,
  serverError,
  serviceUnavailable,
  startFakeGitHub,
  tooLarge,
} from "../support/fake-github.ts";
import { serveOnLoopback } from "../support/loopback.ts";
import { type RunnerOptions, runAction, TOKEN } from "../support/run-action.ts";
import { runnerCommands } from "../support/runner-commands.ts";

const SHOP = withChange(checkOutCommit({ "readme.md": "A shop.\n" }), {
  "shop.py": "import subprocess\n\nsubprocess.call(input(), shell=True)\n",
});
const FORK_EVENT = readFileSync(join(import.meta.dirname, "..", "fixtures", "events", "pull-request-fork.json"), "utf8").replaceAll(
  PAYLOAD_BASE,
  SHOP.base,
);

interface Case extends FakeGitHubOptions {
  readonly script?: FakeGitHubScript;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly runner?: RunnerOptions;
}

/** Runs the action on the shop; the gate passes unless the inputs say otherwise. */
async function upload({ script = {}, inputs = {}, runner = {}, ...options }: Case = {}) {
  const github = await startFakeGitHub(script, options);
  const env = { GITHUB_SHA: SHOP.commit, GITHUB_API_URL: github.apiUrl, FAST_CLOCK_PATIENCE: "100", ...runner.env };
  const result = await runAction(SHOP.root, { scanners: "bandit", "fail-on": "never", ...inputs }, { ...runner, env, fastClock: true });
  expect(github.violations).toEqual([]);
  expect(result.log + result.summary + [...result.outputs.values()].join()).not.toContain(TOKEN);
  for (const name of ["sarif-file", "upload-file", "report-file"]) expect(existsSync(result.outputs.get(name) ?? "")).toBe(true);
  const commands = runnerCommands(result.log).filter(({ name }) => ["error", "warning", "notice"].includes(name));
  return {
    ...result,
    github,
    sent: github.requests.filter(({ method }) => method === "POST").length,
    ending: [result.status, result.outputs.get("verdict"), result.outputs.get("sarif-id")],
    // The oracle reads every line twice.
    commands: [...new Set(commands.map(({ name, text }) => `${name}: ${text}`))],
  };
}

describe("an upload that GitHub takes and processes", () => {
  it("passes the step, with the id, the alerts' address and no word of warning", async () => {
    const { ending, commands, summary, log } = await upload({ script: { status: [pending(), pending(), processed()] } });
    expect(ending).toEqual([0, "pass", SARIF_ID]);
    expect(commands).toEqual([]);
    expect(log).toContain("GitHub processed the upload.");
    expect(summary).toContain("https://github.com/octo/shop/security/code-scanning?query=is%3Aopen%20branch%3Amain");
  });

  it("asks nothing more when the answer is not waited for", async () => {
    const { ending, github } = await upload({ inputs: { "wait-for-processing": "false" } });
    expect(ending).toEqual([0, "pass", SARIF_ID]);
    expect(github.requests.map(({ method }) => method)).toEqual(["POST"]);
  });

  it("sends the token to GitHub, and in no other place than its header", async () => {
    const { github } = await upload();
    for (const { headers, body, path } of github.requests) {
      expect(headers["authorization"]).toBe(`token ${TOKEN}`);
      expect(JSON.stringify(body) + path).not.toContain(TOKEN);
    }
  });

  it("happens before a failing gate ends the step", async () => {
    const { ending, commands } = await upload({ inputs: { "fail-on": "high" } });
    expect(ending).toEqual([1, "fail", SARIF_ID]);
    expect(commands.map((command) => command.slice(0, 12))).toEqual(["error: fail:"]);
  });

  it("shows what GitHub ignored as a warning, and the step passes", async () => {
    const { ending, commands, summary } = await upload({ script: { analyses: [analysesWith("123 results were ignored")] } });
    expect(ending).toEqual([0, "pass", SARIF_ID]);
    expect(commands).toEqual([expect.stringMatching(/^warning: .*123 results were ignored/u)]);
    expect(summary).toContain("123 results were ignored");
  });
});

describe("the calls of an upload", () => {
  it("are exactly those that the table of calls names", async () => {
    const { github } = await upload();
    const routes = github.requests.map(({ method, path }) =>
      `${method} ${path}`.replace("octo/shop", "{owner}/{repo}").replace(SARIF_ID, "{sarif_id}"),
    );
    expect(routes).toEqual(Object.values(API_CALLS).map(({ route }) => route));
  });
});

describe("an upload that GitHub does not take", () => {
  it.each<[string, FakeGitHubScript, RegExp]>([
    ["403, a token that may only read", { upload: [readOnlyToken()] }, /may not upload.*security-events: write/u],
    ["403, an archived repository", { upload: [archived()] }, /forbids the upload.*archived/u],
    ["401", { upload: [badCredentials()] }, /does not accept the token/u],
    ["404", { upload: [notFound()] }, /may not upload.*security-events: write/u],
    ["404, the commit", { upload: [commitNotFound()] }, /does not know the commit/u],
    ["404, the ref", { upload: [refNotFound("refs/heads/main")] }, /does not know the commit/u],
    ["413", { upload: [tooLarge()] }, /too large for GitHub/u],
    ["422", { upload: [invalid("rejecting SARIF")] }, /does not accept the SARIF.*rejecting SARIF/u],
    ["400", { upload: [invalid("rejecting SARIF", 400)] }, /does not accept the SARIF/u],
    ["429 for ever", { upload: [rateLimited({ retryAfter: 5 })] }, /rate limit/u],
    ["a rate limit that ends too late", { upload: [primaryLimit({ resetInSeconds: 3000 })] }, /rate limit.*it ends in \d+ seconds/u],
    ["a secondary rate limit for ever", { upload: [secondaryLimit({ retryAfter: 30 })] }, /rate limit/u],
    ["500 for ever", { upload: [serverError(500)] }, /could not take the upload/u],
    ["a page of a proxy", { upload: [html(502)] }, /could not take the upload/u],
    ["a reset connection for ever", { upload: [reset()] }, /did not answer/u],
    ["silence for ever", { upload: [hang()] }, /did not answer/u],
    ["an answer that is no JSON", { upload: [malformed()] }, /something unreadable/u],
  ])("%s fails the step, and the verdict stands beside it", async (_, script, words) => {
    const { ending, commands, summary } = await upload({ script });
    expect(ending).toEqual([1, "pass", ""]);
    expect(commands[0]).toMatch(words);
    expect(commands.at(-1)).toMatch(/^error: pass: .*but the upload failed/u);
    expect(summary).toMatch(/^## sarif-gate: pass, and the upload failed$/mu);
    expect(summary).toMatch(/\*\*failed\*\*/u);
  });

  it("a redirect to another host is not followed: nothing is sent there", async () => {
    const elsewhere = await serveOnLoopback(new Map());
    const { ending, commands } = await upload({ script: { upload: [redirect(`${elsewhere.url}/repos/octo/shop/code-scanning/sarifs`)] } });
    expect(ending).toEqual([1, "pass", ""]);
    expect(commands[0]).toContain(`redirect to ${elsewhere.url}, which is not followed`);
    expect(elsewhere.asked).toEqual([]);
  });

  it("fails the step beside a gate that fails as well", async () => {
    const { ending, commands } = await upload({ script: { upload: [serverError(500)] }, inputs: { "fail-on": "high" } });
    expect(ending).toEqual([1, "fail", ""]);
    expect(commands.some((command) => command.includes("could not take the upload"))).toBe(true);
    expect(commands.at(-1)).toMatch(/^error: fail:/u);
  });

  it.each([
    ["Code Security", codeSecurityOff()],
    ["Advanced Security", advancedSecurityOff()],
  ])("without %s warns under `auto`, and fails the step under `always`", async (_, reply) => {
    const auto = await upload({ script: { upload: [reply] } });
    expect(auto.ending).toEqual([0, "pass", ""]);
    expect(auto.commands).toEqual([expect.stringMatching(/^warning: .*Switch on/u)]);
    const always = await upload({ script: { upload: [reply] }, inputs: { upload: "always" } });
    expect(always.ending).toEqual([1, "pass", ""]);
  });

  it("on a fork's pull request is a notice under `auto`, with what gates as annotations, and a failure under `always`", async () => {
    const runner = { payload: FORK_EVENT, env: { GITHUB_EVENT_NAME: "pull_request", GITHUB_REF: "refs/pull/8/merge" } };
    const auto = await upload({ script: { upload: [readOnlyToken()] }, inputs: { "fail-on": "high" }, runner });
    expect(auto.ending).toEqual([1, "fail", ""]);
    expect(auto.commands[0]).toMatch(/^notice: Nothing was uploaded: this is a pull request from a fork/u);
    expect(auto.log).toMatch(/^::error [^\n]*file=shop\.py,line=3/mu);
    const always = await upload({ script: { upload: [readOnlyToken()] }, inputs: { upload: "always" }, runner });
    expect(always.ending).toEqual([1, "pass", ""]);
  });
});

describe("an upload that succeeds after all", () => {
  it.each<[string, FakeGitHubScript, number]>([
    ["500 twice", { upload: [serverError(500), serverError(500), accepted()] }, 3],
    ["a reset", { upload: [reset(), accepted()] }, 2],
    ["a hang", { upload: [hang(), accepted()] }, 2],
    ["503", { upload: [serviceUnavailable(), accepted()] }, 2],
    ["429 with `retry-after`", { upload: [rateLimited({ retryAfter: 20 }), accepted()] }, 2],
    ["a primary rate limit", { upload: [primaryLimit({ resetInSeconds: 60 }), accepted()] }, 2],
    ["a secondary rate limit", { upload: [secondaryLimit({ retryAfter: 60 }), accepted()] }, 2],
    ["a commit that GitHub did not know yet", { upload: [commitNotFound(), accepted()] }, 2],
  ])("after %s passes the step", async (_, script, sent) => {
    const result = await upload({ script });
    expect(result.ending).toEqual([0, "pass", SARIF_ID]);
    expect(result.sent).toBe(sent);
  });

  it.each<[string, FakeGitHubScript, number]>([
    ["413", { upload: [tooLarge(), accepted()] }, 1],
    ["422", { upload: [invalid("no"), accepted()] }, 1],
    ["403", { upload: [archived(), accepted()] }, 1],
    ["500 four times", { upload: [500, 500, 500, 500].map(() => serverError(500)).concat(accepted()) }, 4],
    ["429 four times", { upload: [1, 1, 1, 1].map(() => rateLimited({ retryAfter: 1 })).concat(accepted()) }, 4],
    ["a limit beyond the deadline", { upload: [rateLimited({ retryAfter: 3600 }), accepted()] }, 1],
  ])("is not hoped for after %s", async (_, script, sent) => {
    const result = await upload({ script });
    expect(result.ending).toEqual([1, "pass", ""]);
    expect(result.sent).toBe(sent);
  });
});

describe("processing that does not end well", () => {
  it("fails the step with GitHub's errors", async () => {
    const { ending, commands, summary } = await upload({
      script: { status: [pending(), processingFailed(["rejecting SARIF, as there are more runs than allowed"])] },
    });
    expect(ending).toEqual([1, "pass", SARIF_ID]);
    expect(commands[0]).toContain("more runs than allowed");
    expect(summary).toContain("more runs than allowed");
  });

  it("fails the step when it is pending for ever", async () => {
    const { ending, commands } = await upload({ script: { status: [pending()] } });
    expect(ending).toEqual([1, "pass", SARIF_ID]);
    expect(commands[0]).toContain("did not finish processing it within 5 minutes");
  });

  it("survives trouble while it is waited for", async () => {
    const { ending } = await upload({ script: { status: [serverError(502), reset(), processed()] } });
    expect(ending).toEqual([0, "pass", SARIF_ID]);
  });
});

describe("an upload that must not be made", () => {
  it("sends nothing while certificates are not checked", async () => {
    const { ending, commands, github } = await upload({ runner: { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } } });
    expect(ending).toEqual([1, "pass", ""]);
    expect(commands.join()).toContain("NODE_TLS_REJECT_UNAUTHORIZED=0");
    expect(github.requests).toEqual([]);
  });

  it("sends nothing to an address without encryption", async () => {
    const { ending, commands } = await upload({ runner: { env: { GITHUB_API_URL: "http://api.github.example" } } });
    expect(ending).toEqual([1, "pass", ""]);
    expect(commands[0]).toContain("not an https address");
  });

  it("sends nothing without a token", async () => {
    const { ending, github } = await upload({ inputs: { token: "" } });
    expect(ending).toEqual([1, "pass", ""]);
    expect(github.requests).toEqual([]);
  });

  it("sends nothing with `upload: never`, and says no word of warning", async () => {
    const { ending, github, commands } = await upload({ inputs: { upload: "never" } });
    expect(ending).toEqual([0, "pass", ""]);
    expect([github.requests, commands]).toEqual([[], []]);
  });

  it("refuses a second step of the job with the same category, and takes one with another", async () => {
    const first = await upload();
    const env = Object.fromEntries(first.exported);
    expect(Object.keys(env)).toHaveLength(1);
    const second = await upload({ runner: { env } });
    expect(second.ending).toEqual([1, "pass", ""]);
    expect(second.commands[0]).toContain("has uploaded sarif-gate/bandit/ for this commit");
    expect(second.github.requests).toEqual([]);
    const other = await upload({ runner: { env }, inputs: { category: "backend" } });
    expect(other.ending).toEqual([0, "pass", SARIF_ID]);
  });
});

describe("an upload to another GitHub", () => {
  it.each(["ghes-3.17", "ghes-3.18", "ghes-3.19"] as const)(
    "as %s describes it goes below /api/v3, and links to the server",
    async (description) => {
      const { ending, github, summary } = await upload({
        description,
        runner: { env: { GITHUB_SERVER_URL: "https://github.shop.example" } },
      });
      expect(ending).toEqual([0, "pass", SARIF_ID]);
      expect(github.requests[0]?.path).toBe("/api/v3/repos/octo/shop/code-scanning/sarifs");
      expect(summary).toContain("https://github.shop.example/octo/shop/security/code-scanning");
    },
  );

  it("as ghe.com describes it goes to the root of its API", async () => {
    const { ending, github } = await upload({ description: "ghec", runner: { env: { GITHUB_SERVER_URL: "https://shop.ghe.com" } } });
    expect(ending).toEqual([0, "pass", SARIF_ID]);
    expect(github.requests[0]?.path).toBe("/repos/octo/shop/code-scanning/sarifs");
  });
});
