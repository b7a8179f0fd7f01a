// What a change does to gaps, inline suppressions and files that no commit has, and how it is judged: real git, the built command line, real scanners.

import { beforeAll, describe, expect, it } from "vitest";
import { type ChangeScan, commit, edit, filler, findingsBelow, repositoryWith, scanChange } from "../support/stories.ts";
import { git } from "../support/temporary-tree.ts";

const BANDIT = ["--scanners", "bandit"];
const CLEAN = { "requirements.txt": "-r base.txt\n", "base.txt": "six==1.16.0\n" };

describe("A syntax error in a file that the change leaves alone", () => {
  const root = repositoryWith({ "broken.py": "def (:\n", "a.py": "one = 1\n" }, { "a.py": "two = 2\n" });

  it("is an unchanged gap that does not gate with scope new", async () => {
    const { status, report } = await scanChange(root, "base", BANDIT);
    expect([status, report.verdict, report.scope]).toEqual([0, "pass", "new"]);
    expect(report.gaps).toMatchObject([{ path: "broken.py", standing: "unchanged" }]);
  });

  it("is an error with scope all", async () => {
    const { status, report } = await scanChange(root, "base", [...BANDIT, "--scope", "all"]);
    expect([status, report.verdict, report.scope]).toEqual([3, "error", "all"]);
    expect(report.reasons.map(({ message }) => message).join("\n")).toContain("broken.py");
  });

  it("is an error with scope new once the change touches it", async () => {
    const touched = repositoryWith({ "broken.py": "def (:\n" }, { "broken.py": "# still\ndef (:\n" });
    const { status, report } = await scanChange(touched, "base", BANDIT);
    expect([status, report.verdict]).toEqual([3, "error"]);
  });
});

describe("A requirements file that the change leaves alone", () => {
  it("is a gap that counts once the change deletes what it includes", async () => {
    const { status, report } = await scanChange(repositoryWith(CLEAN, { "base.txt": null }), "base", ["--scanners", "safety"]);
    expect([status, report.verdict, report.scope]).toEqual([3, "error", "new"]);
    expect(report.gaps).toMatchObject([{ path: "requirements.txt", line: 1 }]);
    expect(report.gaps.map(({ standing }) => standing)).not.toContain("unchanged");
  });

  it("passes while what it includes is there, and with an include that was missing before", async () => {
    const whole = await scanChange(repositoryWith(CLEAN, { "README.md": "Shop\n" }), "base", ["--scanners", "safety"]);
    expect([whole.status, whole.report.gaps]).toEqual([0, []]);
    const old = await scanChange(repositoryWith({ "requirements.txt": "-r base.txt\n" }, { "README.md": "Shop\n" }), "base", [
      "--scanners",
      "safety",
    ]);
    expect([old.status, old.report.gaps]).toEqual([0, [expect.objectContaining({ standing: "unchanged" })]]);
  });
});

describe("Of comments in the source that ask Bandit to pass over something", () => {
  const root = repositoryWith(
    { "old.py": "eval(old)  # nosec\n", "untouched.py": "eval(same)  # nosec B307\n" },
    { "old.py": "one = 1\neval(old)  # nosec\neval(added)  # nosec\n" },
  );

  it("only those that the change adds are listed as new", async () => {
    const { report } = await scanChange(root, "base", BANDIT);
    expect([report.inlineSuppressions, report.newInlineSuppressions]).toEqual([
      3,
      [{ scanner: "bandit", path: "old.py", line: 3, honoured: true }],
    ]);
    expect(report.states).toEqual({ open: 0, new: 0, unchanged: 0, suppressed: 3 });
  });

  it("only those that the base has count where the policy says `inline: existing`", async () => {
    commit(root, { ".github/sarif-gate.yml": "version: 1\ninline: existing\n" });
    const { report } = await scanChange(root, "base", BANDIT);
    expect(findingsBelow(report, "")).toEqual(["old.py:2 B307 suppressed", "old.py:3 B307 new", "untouched.py:1 B307 suppressed"]);
    expect(report.counts.medium).toBe(1);
  });
});

describe("A work tree that differs from the commit that is checked out", () => {
  let scan: ChangeScan;

  beforeAll(async () => {
    const root = repositoryWith(
      {
        "a.py": "eval(old)\n",
        "b.py": "exec(old)\n",
        "moved.py": "eval(moved)\n",
        "gone.py": "eval(gone)\n",
        ".gitignore": "ignored.py\n",
      },
      { "a.py": "eval(old)\neval(committed)\n" },
    );
    edit(root, {
      "a.py": "eval(old)\neval(committed)\neval(edited)\n",
      "staged.py": "eval(staged)\n",
      "moved.py": null,
      "gone.py": null,
      "untracked.py": "eval(untracked)\n",
      "ignored.py": "eval(ignored)\n",
      "elsewhere.py": "eval(moved)\n",
    });
    git(root, "add", "staged.py");
    scan = await scanChange(root, "base", BANDIT);
  });

  it("has new findings in edited, staged and untracked files, beside old ones in those and in a file that was moved", () => {
    expect(findingsBelow(scan.report, "")).toEqual([
      "a.py:1 B307 unchanged",
      "a.py:2 B307 new",
      "a.py:3 B307 new",
      "b.py:1 B102 unchanged",
      "elsewhere.py:1 B307 unchanged",
      "staged.py:1 B307 new",
      "untracked.py:1 B307 new",
    ]);
  });
});

describe("A file that is moved into the scan", () => {
  it("has new findings where the policy excluded it before, and unchanged ones where it was scanned before", async () => {
    const code = (folder: string) => `eval(${folder})\n${filler(folder)}`;
    const root = repositoryWith(
      {
        ".github/sarif-gate.yml": 'version: 1\nexclude: ["vendor/**"]\n',
        "vendor/a.py": code("vendor"),
        "vendor/requirements.txt": "flask==1.0\n",
        "lib/a.py": code("lib"),
        "lib/requirements.txt": "urllib3==1.26.4\n",
      },
      {
        "vendor/a.py": null,
        "vendor/requirements.txt": null,
        "lib/a.py": null,
        "lib/requirements.txt": null,
        "shop/vendor.py": code("vendor"),
        "shop/lib.py": code("lib"),
        "shop/requirements.txt": "flask==1.0\nurllib3==1.26.4\n",
      },
    );
    const { report } = await scanChange(root, "base", ["--scanners", "bandit, safety"]);
    expect(findingsBelow(report, "shop")).toEqual([
      "lib.py:1 B307 unchanged",
      "requirements.txt:1 CVE-2023-30861 new",
      "requirements.txt:2 CVE-2021-33503 unchanged",
      "vendor.py:1 B307 new",
    ]);
  });
});
