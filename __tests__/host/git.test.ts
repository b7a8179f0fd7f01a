// Questions to real repositories with the real git. Hostile ones carry something that would leave a mark if it ran; a control shows that it can.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { GateError } from "../../src/errors.ts";
import { gitAt } from "../../src/host/git.ts";
import type { GitFiles } from "../../src/host/ports.ts";
import { git, repositoryOf, temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();
const searchPath = process.env["PATH"] ?? "";

function ask(overrides: { searchPath?: string } = {}) {
  return gitAt({ searchPath, home: temporary(), ...overrides });
}

async function files(root: string, within = ""): Promise<GitFiles> {
  return await ask().files(root, within);
}

async function failureOf(promise: Promise<unknown>): Promise<GateError> {
  const failure = await promise.then(
    (value) => value,
    (cause: unknown) => cause,
  );
  if (!(failure instanceof GateError)) throw new Error(`not a GateError: ${JSON.stringify(failure)}`);
  return failure;
}

/** A script that leaves a mark when it runs. */
function trap(path: string, mark: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\ntouch '${mark}'\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("topLevel", () => {
  it("is the directory that holds .git, from anywhere below it", async () => {
    const root = repositoryOf(temporary(), { "a/b/c.py": "" });

    expect(await ask().topLevel(root)).toBe(root);
    expect(await ask().topLevel(join(root, "a/b"))).toBe(root);
  });

  it("takes one process for one checkout, whoever asks", async () => {
    const root = repositoryOf(temporary(), { "a/b.py": "" });
    const log = join(temporary(), "log");
    const counting = temporary();
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    writeFileSync(join(counting, "git"), `#!/bin/sh\necho started >> '${log}'\nexec '${real}' "$@"\n`, { mode: 0o755 });
    const { topLevel } = ask({ searchPath: counting });

    expect(await Promise.all([topLevel(root), topLevel(join(root, "a")), topLevel(root)])).toEqual([root, root, root]);
    expect(readFileSync(log, "utf8")).toBe("started\n");
  });

  it("is a real path, through links", async () => {
    const root = repositoryOf(temporary(), { "a/b.py": "" });
    const link = join(temporary(), "link");
    symlinkSync(root, link);

    expect(await ask().topLevel(join(link, "a"))).toBe(root);
  });

  it("is the submodule for a directory in one, and the worktree for a linked one", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    git(root, "submodule", "--quiet", "add", repositoryOf(temporary(), { "s.py": "" }), "sub");
    const worktree = join(temporary(), "tree");
    git(root, "worktree", "add", "--quiet", worktree);

    expect(await ask().topLevel(join(root, "sub"))).toBe(join(root, "sub"));
    expect(await ask().topLevel(worktree)).toBe(realpathSync(worktree));
  });

  it("is null where there is no .git at or above the directory", async () => {
    expect(await ask().topLevel(temporary())).toBeNull();
  });

  it("works where the names of directories are strange", async () => {
    const root = join(temporary(), `it's "a" $HOME *\n-x ü`);
    mkdirSync(root);
    repositoryOf(root, { "a.py": "" });

    expect(await ask().topLevel(root)).toBe(root);
    expect((await files(root)).tracked).toEqual(["a.py"]);
  });
});

describe("a .git that git cannot read", () => {
  const breaks: Record<string, (root: string) => void> = {
    "has no HEAD": (root) => rmSync(join(root, ".git/HEAD")),
    "has a configuration that is none": (root) => writeFileSync(join(root, ".git/config"), "[core\n"),
    "is an empty directory": (root) => {
      rmSync(join(root, ".git"), { recursive: true });
      mkdirSync(join(root, ".git"));
    },
    "is an empty file": (root) => {
      rmSync(join(root, ".git"), { recursive: true });
      writeFileSync(join(root, ".git"), "");
    },
    "points nowhere": (root) => {
      rmSync(join(root, ".git"), { recursive: true });
      writeFileSync(join(root, ".git"), "gitdir: /nowhere\n");
    },
    "is a dangling link": (root) => {
      rmSync(join(root, ".git"), { recursive: true });
      symlinkSync("/nowhere", join(root, ".git"));
    },
    "has its work tree elsewhere": (root) => git(root, "config", "core.worktree", temporary()),
    "says it is bare": (root) => git(root, "config", "core.bare", "true"),
  };

  it.each(Object.keys(breaks))("is an error when it %s", async (what) => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    breaks[what]?.(root);
    const failure = await failureOf(ask().topLevel(root));

    expect(failure.code).toBe("workspace-unreadable");
    expect(failure.message).toContain(root);
    expect(failure.remedy).not.toBe("");
  });

  it.each(Object.keys(breaks))("is not passed over for a repository further up when it %s", async (what) => {
    const outer = repositoryOf(temporary(), { "outer.py": "" });
    const root = join(outer, "inner");
    mkdirSync(root);
    repositoryOf(root, { "a.py": "" });
    breaks[what]?.(root);

    await expect(ask().topLevel(root)).rejects.toThrow(root);
  });

  it("is an error when its index is damaged", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    writeFileSync(join(root, ".git/index"), "nonsense");

    expect((await failureOf(files(root))).message).toMatch(/index file smaller than expected|bad signature/);
  });

  it("is an error when there is no git", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    const failure = await failureOf(ask({ searchPath: temporary() }).topLevel(root));

    expect(failure.message).toContain("no git was found");
    expect(failure.remedy).toContain("Install git");
  });

  it("is no error where there is no .git and no git either", async () => {
    expect(await ask({ searchPath: "" }).topLevel(temporary())).toBeNull();
  });

  it.skipIf(process.getuid?.() !== 0)("is read although it belongs to somebody else", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    execFileSync("chown", ["-R", "12345", root]);

    expect(() => git(root, "status")).toThrow("dubious ownership"); // the control: git alone refuses
    expect(await ask().topLevel(root)).toBe(root);
    expect((await files(root)).tracked).toEqual(["a.py"]);
  });
});

