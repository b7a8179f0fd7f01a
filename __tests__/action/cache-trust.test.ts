import { describe, expect, it } from "vitest";
import { cacheTrust } from "../../src/action/cache-trust.ts";
import type { RunEvent } from "../../src/github/event.ts";
import { decodeEventPayload } from "../../src/github/event-payload.ts";

function eventOf(name: string, ref: string, payload: unknown = { repository: { default_branch: "trunk" } }): RunEvent {
  return { name, ref, commit: "", repository: "octo/shop", serverUrl: "https://github.com", payload: decodeEventPayload(payload) };
}

describe("the Actions cache", () => {
  it.each([
    ["push", "refs/heads/trunk", false],
    ["schedule", "refs/heads/trunk", false],
    ["workflow_dispatch", "refs/heads/trunk", false],
    ["push", "refs/heads/release/1.x", true],
    ["workflow_dispatch", "refs/heads/release/1.x", true],
  ])("is trusted on %s of %s, protected: %s", (name, ref, isProtected) => {
    expect(cacheTrust(eventOf(name, ref), isProtected)).toBe("trusted");
  });

  it("is trusted on a schedule whose payload does not name the default branch, because there is no other", () => {
    expect(cacheTrust(eventOf("schedule", "refs/heads/trunk", {}), false)).toBe("trusted");
  });

  it.each([
    ["push", "refs/heads/feature", false],
    ["push", "refs/heads/trunk-2", false],
    ["push", "refs/heads/feature/trunk", false],
    ["workflow_dispatch", "refs/heads/feature", false],
    ["pull_request", "refs/pull/7/merge", false],
    ["pull_request", "refs/pull/7/merge", true],
    ["pull_request", "refs/heads/trunk", true],
    ["merge_group", "refs/heads/gh-readonly-queue/trunk/pr-7-c0ffee", true],
    ["push", "refs/heads/gh-readonly-queue/trunk/pr-7-c0ffee", true],
  ])("gives results and takes nothing on %s of %s, protected: %s", (name, ref, isProtected) => {
    expect(cacheTrust(eventOf(name, ref), isProtected)).toBe("change");
  });

  it("does not guess the default branch of a push whose payload does not name it", () => {
    expect(cacheTrust(eventOf("push", "refs/heads/main", {}), false)).toBe("change");
  });

  it.each([
    ["push", "refs/tags/v1.0.0"],
    ["push", "refs/tags/heads/trunk"],
    ["workflow_dispatch", "refs/tags/v1.0.0"],
    ["release", "refs/tags/v1.0.0"],
    ["pull_request_target", "refs/heads/trunk"],
    ["pull_request_review", "refs/pull/7/merge"],
    ["workflow_run", "refs/heads/trunk"],
    ["issue_comment", "refs/heads/trunk"],
    ["repository_dispatch", "refs/heads/trunk"],
    ["deployment", "refs/heads/trunk"],
    ["something_new", "refs/heads/trunk"],
    ["", ""],
  ])("is not touched on %j of %j, protected or not", (name, ref) => {
    expect([cacheTrust(eventOf(name, ref), false), cacheTrust(eventOf(name, ref), true)]).toEqual(["none", "none"]);
  });
});
