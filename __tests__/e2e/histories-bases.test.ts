// Every way to name a base, and every base that cannot be had: real git, the built command line, real Bandit.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeProject, runCli } from "../support/run-cli.ts";
import { type ChangeScan, commit, emptyRepository, filler, findingsBelow, repositoryWith, scanChange } from "../support/stories.ts";
import { git } from "../support/temporary-tree.ts";

const BANDIT = ["--scanners", "bandit"];
const scan = (root: string, base: string | null, ...argv: string[]) => scanChange(root, base, [...BANDIT, ...argv]);
const statesOf = ({ report }: ChangeScan) => findingsBelow(report, "");

/** Exit status 3, every finding still reported, and the two ways out. */
function expectMissing({ status, report, stdout }: ChangeScan, cause: RegExp): void {
  expect([status, report.verdict, report.base]).toEqual([3, "error", null]);
  const said = report.reasons.map(({ message }) => message).join("\n");
  expect(said).toMatch(cause);
  expect(stdout).toMatch(/fetch-depth/u);
  expect(stdout).toMatch(/scope: all|names no commit/u);
}

describe("A base", () => {
  const root = repositoryWith({ "a.py": "eval(first)\n" }, { "a.py": "eval(first)\nexec(second)\n" });
  const first = git(root, "rev-parse", "base");
  git(root, "branch", "release", "base");

  it.each(["base", "release", "HEAD~1", "HEAD^", first, first.slice(0, 10), "refs/tags/base"])("named %s is found", async (base) => {
    const result = await scan(root, base);
    expect(result.report.base).toBe(first);
    expect(statesOf(result)).toEqual(["a.py:1 B307 unchanged", "a.py:2 B102 new"]);
  });

  it("equal to what is checked out leaves nothing new", async () => {
    expect(statesOf(await scan(root, "HEAD"))).toEqual(["a.py:1 B307 unchanged", "a.py:2 B102 unchanged"]);
  });

  it("that went on since is the commit where the two parted", async () => {
    const parted = repositoryWith({ "a.py": "eval(first)\n" }, { "a.py": "eval(first)\nexec(theirs)\n" });
    git(parted, "checkout", "--quiet", "-b", "topic", "base");
    commit(parted, { "b.py": "exec(ours)\n" });
    const result = await scan(parted, "main");
    expect(result.report.base).toBe(git(parted, "rev-parse", "base"));
    expect(statesOf(result)).toEqual(["a.py:1 B307 unchanged", "b.py:1 B102 new"]);
  });

  it("that was merged into the checked-out commit leaves what it brought unchanged, and the rest of the merge new", async () => {
    const merged = repositoryWith({ "a.py": "eval(first)\n" });
    git(merged, "checkout", "--quiet", "-b", "topic");
    commit(merged, { "b.py": "exec(topic)\n" });
    git(merged, "checkout", "--quiet", "main");
    commit(merged, { "c.py": "exec(main)\n" });
    git(merged, "merge", "--quiet", "--no-ff", "--message", "merge", "topic");
    expect(git(merged, "rev-list", "--parents", "-1", "HEAD").split(" ")).toHaveLength(3);
    expect(statesOf(await scan(merged, "HEAD^1"))).toEqual(["a.py:1 B307 unchanged", "b.py:1 B102 new", "c.py:1 B102 unchanged"]);
    expect(statesOf(await scan(merged, "HEAD^2"))).toEqual(["a.py:1 B307 unchanged", "b.py:1 B102 unchanged", "c.py:1 B102 new"]);
  });

  it("in a repository of SHA-256 is found", async () => {
    const made = makeProject({});
    git(made, "init", "--quiet", "--object-format=sha256");
    const text = `eval(first)\n${filler("moved")}`;
    commit(made, { "a.py": text, "b.py": "exec(same)\n" });
    commit(made, { "a.py": null, "moved.py": text });
    commit(made, { "moved.py": `exec(second)\n${text}` });
    const result = await scan(made, "HEAD~2");
    expect(result.report.base).toMatch(/^[0-9a-f]{64}$/u);
    expect(statesOf(result)).toEqual(["b.py:1 B102 unchanged", "moved.py:1 B102 new", "moved.py:2 B307 unchanged"]);
  });

  it("is found from a directory below the top, and only what is below is told of", async () => {
    const nested = repositoryWith(
      { "shop/a.py": "eval(first)\n", "b.py": "eval(other)\n" },
      { "shop/a.py": "eval(first)\nexec(second)\n" },
    );
    const result = await scan(join(nested, "shop"), "base");
    expect(statesOf(result).map((line) => line.replace(/^shop\//u, ""))).toEqual(["a.py:1 B307 unchanged", "a.py:2 B102 new"]);
  });
});

describe("A submodule", () => {
  const inner = repositoryWith({ "lib.py": "eval(lib)\n" }, { "lib.py": "eval(lib)\nexec(lib)\n" });
  const outer = repositoryWith({ "a.py": "eval(first)\n" });
  git(outer, "submodule", "--quiet", "add", `file://${inner}`, "lib");
  git(join(outer, "lib"), "checkout", "--quiet", "base");
  commit(outer);
  git(outer, "tag", "with-lib");

  it("at the same commit has unchanged findings, beside a new one of the repository", async () => {
    commit(outer, { "a.py": "eval(first)\nexec(second)\n" });
    expect(statesOf(await scan(outer, "with-lib"))).toEqual(["a.py:1 B307 unchanged", "a.py:2 B102 new", "lib/lib.py:1 B307 unchanged"]);
  });

  it("that is added has new findings", async () => {
    expect(statesOf(await scan(outer, "base"))).toContain("lib/lib.py:1 B307 new");
  });

  it("at another commit has new findings, for the base has none of its files", async () => {
    git(join(outer, "lib"), "checkout", "--quiet", "main");
    commit(outer);
    expect(statesOf(await scan(outer, "with-lib"))).toEqual([
      "a.py:1 B307 unchanged",
      "a.py:2 B102 new",
      "lib/lib.py:1 B307 new",
      "lib/lib.py:2 B102 new",
    ]);
  });
});

describe("A base that cannot be had", () => {
  const root = repositoryWith({ "a.py": "one = 1\n" }, { "a.py": "one = 1\ntwo = 2\n" });

  it("because nothing has the name is an error that says so and what to do", async () => {
    expectMissing(await scan(root, "no-such-branch"), /no-such-branch/u);
  });

  it("because no commit has the id is an error that says so and what to do", async () => {
    expectMissing(await scan(root, "0123456789abcdef0123456789abcdef01234567"), /0123456789abcdef/u);
  });

  it("is no error where none is asked for", async () => {
    expect((await scan(root, null)).status).toBe(0);
  });

  it("because the clone is shallow is an error that says what to do, and a full clone has it", async () => {
    const base = git(root, "rev-parse", "base");
    const clone = (...argv: string[]) => {
      const directory = join(mkdtempSync(join(tmpdir(), "sarif-gate-clone-")), "shop");
      git(root, "clone", "--quiet", ...argv, `file://${root}`, directory);
      return directory;
    };
    const shallow = clone("--depth=1");
    expectMissing(await scan(shallow, base), new RegExp(base.slice(0, 12), "u"));
    expectMissing(await scan(shallow, "HEAD~1"), /HEAD~1/u);
    expect((await scan(clone(), base)).report.base).toBe(base);
  });

  it("because the histories have nothing in common is an error that says so", async () => {
    const unrelated = repositoryWith({ "a.py": "one = 1\n" });
    git(unrelated, "checkout", "--quiet", "--orphan", "other");
    commit(unrelated, { "a.py": "other = 1\n" });
    expectMissing(await scan(unrelated, "main"), /no common ancestor/u);
    expect((await scan(unrelated, "other")).status).toBe(0);
  });

  it("because the directory is no git checkout is an error that says so", async () => {
    expectMissing(await scan(makeProject({ "a.py": "one = 1\n" }), "HEAD"), /no git checkout/u);
  });

  it("because there is no commit yet is an error that says so", async () => {
    const fresh = emptyRepository();
    expectMissing(await scan(fresh, "HEAD"), /no commit yet/u);
  });

  it.each(["base..HEAD", "HEAD:a.py", "no such name"])("because `%s` names no commit is an error that says so", async (base) => {
    expectMissing(await scan(root, base), /names no commit/u);
  });

  it("because its name looks like an option is a mistake of who asks, and git does not act on it", async () => {
    const { status, stderr } = await runCli(["scan", root, "--offline", "--base=--output=stolen"]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/`base` begins with `-`/u)]);
    expect(git(root, "status", "--porcelain", "--ignored")).toBe("");
  });
});
