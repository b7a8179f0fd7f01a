import { describe, expect, it } from "vitest";
import { isUntrustedCheckout, refuseUntrustedCheckout } from "../../src/github/untrusted-checkout.ts";

const RUN = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
const OTHER = "0ddba11000ddba11000ddba11000ddba11000000";
const TOKEN = "ghs_made-up-token-of-the-test";

const STARTED_BY_STRANGERS = [
  "pull_request_target",
  "workflow_run",
  "issue_comment",
  "issues",
  "discussion",
  "fork",
  "check_run",
  "tomorrow",
];
const OTHERS = [
  "push",
  "pull_request",
  "pull_request_review",
  "pull_request_review_comment",
  "merge_group",
  "schedule",
  "workflow_dispatch",
  "repository_dispatch",
  "release",
];

const run = (name: string, commit = RUN) => ({ name, commit });

describe.each(STARTED_BY_STRANGERS)("%s", (name) => {
  it("with another commit checked out is refused while the run holds a token", () => {
    expect(refuseUntrustedCheckout(run(name), OTHER, TOKEN)).toEqual({
      message: `The commit ${OTHER} is checked out, but this run of \`${name}\` is for ${RUN}: anybody may have written it, and the run holds a token of the repository.`,
      remedy: 'Run this step on `pull_request` instead, or set `token: ""`: it is scanned then, and nothing is uploaded.',
    });
  });

  it("with another commit checked out is allowed without a token, and stays untrusted", () => {
    expect(refuseUntrustedCheckout(run(name), OTHER, "")).toBeNull();
    expect(isUntrustedCheckout(run(name), OTHER)).toBe(true);
  });

  it("with its own commit checked out is allowed, whatever the case of its digits", () => {
    expect(refuseUntrustedCheckout(run(name), RUN, TOKEN)).toBeNull();
    expect(refuseUntrustedCheckout(run(name, RUN.toUpperCase()), RUN, TOKEN)).toBeNull();
    expect(isUntrustedCheckout(run(name), RUN)).toBe(false);
  });

  it("where no commit can be compared is refused while the run holds a token", () => {
    expect(refuseUntrustedCheckout(run(name), null, TOKEN)?.message).toContain("No commit is checked out that could be compared");
    expect(refuseUntrustedCheckout(run(name), null, "")).toBeNull();
  });

  it("of a run that does not know its own commit is refused while it holds a token", () => {
    expect(refuseUntrustedCheckout(run(name, ""), RUN, TOKEN)?.message).toContain("is for none that is known");
  });
});

describe.each(OTHERS)("%s", (name) => {
  it.each([RUN, OTHER, null])("is allowed with %s checked out", (checkedOut) => {
    expect(isUntrustedCheckout(run(name), checkedOut)).toBe(false);
    expect(refuseUntrustedCheckout(run(name), checkedOut, TOKEN)).toBeNull();
  });
});
