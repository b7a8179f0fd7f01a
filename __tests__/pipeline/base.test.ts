// Which commit is the base, for every way to ask for one, and what becomes of one that cannot be had.

import { describe, expect, it } from "vitest";
import type { BaseRequest, Measure } from "../../src/config/base-request.ts";
import { GateError } from "../../src/errors.ts";
import { resolveBase, withoutBase } from "../../src/pipeline/base.ts";
import { treeAt } from "../../src/pipeline/tree.ts";
import { commitId, type KnownHistoryOptions, knownHistory } from "../support/histories.ts";

const [HEAD, FIRST, SECOND, TIP, FORK] = ["a", "b", "c", "d", "e"].map(commitId) as [string, string, string, string, string];
const CHECKOUT = { root: "/shop", within: "", source: "git" as const, revision: HEAD, tree: treeAt("/") };
const COMMITS: KnownHistoryOptions = {
  commits: { [HEAD]: { parents: [FIRST, SECOND] }, [FIRST]: {}, [SECOND]: {}, [TIP]: {}, [FORK]: {} },
  names: { main: TIP },
  mergeBases: { [`${HEAD}..${TIP}`]: [FORK] },
};

function compare(measure: Measure, overrides: Partial<BaseRequest & { kind: "compare" }> = {}): BaseRequest {
  return { kind: "compare", measure, policy: "base-and-head", whenMissing: "error", name: "pull request 12", ...overrides };
}

const resolve = async (request: BaseRequest, options = COMMITS, checkout = CHECKOUT) =>
  await resolveBase(request, checkout, knownHistory(options));

describe("the base of a pull request", () => {
  const request = compare({ by: "first-parent", merge: HEAD, otherwise: TIP });

  it("is the first parent of the checked-out test merge, and so is its policy", async () => {
    expect(await resolve(request)).toEqual({ kind: "found", commit: FIRST, policyCommit: FIRST, name: "pull request 12" });
  });

  it("is the merge base where another commit is checked out, and the policy is that of the branch's tip", async () => {
    const other = compare({ by: "first-parent", merge: SECOND, otherwise: TIP });
    expect(await resolve(other)).toEqual({ kind: "found", commit: FORK, policyCommit: TIP, name: "pull request 12" });
  });

  it("is the merge base where the commit of the run is no merge of two", async () => {
    const squashed = { ...COMMITS, commits: { ...COMMITS.commits, [HEAD]: { parents: [FIRST] } } };
    expect(await resolve(request, squashed)).toMatchObject({ commit: FORK });
    const octopus = { ...COMMITS, commits: { ...COMMITS.commits, [HEAD]: { parents: [FIRST, SECOND, TIP] } } };
    expect(await resolve(request, octopus)).toMatchObject({ commit: FORK });
  });

  it("is the branch's tip where several merge bases are, of which an author could choose one", async () => {
    const crosswise = { ...COMMITS, mergeBases: { [`${HEAD}..${TIP}`]: [FORK, FIRST] } };
    expect(await resolve(compare({ by: "merge-base", revision: "main" }), crosswise)).toMatchObject({ commit: TIP, policyCommit: TIP });
  });

  it("is missing without a common ancestor", async () => {
    expect(await resolve(compare({ by: "first-parent", merge: SECOND, otherwise: FIRST }))).toMatchObject({
      kind: "missing",
      error: {
        code: "base-unavailable",
        message: expect.stringContaining("no common ancestor"),
        remedy: expect.stringMatching(/fetch-depth.*scope: all/),
      },
    });
  });
});

describe("the base that is named", () => {
  it("is the merge base with what the checkout calls so", async () => {
    expect(await resolve(compare({ by: "merge-base", revision: "main" }))).toMatchObject({ commit: FORK, policyCommit: TIP });
  });

  it("may be a commit id that the checkout does not have", async () => {
    expect(await resolve(compare({ by: "merge-base", revision: TIP }), { ...COMMITS, names: {} })).toMatchObject({ commit: FORK });
  });

  it("is missing when nothing is called so", async () => {
    expect(await resolve(compare({ by: "merge-base", revision: "mian" }))).toMatchObject({
      kind: "missing",
      error: { message: "The base `mian` names no commit of this checkout." },
    });
  });
});

describe("the base of a push", () => {
  const request = (commit: string) =>
    compare({ by: "commit", commit }, { policy: "head", whenMissing: "all", name: "the commit before the push" });

  it("is the commit before it, and the head's policy judges alone", async () => {
    expect(await resolve(request(TIP))).toEqual({ kind: "found", commit: TIP, policyCommit: null, name: "the commit before the push" });
  });

  it("is none where it cannot be had, and that is said", async () => {
    expect(await resolve(request(commitId("9")))).toEqual({
      kind: "none",
      because: `the commit before the push cannot be had, so every finding gates: The commit ${commitId("9")} cannot be had`,
    });
  });
});

describe("no base", () => {
  it("is what a run that compares nothing has", async () => {
    expect(await resolve({ kind: "none", because: "a schedule looks at everything" })).toEqual({
      kind: "none",
      because: "a schedule looks at everything",
    });
  });

  it.each([
    ["walk", null, "/shop is no git checkout"],
    ["git", null, "/shop has no commit yet"],
  ] as const)("can be had from a %s without a commit", async (source, revision, message) => {
    expect(await resolve(compare({ by: "commit", commit: TIP }), COMMITS, { ...CHECKOUT, source, revision } as never)).toMatchObject({
      kind: "missing",
      error: { message: expect.stringContaining(message) },
    });
  });

  it("hides no bug of ours", () => {
    expect(() => withoutBase(compare({ by: "commit", commit: TIP }), new TypeError("a bug"))).toThrow("a bug");
    expect(() => withoutBase(compare({ by: "commit", commit: TIP }), new GateError("output-unwritable", "no"))).toThrow("no");
  });
});