describe("files", () => {
  it("are the tracked ones, and the untracked ones that are not ignored", async () => {
    const root = repositoryOf(temporary(), { "tracked.py": "", "dir/tracked.py": "", ".gitignore": "*.log\n/build/\n" });
    writeTree(root, { "new.py": "", "dir/new.py": "", "x.log": "", "build/x.py": "" });

    expect(await files(root)).toMatchObject({
      tracked: [".gitignore", "dir/tracked.py", "tracked.py"],
      untracked: ["dir/new.py", "new.py"],
      emptySubmodules: [],
      undecodable: [],
    });
  });

  it("include a tracked file that is ignored", async () => {
    const root = repositoryOf(temporary(), { "a.log": "" });
    writeTree(root, { ".gitignore": "*.log\n" });

    expect((await files(root)).tracked).toEqual(["a.log"]);
  });

  it("below a directory are only its own", async () => {
    const root = repositoryOf(temporary(), { "a/x.py": "", "ab/x.py": "", "a.py": "" });
    writeTree(root, { "a/new.py": "", "new.py": "" });

    expect(await files(root, "a")).toMatchObject({ tracked: ["a/x.py"], untracked: ["a/new.py"] });
  });

  it("below a directory whose name is a pattern are only its own", async () => {
    const root = repositoryOf(temporary(), { "*/x.py": "", "a/x.py": "", ":(top)/x.py": "" });

    expect((await files(root, "*")).tracked).toEqual(["*/x.py"]);
    expect((await files(root, ":(top)")).tracked).toEqual([":(top)/x.py"]);
  });

  it("below a directory whose name begins with a dash are its own", async () => {
    const root = repositoryOf(temporary(), { "--deleted/x.py": "", "a.py": "" });

    expect((await files(root, "--deleted")).tracked).toEqual(["--deleted/x.py"]);
  });

  it("keep their names, whatever they are", async () => {
    const names = [
      "-dash.py",
      " blank .py",
      'quo"te.py',
      "line\nbreak.py",
      "tab\t.py",
      "back\\slash.py",
      "ünï.py",
      "\uFEFFmark.py",
      "e\u0301.py",
    ].sort();
    const root = repositoryOf(temporary(), Object.fromEntries(names.map((name) => [name, ""])));

    expect((await files(root)).tracked).toEqual(names);
    git(root, "rm", "--quiet", "-r", "--cached", ".");
    expect((await files(root)).untracked).toEqual(names);
  });

  it.skipIf(process.platform !== "linux")("whose names are not UTF-8 are set apart", async () => {
    const root = repositoryOf(temporary(), { "good.py": "" });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.of(0xff), Buffer.from(".py")]), "");
    expect(await files(root)).toMatchObject({ untracked: [], undecodable: ["bad\uFFFD.py"] });
    git(root, "add", "--all");

    expect(await files(root)).toMatchObject({ tracked: ["good.py"], undecodable: ["bad\uFFFD.py"] });
  });

  it("of a sparse checkout are told apart from those that were deleted", async () => {
    const root = repositoryOf(temporary(), { "kept/a.py": "", "left-out/b.py": "", "kept/deleted.py": "" });
    git(root, "sparse-checkout", "set", "kept");
    unlinkSync(join(root, "kept/deleted.py"));

    expect(await files(root)).toMatchObject({ tracked: ["kept/a.py", "kept/deleted.py", "left-out/b.py"], sparse: ["left-out/b.py"] });
  });

  it("with conflicts are listed once", async () => {
    const root = repositoryOf(temporary(), { "a.py": "1" });
    git(root, "checkout", "--quiet", "-b", "other");
    writeTree(root, { "a.py": "2" });
    git(root, "commit", "--quiet", "-am", "2");
    git(root, "checkout", "--quiet", "main");
    writeTree(root, { "a.py": "3" });
    git(root, "commit", "--quiet", "-am", "3");
    expect(() => git(root, "merge", "other")).toThrow();

    expect((await files(root)).tracked).toEqual(["a.py"]);
  });

  it("of a repository in the tree that is no submodule are not listed, but it is", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    mkdirSync(join(root, "nested"));
    repositoryOf(join(root, "nested"), { "n.py": "" });

    expect((await files(root)).untracked).toEqual(["nested/"]);
  });

  it("are none before anything is there", async () => {
    const root = temporary();
    git(root, "init", "--quiet");

    expect(await files(root)).toMatchObject({ tracked: [], untracked: [] });
  });

  it("take no part of the user's own git configuration", async () => {
    const root = repositoryOf(temporary(), {});
    const home = writeTree(temporary(), { ".config/git/ignore": "*.py\n", ".gitconfig": "[core]\nexcludesFile = ~/.config/git/ignore\n" });
    writeTree(root, { "a.py": "" });
    const listed = await gitAt({ searchPath, home: join(home, "private") }).files(root, "");

    expect(listed.untracked).toEqual(["a.py"]);
  });
});

