// What GitHub answers, what an event says, and the addresses that a runner or a remote names.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GateError } from "../../src/errors.ts";
import { alertsUrl, parseApiUrl } from "../../src/github/addresses.ts";
import { awaitProcessing } from "../../src/github/analysis-status.ts";
import { decideBase } from "../../src/github/base-of-event.ts";
import { COMMIT, decodeEventPayload } from "../../src/github/event-payload.ts";
import { readAnswer } from "../../src/github/http-answer.ts";
import { explainRefusal } from "../../src/github/refusal.ts";
import { namesRepository } from "../../src/github/repository-url.ts";
import { levelOf } from "../../src/github/upload-outcome.ts";
import { answer, scriptedGitHub, virtualClock } from "../support/code-scanning.ts";
import { fuzz, fuzzAsync } from "../support/fuzz.ts";
import { hostileText } from "../support/hostile-text.ts";
import { mutatedJson } from "../support/mutations.ts";

const COMMIT_ID = "0123456789".repeat(4);
const NOW = new Date("2026-11-21T12:00:00Z");

const status = fc.oneof(fc.constantFrom(200, 202, 301, 400, 401, 403, 404, 413, 422, 429, 500, 503), fc.integer());
const words = fc.oneof(
  hostileText,
  fc.constantFrom(
    "commit not found",
    "ref x not found",
    "Resource not accessible by integration",
    "secondary rate limit",
    "code scanning is not enabled",
    "Not Found",
  ),
);

describe("an answer of GitHub", () => {
  it("is read from anything, with waits that are whole seconds", () => {
    const header = fc.oneof(
      fc.constantFrom("0", "7", "-1", "1e3", "99999999999999", "Sat, 21 Nov 2026"),
      fc.string({ maxLength: 5 }),
      fc.constant(undefined),
    );
    const response = fc.record({
      status,
      data: fc.oneof(fc.record({ message: words, errors: fc.jsonValue({ maxDepth: 2 }) }), fc.jsonValue({ maxDepth: 2 })),
      headers: fc.record({ "x-ratelimit-remaining": header, "x-ratelimit-reset": header, "retry-after": header, location: header }),
    });
    fuzz(
      fc.property(response, (given) => {
        const read = readAnswer(given, NOW);
        expect(read.kind).toBe("answer");
        if (read.kind === "answer")
          expect(read.waitSeconds === null || (Number.isSafeInteger(read.waitSeconds) && read.waitSeconds >= 0)).toBe(true);
      }),
    );
  });

  it('that is no "accepted" is never told as a success, and always with a sentence', () => {
    const context = fc.record({ readOnlyReason: fc.option(hostileText), ref: hostileText, commit: hostileText });
    const answers = fc.record({
      status,
      message: words,
      rateLimited: fc.boolean(),
      waitSeconds: fc.option(fc.nat()),
      location: fc.option(fc.oneof(fc.webUrl(), hostileText)),
    });
    fuzz(
      fc.property(answers, context, ({ status: code, message, ...more }, about) => {
        const outcome = explainRefusal(answer(code, message, more), about);
        expect(["skipped", "unavailable", "failed"]).toContain(outcome.status);
        expect([outcome.sarifId, outcome.message === ""]).toEqual([null, false]);
        if (outcome.status === "failed") expect([levelOf(outcome, false), outcome.remedy === ""]).toEqual(["failure", false]);
      }),
    );
  });

  it("about the processing is a success only when it says complete and names no error", async () => {
    const body = fc.oneof(
      fc.record({
        processing_status: fc.constantFrom("complete", "failed", "pending", "done", ""),
        errors: fc.oneof(fc.constant(null), fc.array(words, { maxLength: 2 })),
      }),
      mutatedJson({ processing_status: "complete", errors: null }),
    );
    const analyses = fc.oneof(
      mutatedJson([{ tool: { name: "Bandit" }, category: "x", warning: "", error: "" }]),
      fc.jsonValue({ maxDepth: 2 }),
    );
    let processed = 0;
    await fuzzAsync(
      fc.asyncProperty(status, body, status, analyses, async (code, said, codeOfAnalyses, listed) => {
        const github = scriptedGitHub({ status: [answer(code, said)], analyses: answer(codeOfAnalyses, listed) });
        const outcome = await awaitProcessing("id", github, virtualClock());
        expect(["processed", "pending", "failed"]).toContain(outcome.status);
        if (outcome.status !== "processed") return;
        processed += 1;
        expect([code, said]).toMatchObject([200, { processing_status: "complete" }]);
        expect(Array.isArray(said.errors) && said.errors.length > 0).toBe(false);
      }),
    );
    expect(processed).toBeGreaterThan(10);
  });
});

