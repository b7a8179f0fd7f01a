import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "../../src/github/code-scanning.ts";
import { explainRefusal, PERMISSIONS_REMEDY } from "../../src/github/refusal.ts";
import { answer } from "../support/code-scanning.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OWN = { readOnlyReason: null, ref: "refs/heads/main", commit: COMMIT };
const FORK = { ...OWN, readOnlyReason: "a pull request from a fork" };
const NO_ACCESS = answer(403, "Resource not accessible by integration");

describe("explainRefusal", () => {
  it("tells a fork's pull request that its token may only read, with nothing to mend", () => {
    expect(explainRefusal(NO_ACCESS, FORK)).toMatchObject({ status: "skipped", remedy: "", sarifId: null });
    expect(explainRefusal(NO_ACCESS, FORK).message).toContain("a pull request from a fork");
  });

  it("tells everybody else which permissions are missing", () => {
    const { status, remedy } = explainRefusal(NO_ACCESS, OWN);
    expect([status, remedy]).toEqual(["failed", PERMISSIONS_REMEDY]);
    expect(remedy).toContain("security-events: write");
  });

  it("takes a bare 404 for a missing permission", () => {
    expect(explainRefusal(answer(404, "Not Found"), OWN)).toMatchObject({ status: "failed", remedy: PERMISSIONS_REMEDY });
    expect(explainRefusal(answer(404, "Not Found"), FORK).status).toBe("skipped");
  });

  it.each([
    "Code Security must be enabled for this repository to use code scanning.",
    "Advanced Security must be enabled for this repository to use code scanning.",
    "Code scanning is not enabled for this repository. Please enable code scanning in the repository settings.",
  ])("takes %j for a feature that is off, on a fork's run as well", (message) => {
    for (const context of [OWN, FORK]) expect(explainRefusal(answer(403, message), context).status).toBe("unavailable");
    expect(explainRefusal(answer(403, message), OWN).remedy).toContain("settings");
  });

  it.each<[string, HttpAnswer, string]>([
    ["401", answer(401, "Bad credentials"), "does not accept the token"],
    ["403 of an archived repository", answer(403, "Repository was archived so is read-only."), "forbids the upload (403"],
    ["a primary rate limit", answer(403, "API rate limit exceeded", { rateLimited: true, waitSeconds: 1800 }), "it ends in 1800 seconds"],
    ["429", answer(429, "slow down", { waitSeconds: 7 }), "rate limit"],
    ["404 of the commit", answer(404, "commit not found"), COMMIT],
    ["404 of the ref", answer(404, "ref 'refs/heads/main' not found in this repository"), "refs/heads/main"],
    ["413", answer(413, "too large"), "too large for GitHub"],
    ["400", answer(400, "bad"), "does not accept the SARIF"],
    ["422", answer(422, "bad"), "does not accept the SARIF"],
    ["a redirect", answer(307, "", { location: "https://elsewhere.example/x?y" }), "https://elsewhere.example, which is not followed"],
    ["a redirect to nowhere", answer(301, ""), "another place"],
    ["500", answer(500, "Server Error"), "could not take the upload"],
    ["503", answer(503, "Service Unavailable"), "could not take the upload"],
    ["a status nobody expects", answer(200, ""), "refused the upload (200)"],
  ])("makes %s a failure on any run, and says what happened and what to do", (_, given, words) => {
    for (const context of [OWN, FORK]) {
      const { status, message, remedy } = explainRefusal(given, context);
      expect(status).toBe("failed");
      expect(message).toContain(words);
      expect(remedy).not.toBe("");
    }
  });

  it("makes silence a failure", () => {
    expect(explainRefusal({ kind: "silence", message: "socket hang up" }, FORK)).toMatchObject({
      status: "failed",
      message: "GitHub's API did not answer: socket hang up.",
    });
  });
});