describe("submodules", () => {
  function withSubmodule(): { root: string; origin: string } {
    const inner = repositoryOf(temporary(), { "inner.py": "" });
    const middle = repositoryOf(temporary(), { "middle.py": "", ".gitignore": "*.log\n" });
    git(middle, "submodule", "--quiet", "add", inner, "deep");
    git(middle, "commit", "--quiet", "--all", "--message", "deep");
    const root = repositoryOf(temporary(), { "a.py": "" });
    git(root, "submodule", "--quiet", "add", middle, "lib/sub");
    git(root, "commit", "--quiet", "--all", "--message", "sub");
    return { root, origin: middle };
  }

  it("that are initialised are entered, for tracked and untracked files", async () => {
    const { root } = withSubmodule();
    git(root, "submodule", "--quiet", "update", "--init", "--recursive");
    writeTree(root, { "lib/sub/new.py": "", "lib/sub/x.log": "", "lib/sub/deep/new.py": "" });

    expect(await files(root)).toMatchObject({
      tracked: [".gitmodules", "a.py", "lib/sub/.gitignore", "lib/sub/.gitmodules", "lib/sub/deep/inner.py", "lib/sub/middle.py"],
      untracked: ["lib/sub/deep/new.py", "lib/sub/new.py"],
      emptySubmodules: [],
    });
  });

  it("that are not initialised are named, at any depth", async () => {
    const { root } = withSubmodule();
    expect((await files(root)).emptySubmodules).toEqual(["lib/sub/deep"]);
    git(root, "submodule", "--quiet", "deinit", "--force", "lib/sub");

    expect(await files(root)).toMatchObject({ tracked: [".gitmodules", "a.py"], emptySubmodules: ["lib/sub"] });
    expect((await files(root, "lib/sub")).emptySubmodules).toEqual(["lib/sub"]);
  });

  it("whose directory is gone are named", async () => {
    const { root } = withSubmodule();
    rmSync(join(root, "lib"), { recursive: true });

    expect((await files(root)).emptySubmodules).toEqual(["lib/sub"]);
  });

  it("outside of the directory that is asked for are not entered", async () => {
    const { root } = withSubmodule();
    writeTree(root, { "other/x.py": "" });

    expect(await files(root, "other")).toMatchObject({ tracked: [], untracked: ["other/x.py"], emptySubmodules: [] });
  });

  it("with a .git that git cannot read are an error", async () => {
    const { root } = withSubmodule();
    writeFileSync(join(root, "lib/sub/.git"), "gitdir: /nowhere\n");

    expect((await failureOf(files(root))).message).toContain(join(root, "lib/sub"));
  });

  it("whose directory was replaced by a link to another repository are an error", async () => {
    const { root, origin } = withSubmodule();
    rmSync(join(root, "lib/sub"), { recursive: true });
    symlinkSync(origin, join(root, "lib/sub"));

    expect((await failureOf(files(root))).code).toBe("workspace-unreadable");
  });

  it.skipIf(process.getuid?.() !== 0)("are read although they belong to somebody else", async () => {
    const { root } = withSubmodule();
    execFileSync("chown", ["-R", "12345", root]);

    expect((await files(root)).tracked).toContain("lib/sub/middle.py");
  });
});

