import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAnswer } from "../../src/github/http-answer.ts";
import { fuzz } from "../support/fuzz.ts";

const NOW = new Date("2026-11-21T12:00:00Z");

function response(status: number, data: unknown, headers: Record<string, string> = {}) {
  return { status, data, headers, url: "" };
}

describe("readAnswer", () => {
  it("reads a response", () => {
    expect(readAnswer(response(202, { id: "x" }), NOW)).toMatchObject({ status: 202, body: { id: "x" }, message: "", rateLimited: false });
  });

  it("reads the response of an error, with GitHub's reasons", () => {
    const error = Object.assign(new Error("whatever"), {
      response: response(422, { message: "Validation Failed", errors: ["ref", { field: "sarif" }] }),
    });
    expect(readAnswer(error, NOW)).toMatchObject({ status: 422, message: 'Validation Failed: ref: {"field":"sarif"}' });
  });

  it("takes an error without a response for silence", () => {
    expect(readAnswer(new Error("socket hang up"), NOW)).toEqual({ kind: "silence", message: "socket hang up" });
  });

  it.each([
    ["`retry-after`", 429, { "retry-after": "7" }, 7, false],
    [
      "the reset of an exhausted limit",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${NOW.getTime() / 1000 + 90}` },
      91,
      true,
    ],
    [
      "no reset while something remains",
      403,
      { "x-ratelimit-remaining": "5", "x-ratelimit-reset": `${NOW.getTime() / 1000 + 90}` },
      null,
      false,
    ],
    ["no date", 503, { "retry-after": "Sat, 21 Nov 2026 12:01:00 GMT" }, null, false],
    ["a reset in the past as none to wait for", 403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }, 0, true],
  ])("reads %s", (_, status, headers, waitSeconds, rateLimited) => {
    expect(readAnswer(response(status, {}, headers), NOW)).toMatchObject({ waitSeconds, rateLimited });
  });

  it("knows the secondary limit by its name, and only in an answer that limits", () => {
    const data = { message: "You have exceeded a secondary rate limit." };
    expect(readAnswer(response(403, data), NOW)).toMatchObject({ rateLimited: true });
    expect(readAnswer(response(500, data), NOW)).toMatchObject({ rateLimited: false });
  });

  it("never throws", () => {
    fuzz(
      fc.property(fc.anything(), (given) => {
        expect(["answer", "silence"]).toContain(readAnswer(given, NOW).kind);
      }),
    );
  });
});