describe("an event", () => {
  const payload = {
    repository: { default_branch: "main" },
    sender: { login: "octo-mona" },
    pull_request: { number: 7, head: { sha: COMMIT_ID, repo: { full_name: "a/b" } }, base: { sha: COMMIT_ID } },
    workflow_run: { event: "push", head_branch: "x", head_sha: COMMIT_ID, head_repository: { full_name: "a/b" } },
    merge_group: { base_sha: COMMIT_ID },
    before: COMMIT_ID,
    created: false,
    deleted: false,
  };

  it("with changed members gives commits that are commits, and nulls for the rest", () => {
    fuzz(
      fc.property(mutatedJson(payload), (json) => {
        const { before, merge_group, pull_request, workflow_run } = decodeEventPayload(json);
        for (const commit of [before, merge_group?.base_sha, pull_request?.head?.sha, pull_request?.base?.sha, workflow_run?.head_sha]) {
          expect(commit === null || commit === undefined || COMMIT.test(commit)).toBe(true);
        }
      }),
    );
  });

  it("of a change always has a base, or is refused; never is everything looked at in its stead", () => {
    const names = fc.constantFrom(
      "pull_request",
      "pull_request_review",
      "merge_group",
      "pull_request_target",
      "push",
      "schedule",
      "",
      "__proto__",
    );
    const outcomes = new Set<string>();
    fuzz(
      fc.property(
        names,
        mutatedJson(payload),
        fc.constantFrom(COMMIT_ID, "", "x"),
        fc.constantFrom(COMMIT_ID, "f".repeat(40), null),
        (name, json, commit, checkedOut) => {
          const event = {
            name,
            ref: "refs/pull/7/merge",
            commit,
            repository: "a/b",
            serverUrl: "https://github.com",
            payload: decodeEventPayload(json),
          };
          const outcome = outcomeOf(() => decideBase(event, checkedOut).kind);
          outcomes.add(outcome);
          if (/^(?:pull_request|merge_group)/.test(name) && (name !== "pull_request_target" || checkedOut !== commit))
            expect(outcome).not.toBe("none");
        },
      ),
    );
    expect([...outcomes].sort()).toEqual(["compare", "none", "refused"]);
  });

  function outcomeOf(decide: () => string): string {
    try {
      return decide();
    } catch (thrown) {
      if (thrown instanceof GateError && thrown.code === "base-unavailable") return "refused";
      throw thrown;
    }
  }
});

describe("an address", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "https",
      "http",
      "ssh",
      "file",
      "git",
      "://",
      ":",
      "//",
      "/",
      "@",
      "github.com",
      "localhost",
      "127.0.0.1",
      "evil.example",
      "a/b",
      ".git",
      "?",
      "#",
      "user:pw",
      ":8443",
      "\\",
      "%2f",
      "..",
      " ",
    ),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  const address = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));

  it("gets the token only over https or on this machine, and never with a user, a query or a slash at its end", () => {
    let accepted = 0;
    fuzz(
      fc.property(
        fc.oneof(
          address,
          address.map((rest) => `https://github.com${rest}`),
        ),
        (text) => {
          const url = parseApiUrl(text);
          if (url === null) return;
          accepted += 1;
          const { protocol, hostname, username, password, search } = new URL(url);
          expect(protocol === "https:" || /^(?:localhost|127\.|\[::1\])/.test(hostname)).toBe(true);
          expect([username, password, search, url.endsWith("/")]).toEqual(["", "", "", false]);
        },
      ),
    );
    expect(accepted).toBeGreaterThan(500);
  });

  it("of a remote names the repository only when its host is the server's and its path is owner and name", () => {
    let named = 0;
    const remote = fc.oneof(
      address,
      address.map((rest) => `https://github.com/a/b${rest}`),
      address.map((rest) => `git@github.com:a/b${rest}`),
      address.map((head) => `${head}github.com/a/b`),
    );
    fuzz(
      fc.property(remote, (text) => {
        if (!namesRepository(text, { serverUrl: "https://github.com", repository: "a/b" })) return;
        named += 1;
        expect(text).toMatch(/github\.com/i);
        expect(text.replaceAll("\\", "/").replace(/[\t\n\r]|[\0-\x20]+$/g, "")).toMatch(/[/:]a\/b(?:\.git)?\/?\s*(?:[?#].*)?$/isu);
      }),
    );
    expect(named).toBeGreaterThan(200);
  });

  it("of the alerts is one https address whatever a branch is called", () => {
    fuzz(
      fc.property(fc.oneof(hostileText, address), (name) => {
        const wellFormed = Buffer.from(name).toString();
        const url = alertsUrl("https://github.com/a/b", `refs/heads/${wellFormed}`);
        if (url !== null) expect(url).toMatch(/^https:\/\/github\.com\/a\/b\/security\/code-scanning\?query=[\w%.!~*'()-]+$/);
      }),
    );
  });
});