describe("head", () => {
  it("is the checked-out commit", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });

    expect(await ask().head(root)).toBe(git(root, "rev-parse", "HEAD"));
    git(root, "checkout", "--quiet", "--detach");
    expect(await ask().head(root)).toMatch(/^[0-9a-f]{40}$/);
  });

  it("is null before the first commit", async () => {
    const root = temporary();
    git(root, "init", "--quiet");

    expect(await ask().head(root)).toBeNull();
  });

  it.each([
    ["whose branch is damaged", (root: string) => writeFileSync(join(root, ".git/refs/heads/main"), "nonsense\n")],
    ["whose commit is missing", (root: string) => writeFileSync(join(root, ".git/refs/heads/main"), `${"1".repeat(40)}\n`)],
    ["that is detached at a missing commit", (root: string) => writeFileSync(join(root, ".git/HEAD"), `${"1".repeat(40)}\n`)],
  ])("is an error in a repository %s", async (_what, damage) => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    damage(root);

    expect((await failureOf(ask().head(root))).code).toBe("workspace-unreadable");
  });
});

describe("branch", () => {
  const URL = "https://github.com/octo/shop";

  /** A clone with `release/1.x` checked out as actions/checkout does it, with the address of `origin` changed. */
  function clone(): string {
    const origin = repositoryOf(temporary(), { "a.py": "" });
    git(origin, "branch", "release/1.x");
    const root = join(temporary(), "clone");
    git(origin, "clone", "--quiet", origin, root);
    git(root, "checkout", "--quiet", "--force", "-B", "release/1.x", "refs/remotes/origin/release/1.x");
    git(root, "config", "remote.origin.url", URL);
    return root;
  }

  it("is the checked-out one, with its tip at origin and the address of origin", async () => {
    const root = clone();

    expect(await ask().branch(root)).toEqual({ ref: "refs/heads/release/1.x", commit: git(root, "rev-parse", "HEAD"), remoteUrl: URL });
  });

  it("keeps the fetched tip when somebody commits", async () => {
    const root = clone();
    const fetched = git(root, "rev-parse", "HEAD");
    git(root, "commit", "--quiet", "--allow-empty", "--message", "local");

    expect((await ask().branch(root))?.commit).toBe(fetched);
    expect(await ask().head(root)).not.toBe(fetched);
  });

  it("has no tip when origin has no branch of that name, not even one that goes on below it", async () => {
    const root = clone();
    git(root, "checkout", "--quiet", "-b", "local");
    git(root, "update-ref", "refs/remotes/origin/local/more", "HEAD");

    expect(await ask().branch(root)).toEqual({ ref: "refs/heads/local", commit: null, remoteUrl: URL });
  });

  it("has no tip of another remote, nor of a tag or a branch that is named like the tip", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    for (const ref of ["refs/remotes/upstream/main", "refs/tags/refs/remotes/origin/main", "refs/heads/refs/remotes/origin/main"])
      git(root, "update-ref", ref, "HEAD");

    expect((await ask().branch(root))?.commit).toBeNull();
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD"); // the control
    expect((await ask().branch(root))?.commit).toBe(git(root, "rev-parse", "HEAD"));
  });

  it("is null when HEAD is detached", async () => {
    const root = clone();
    git(root, "checkout", "--quiet", "--detach");

    expect(await ask().branch(root)).toBeNull();
  });

  it("is there before the first commit", async () => {
    const root = temporary();
    git(root, "init", "--quiet");

    expect(await ask().branch(root)).toEqual({ ref: "refs/heads/main", commit: null, remoteUrl: null });
  });

  it("has the address as it is written, whatever would replace it", async () => {
    const root = clone();
    git(root, "config", "url.https://example.test/.insteadOf", "https://github.com/");

    expect(git(root, "remote", "get-url", "origin")).toContain("example.test"); // the control
    expect((await ask().branch(root))?.remoteUrl).toBe(URL);
  });

  it("has no address when origin has several", async () => {
    const root = clone();
    git(root, "config", "--add", "remote.origin.url", "https://github.com/octo/other");

    expect((await ask().branch(root))?.remoteUrl).toBeNull();
  });

  it("is an error when HEAD cannot be read", async () => {
    const root = clone();
    rmSync(join(root, ".git/HEAD"));

    expect((await failureOf(ask().branch(root))).code).toBe("workspace-unreadable");
  });
});

