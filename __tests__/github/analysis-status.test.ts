import { describe, expect, it } from "vitest";
import { awaitProcessing } from "../../src/github/analysis-status.ts";
import type { Answer } from "../../src/github/code-scanning.ts";
import { answer, scriptedGitHub, virtualClock } from "../support/code-scanning.ts";

const PENDING = answer(200, { processing_status: "pending" });
const COMPLETE = answer(200, { processing_status: "complete", errors: null });
const SILENCE: Answer = { kind: "silence", message: "socket hang up" };

async function ask(status: readonly Answer[], analyses?: Answer) {
  const github = scriptedGitHub({ status, ...(analyses === undefined ? {} : { analyses }) });
  const clock = virtualClock();
  return { outcome: await awaitProcessing("an-id", github, clock), slept: clock.slept, calls: github.calls };
}

describe("awaitProcessing", () => {
  it("asks after 2 seconds, then after pauses of a quarter of the time waited up to 5 seconds", async () => {
    const { slept, outcome } = await ask([...Array(12).fill(PENDING), COMPLETE]);
    expect(slept.map((pause) => Math.round(pause))).toEqual([2000, 500, 625, 781, 977, 1221, 1526, 1907, 2384, 2980, 3725, 4657, 5000]);
    expect(outcome).toMatchObject({ status: "processed", sarifId: "an-id", details: [] });
  });

  it("gives up after five minutes, which is no success", async () => {
    const { slept, outcome, calls } = await ask([PENDING]);
    const waited = slept.reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeGreaterThan(290_000);
    expect(waited).toBeLessThanOrEqual(300_000);
    expect(outcome.status).toBe("pending");
    expect(outcome.message).toContain("within 5 minutes");
    expect(calls).not.toContain("analyses");
  });

  it("fails with GitHub's errors and what to do about them", async () => {
    const { outcome } = await ask([
      answer(200, { processing_status: "failed", errors: ["rejecting delivery as the repository has too many logical alerts"] }),
    ]);
    expect(outcome).toMatchObject({
      status: "failed",
      sarifId: "an-id",
      details: ["rejecting delivery as the repository has too many logical alerts"],
    });
    expect(outcome.remedy).toContain("GitHub Support");
  });

  it("fails without errors as well", async () => {
    const { outcome } = await ask([answer(200, { processing_status: "failed", errors: null })]);
    expect(outcome).toMatchObject({ status: "failed", details: [] });
  });

  it.each([
    ["an id that is not known yet", answer(404, "Not Found")],
    ["silence", SILENCE],
    ["a status of no known name", answer(200, { processing_status: "resting" })],
    ["a body that is none", answer(200, "")],
    ["a server error", answer(502, "Server Error")],
  ])("asks again after %s", async (_, first) => {
    const { outcome } = await ask([first, COMPLETE]);
    expect(outcome.status).toBe("processed");
  });

  it.each([
    ["401", answer(401, "Bad credentials")],
    ["403", answer(403, "Resource not accessible by integration")],
  ])("stops at once at %s, which is no success", async (status, refusal) => {
    const { outcome, calls } = await ask([refusal]);
    expect(calls).toEqual(["status"]);
    expect(outcome.status).toBe("pending");
    expect(outcome.message).toContain(status);
  });

  it("asks again after a rate limit, although that is a 403 too", async () => {
    const { outcome } = await ask([answer(403, "API rate limit exceeded", { rateLimited: true }), COMPLETE]);
    expect(outcome.status).toBe("processed");
  });

  it("shows what GitHub ignored", async () => {
    const analyses = answer(200, [
      { tool: { name: "Trivy" }, category: "sarif-gate/trivy/", warning: "123 results were ignored", error: "" },
    ]);
    const { outcome } = await ask([COMPLETE], analyses);
    expect(outcome).toMatchObject({ status: "processed", details: ["Trivy (sarif-gate/trivy/): 123 results were ignored"] });
  });

  it("fails when an analysis has an error although processing is complete", async () => {
    const analyses = answer(200, [{ tool: { name: "Trivy" }, category: "c", warning: "", error: "out of space" }]);
    const { outcome } = await ask([COMPLETE], analyses);
    expect(outcome).toMatchObject({ status: "failed", details: ["Trivy (c): out of space"] });
  });

  it("says so when what GitHub ignored cannot be read", async () => {
    const { outcome } = await ask([COMPLETE], answer(500, "Server Error"));
    expect(outcome.status).toBe("processed");
    expect(outcome.details).toHaveLength(1);
  });
});
