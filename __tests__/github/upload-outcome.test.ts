import { describe, expect, it } from "vitest";
import { levelOf, type UploadStatus } from "../../src/github/upload-outcome.ts";

function outcome(status: UploadStatus, details: readonly string[] = []) {
  return { status, sarifId: null, message: "", remedy: "", details };
}

describe("levelOf", () => {
  it.each([
    ["processed", "done", "done"],
    ["accepted", "done", "done"],
    ["pending", "failure", "failure"],
    ["skipped", "notice", "failure"],
    ["unavailable", "warning", "failure"],
    ["failed", "failure", "failure"],
  ] as const)("tells %s as %s, and as %s where an upload is required", (status, level, required) => {
    expect([levelOf(outcome(status), false), levelOf(outcome(status), true)]).toEqual([level, required]);
  });

  it("tells an upload of which GitHub ignored a part as a warning", () => {
    expect(levelOf(outcome("processed", ["123 results were ignored"]), true)).toBe("warning");
  });
});