describe.skipIf(process.platform === "win32")("a hostile repository", () => {
  async function askEverything(root: string, path = searchPath): Promise<void> {
    const questions = ask({ searchPath: path });
    await questions.topLevel(root);
    await questions.files(root, "");
    await questions.head(root).catch(() => {});
    await questions.branch(root);
  }

  it("cannot bring its own git, wherever PATH leads", async () => {
    const mark = join(temporary(), "ran");
    const root = repositoryOf(temporary(), { "a.py": "" });
    trap(join(root, "git"), mark);
    trap(join(root, "bin/git"), mark);
    const link = join(temporary(), "link");
    symlinkSync(join(root, "bin"), link);
    await askEverything(root, [".", "", "bin", root, join(root, "bin"), link, searchPath].join(":"));

    expect(existsSync(mark)).toBe(false);
    execFileSync(join(root, "git")); // the control: it would have left the mark
    expect(existsSync(mark)).toBe(true);
  });

  it("cannot make git start a monitor", async () => {
    const mark = join(temporary(), "ran");
    const root = repositoryOf(temporary(), { "a.py": "" });
    git(root, "config", "core.fsmonitor", trap(join(temporary(), "monitor"), mark));
    await askEverything(root);

    expect(existsSync(mark)).toBe(false);
    git(root, "status"); // the control
    expect(existsSync(mark)).toBe(true);
  });

  it("cannot make git start a pager, an alias or a hook", async () => {
    const mark = join(temporary(), "ran");
    const root = repositoryOf(temporary(), { "a.py": "" });
    const script = trap(join(temporary(), "script"), mark);
    for (const name of ["core.pager", "pager.ls-files", "pager.rev-parse"]) git(root, "config", name, script);
    for (const name of ["ls-files", "rev-parse"]) git(root, "config", `alias.${name}`, `!${script}`);
    for (const hook of ["post-index-change", "reference-transaction"]) trap(join(root, ".git/hooks", hook), mark);
    await askEverything(root);

    expect(existsSync(mark)).toBe(false);
  });

  it("cannot make git start a transport for objects that are missing", async () => {
    const mark = join(temporary(), "ran");
    const root = repositoryOf(temporary(), { "a.py": "" });
    const script = trap(join(temporary(), "transport"), mark);
    const settings = {
      "core.repositoryFormatVersion": "1",
      "extensions.partialClone": "origin",
      "remote.origin.promisor": "true",
      "protocol.ext.allow": "always",
    };
    for (const [name, value] of Object.entries(settings)) git(root, "config", name, value);
    git(root, "config", "remote.origin.url", `ext::${script}`);
    writeFileSync(join(root, ".git/refs/heads/main"), `${"1".repeat(40)}\n`);
    await askEverything(root);

    expect(existsSync(mark)).toBe(false);
    expect(() => git(root, "cat-file", "-p", "1".repeat(40))).toThrow(); // the control: git alone would have started it
    expect(existsSync(mark)).toBe(true);
  });

  it("is not exchanged for another one by GIT_* variables around us", async () => {
    const root = repositoryOf(temporary(), { "mine.py": "" });
    const other = repositoryOf(temporary(), { "other.py": "" });
    const before = { ...process.env };
    Object.assign(process.env, {
      GIT_DIR: join(other, ".git"),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: join(other, ".git/index"),
      GIT_TRACE: "1",
    });
    try {
      expect(await ask().topLevel(root)).toBe(root);
      expect((await files(root)).tracked).toEqual(["mine.py"]);
    } finally {
      process.env = before;
    }
  });

  it("is not written to", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    utimesSync(join(root, "a.py"), 1, 1); // the index knows another time: git would like to note this one
    const index = () => readFileSync(join(root, ".git/index"));
    const before = index();
    await askEverything(root);

    expect(index()).toEqual(before);
    git(root, "status"); // the control
    expect(index()).not.toEqual(before);
  });
});
