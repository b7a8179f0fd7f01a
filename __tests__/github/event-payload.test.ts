import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEventPayload } from "../../src/github/event-payload.ts";
import { fuzz } from "../support/fuzz.ts";

const EVENTS = join(import.meta.dirname, "..", "fixtures", "events");
const SHA = "a".repeat(40);
const NOTHING = {
  repository: null,
  sender: null,
  pull_request: null,
  workflow_run: null,
  merge_group: null,
  before: null,
  created: null,
  deleted: null,
};

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(EVENTS, name), "utf8"));
}

describe("decodeEventPayload", () => {
  it.each(readdirSync(EVENTS))("reads the default branch of %s", (name) => {
    expect(decodeEventPayload(fixture(name)).repository).toEqual({ default_branch: "main" });
  });

  it("takes of a pull request only what is used", () => {
    expect(decodeEventPayload(fixture("pull-request-fork.json"))).toEqual({
      ...NOTHING,
      repository: { default_branch: "main" },
      sender: { login: "fork-hubot" },
      pull_request: {
        number: 8,
        head: { sha: expect.stringMatching(/^[0-9a-f]{40}$/), repo: { full_name: "fork-hubot/shop" } },
        base: { sha: "808b31581583ba01a540ee9cce5a25dcff686a5e" },
      },
    });
  });

  it("takes of another workflow's run only what is used", () => {
    expect(decodeEventPayload(fixture("workflow-run-pull-request.json")).workflow_run).toEqual({
      event: "pull_request",
      head_branch: "basket",
      head_sha: expect.stringMatching(/^[0-9a-f]{40}$/),
      head_repository: { full_name: "octo/shop" },
    });
  });

  it.each([
    ["push.json", "808b31581583ba01a540ee9cce5a25dcff686a5e", false, false],
    ["push-new-branch.json", "0".repeat(40), true, false],
    ["push-deleted-branch.json", "639fdc7e62106d8d3dc79ac21949737a6d9509a3", false, true],
  ])("takes of %s what was there before", (name, before, created, deleted) => {
    expect(decodeEventPayload(fixture(name))).toMatchObject({ before, created, deleted });
  });

  it("takes of a merge queue's group the commit that it is put upon", () => {
    expect(decodeEventPayload(fixture("merge-group.json")).merge_group).toEqual({ base_sha: "808b31581583ba01a540ee9cce5a25dcff686a5e" });
  });

  it.each([[null], [undefined], ["text"], [7], [[]], [{}]])("finds nothing in %j", (json) => {
    expect(decodeEventPayload(json)).toEqual(NOTHING);
  });

  it("takes a member of another type as absent and keeps the others", () => {
    const json = { sender: "octo-mona", pull_request: { number: "7", head: { sha: SHA, repo: [] } } };

    expect(decodeEventPayload(json)).toEqual({
      ...NOTHING,
      pull_request: { number: null, head: { sha: SHA, repo: null }, base: null },
    });
  });

  it.each(["true", 1, null, {}])("takes %j for no answer to whether a push created its ref", (created) => {
    expect(decodeEventPayload({ created }).created).toBeNull();
  });

  it.each(["", "main", SHA.slice(1), `${SHA}a`, `${SHA}\n`, "g".repeat(40)])("takes %j for no commit", (sha) => {
    expect(decodeEventPayload({ workflow_run: { head_sha: sha } }).workflow_run?.head_sha).toBeNull();
  });

  it.each([SHA, "b".repeat(64)])("takes %s for a commit, in lower case", (sha) => {
    expect(decodeEventPayload({ workflow_run: { head_sha: sha.toUpperCase() } }).workflow_run?.head_sha).toBe(sha);
  });

  it.each([0, -7, 7.5, "7", 2 ** 53])("takes %j for no number of a pull request", (number) => {
    expect(decodeEventPayload({ pull_request: { number } }).pull_request?.number).toBeNull();
  });

  it("never throws, whatever it is given", () => {
    fuzz(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.constantFrom("pull_request", "workflow_run", "sender", "repository", "merge_group", "before", "created"),
        (value, member) => {
          expect(Object.keys(decodeEventPayload({ [member]: value })).sort()).toEqual(Object.keys(NOTHING).sort());
        },
      ),
    );
  });
});
