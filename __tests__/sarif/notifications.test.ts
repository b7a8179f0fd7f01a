import { describe, expect, it } from "vitest";
import { ScannerError } from "../../src/errors.ts";
import { buildNotifications } from "../../src/sarif/notifications.ts";
import { completedRun, failedRun, judged, skippedRun } from "../support/findings.ts";

const COMPLETE = { run: completedRun("bandit"), gaps: [], notices: [], truncation: undefined };

describe("buildNotifications", () => {
  it("says nothing of a run that is complete", () => {
    expect(buildNotifications(COMPLETE)).toEqual([]);
  });

  it("states a failure and what to do as an error", () => {
    const error = new ScannerError("scanner-timed-out", "bandit was ended after 5 s", { remedy: "Give it more time." });
    expect(buildNotifications({ ...COMPLETE, run: failedRun("bandit", { error }) })).toEqual([
      { level: "error", message: { text: "bandit was ended after 5 s. Give it more time." } },
    ]);
  });

  it("states as a note why there was nothing to look at", () => {
    expect(buildNotifications({ ...COMPLETE, run: skippedRun("bandit") })).toEqual([
      { level: "note", message: { text: "There was nothing to look at: there is no Python file" } },
    ]);
  });

  it("states a gap as an error at its place", () => {
    expect(
      buildNotifications({ ...COMPLETE, gaps: judged([{ path: "a b.py", line: 4, reason: "a syntax error", remedy: "Repair it." }]) }),
    ).toEqual([
      {
        level: "error",
        message: { text: "a syntax error. Repair it." },
        locations: [{ physicalLocation: { artifactLocation: { uri: "a%20b.py", uriBaseId: "%SRCROOT%" }, region: { startLine: 4 } } }],
      },
    ]);
  });

  it("states an accepted gap as a note", () => {
    const gaps = judged([{ path: "a.py", reason: "a syntax error", remedy: "Repair it." }], "accepted");
    expect(buildNotifications({ ...COMPLETE, gaps })).toMatchObject([
      { level: "note", message: { text: "Not looked at, which the policy accepts. a syntax error." } },
    ]);
  });

  it("states a notice as a note, with a place where it has one", () => {
    expect(buildNotifications({ ...COMPLETE, notices: [{ message: "one" }, { message: "two", path: "link.py" }] })).toEqual([
      { level: "note", message: { text: "one" } },
      {
        level: "note",
        message: { text: "two" },
        locations: [{ physicalLocation: { artifactLocation: { uri: "link.py", uriBaseId: "%SRCROOT%" } } }],
      },
    ]);
  });

  it("states a truncation as a warning with both numbers and the limit", () => {
    const truncation = { run: "bandit", kept: 5, total: 9, because: "GitHub shows 5 results of a run" } as const;
    expect(buildNotifications({ ...COMPLETE, truncation })).toEqual([
      { level: "warning", message: { text: "5 of 9 findings are listed, the most severe ones: GitHub shows 5 results of a run." } },
    ]);
  });
});
