// What is found in real directories and real git checkouts, and what is said of everything that cannot be looked at.

import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { gitAt } from "../../src/host/git.ts";
import { findCheckout } from "../../src/pipeline/checkout.ts";
import { describeWorkspace, type WorkspaceOptions } from "../../src/pipeline/workspace.ts";
import { git, repositoryOf, temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();

async function describeAt(
  path: string,
  { workspace = null, ...overrides }: Partial<WorkspaceOptions> & { workspace?: string | null } = {},
) {
  const git = overrides.git ?? gitAt({ searchPath: process.env["PATH"] ?? "", home: temporary() });
  const options = { git, fresh: workspace !== null, secrets: true, isExcluded: () => false, ...overrides };
  return await describeWorkspace(await findCheckout({ path, workspace, git }), options);
}

describe("a directory without git", () => {
  it("has the workspace as its root where there is one, and is scanned alone all the same", async () => {
    const root = temporary();
    writeTree(root, { "a/x.py": "", "a/b/y.py": "", "z.py": "" });
    const workspace = await describeAt(join(root, "a"), { workspace: root });

    expect(workspace).toMatchObject({ root, within: "a", source: "walk", revision: null, files: ["a/b/y.py", "a/x.py"] });
  });
});

describe("a git checkout", () => {
  it("is described from its top level, whatever directory of it is scanned", async () => {
    const root = repositoryOf(temporary(), { "a/x.py": "", "a/b/y.py": "", "z.py": "" });
    const workspace = await describeAt(join(root, "a"));

    expect(workspace).toMatchObject({ root, within: "a", source: "git", revision: git(root, "rev-parse", "HEAD") });
    expect(workspace.files).toEqual(["a/b/y.py", "a/x.py"]);
  });

  it("is scanned whole when its top level is named", async () => {
    const root = repositoryOf(temporary(), { "a/x.py": "", "z.py": "" });
    const workspace = await describeAt(root);

    expect(workspace).toMatchObject({ root, within: "", files: ["a/x.py", "z.py"], gaps: [], notices: [] });
  });

  it("holds tracked and new files, sorted together, and none that are ignored", async () => {
    const root = repositoryOf(temporary(), { "b.py": "", "d.py": "", ".gitignore": "*.log\n" });
    writeTree(root, { "a.py": "", "c.py": "", "x.log": "" });

    expect((await describeAt(root)).files).toEqual([".gitignore", "a.py", "b.py", "c.py", "d.py"]);
  });

  it("holds files of node_modules and of virtual environments that are not ignored", async () => {
    const root = repositoryOf(temporary(), { "node_modules/a.py": "", "env/pyvenv.cfg": "", "env/b.py": "" });

    expect((await describeAt(root)).python).toEqual(["env/b.py", "node_modules/a.py"]);
  });

  it("keeps strange names", async () => {
    const names = ["-dash.py", "line\nbreak.py", 'quo"te.py', " blank.py", "ünï.py"].sort();
    const root = repositoryOf(temporary(), Object.fromEntries(names.map((name) => [name, ""])));

    expect((await describeAt(root)).python).toEqual(names);
  });

  it("has no revision before its first commit", async () => {
    const root = writeTree(temporary(), { "a.py": "" });
    git(root, "init", "--quiet");

    expect(await describeAt(root)).toMatchObject({ source: "git", revision: null, files: ["a.py"] });
  });

  it("that git cannot read is an error, never a walk", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    rmSync(join(root, ".git/HEAD"));

    await expect(describeAt(root)).rejects.toMatchObject({ code: "workspace-unreadable" });
  });
});

describe("a directory outside of git", () => {
  it("is walked and is its own root", async () => {
    const root = writeTree(temporary(), { "a.py": "", "env/pyvenv.cfg": "", "env/b.py": "", "node_modules/c.py": "" });
    const workspace = await describeAt(root);

    expect(workspace).toMatchObject({ root, within: "", source: "walk", revision: null, files: ["a.py"], gaps: [] });
    expect(workspace.notices).toEqual([
      { path: "env", message: "is a virtual environment: not scanned" },
      { path: "node_modules", message: "holds installed packages of node: not scanned" },
    ]);
  });

  it("may be named relative to the working directory, and through a link", async () => {
    const root = writeTree(temporary(), { "a.py": "" });
    const link = join(temporary(), "link");
    symlinkSync(root, link);

    expect((await describeAt(relative(process.cwd(), root))).root).toBe(root);
    expect((await describeAt(link)).root).toBe(root);
  });
});

describe("what cannot be scanned at all", () => {
  it.each(["missing", "file.py"])("is a configuration error (%s)", async (name) => {
    const root = writeTree(temporary(), { "file.py": "" });
    const failure = await describeAt(join(root, name)).catch((cause: unknown) => cause);

    expect(failure).toBeInstanceOf(ConfigError);
    expect(String(failure)).toContain(name);
  });

  it("is a gap when it is an empty directory", async () => {
    expect((await describeAt(temporary())).gaps).toEqual([
      { path: ".", reason: "holds no files that could be scanned", remedy: expect.any(String) },
    ]);
  });

  it("is a gap when all of it is ignored", async () => {
    const root = repositoryOf(temporary(), { ".gitignore": "/build\n" });
    writeTree(root, { "build/a.py": "" });

    expect((await describeAt(join(root, "build"))).gaps).toMatchObject([{ path: "build", reason: expect.stringContaining("no files") }]);
  });
});

describe("a gap", () => {
  it("is text that Trivy takes for binary, when secrets are searched for", async () => {
    const root = writeTree(temporary(), { "a.js": "// \x01 and more\n", "b.bin": "\0 and more than that\n" });
    const { gaps, notices } = await describeAt(root);

    expect(gaps).toMatchObject([{ path: "a.js", reason: expect.stringContaining("control character") }]);
    expect(notices).toEqual([{ message: expect.stringContaining("(b.bin)") }]);
    expect(await describeAt(root, { secrets: false })).toMatchObject({
      gaps: [],
      notices: [],
    });
  });

  it("is what a sparse checkout leaves out", async () => {
    const root = repositoryOf(temporary(), { "kept/a.py": "", "out/b.py": "", "out/c.txt": "" });
    git(root, "sparse-checkout", "set", "kept");
    const { files, gaps, notices } = await describeAt(root);

    expect(files).toEqual(["kept/a.py"]);
    expect(gaps.map(({ path }) => path)).toEqual(["out/b.py", "out/c.txt"]);
    expect(gaps[0]?.reason).toContain("sparse checkout");
    expect(notices).toEqual([]);
  });

  it("is a pointer of Git LFS, in a checkout and in a walk", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`;
    const root = writeTree(temporary(), { "k8s.yaml": pointer, "logo.png": pointer, "real.yaml": "a: 1\n" });
    const expected = {
      gaps: [{ path: "k8s.yaml", reason: "is a Git LFS pointer, its content was not fetched" }],
      notices: [{ message: expect.stringContaining("(logo.png)") }],
    };

    expect(await describeAt(root)).toMatchObject({ source: "walk", ...expected });
    git(root, "init", "--quiet");
    expect(await describeAt(root, { secrets: false })).toMatchObject({ source: "git", ...expected });
    expect((await describeAt(root, { isExcluded: (path) => path === "k8s.yaml" })).gaps).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("is a tracked name in the place of one that differs in case only", async () => {
    const root = repositoryOf(temporary(), { "src/A.py": "A", "src/a.py": "a", "src/b.py": "", "src/B.py": "" });
    expect((await describeAt(root)).gaps).toEqual([]);
    unlinkSync(join(root, "src/a.py"));
    linkSync(join(root, "src/A.py"), join(root, "src/a.py"));

    expect((await describeAt(root)).gaps).toMatchObject([
      { path: "src/A.py", reason: "shares its place on this file system with src/a.py: only one of them was looked at" },
      { path: "src/a.py", reason: "shares its place on this file system with src/A.py: only one of them was looked at" },
    ]);
    expect((await describeAt(root, { isExcluded: (path) => path === "src/A.py" })).gaps.map(({ path }) => path)).toEqual(["src/a.py"]);
  });

  it("is a submodule that is not initialised", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    git(root, "submodule", "--quiet", "add", repositoryOf(temporary(), { "s.py": "" }), "sub");
    expect(await describeAt(root)).toMatchObject({ python: ["a.py", "sub/s.py"], gaps: [] });
    git(root, "submodule", "--quiet", "deinit", "--force", "sub");

    expect(await describeAt(root)).toMatchObject({
      python: ["a.py"],
      gaps: [{ path: "sub", reason: "submodule not initialised", remedy: expect.stringContaining("submodules: recursive") }],
    });
  });

  it.skipIf(process.platform !== "linux")("is a name that is not UTF-8, in a checkout and in a walk", async () => {
    const root = writeTree(temporary(), { "a.py": "" });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.of(0xff), Buffer.from(".py")]), "");
    const expected = { python: ["a.py"], gaps: [{ path: "bad\uFFFD.py", reason: expect.stringContaining("not valid UTF-8") }] };

    expect(await describeAt(root)).toMatchObject({ source: "walk", ...expected });
    git(root, "init", "--quiet");
    expect(await describeAt(root)).toMatchObject({ source: "git", ...expected });
  });

  it.skipIf(process.getuid?.() === 0)("is a file or directory that may not be read, in a checkout and in a walk", async () => {
    const root = writeTree(temporary(), { "a.py": "", "closed.py": "", "dir/b.py": "" });
    chmodSync(join(root, "closed.py"), 0o000);
    chmodSync(join(root, "dir"), 0o000);
    const expected = { python: ["a.py"], gaps: [{ path: "closed.py" }, { path: "dir" }] };

    expect(await describeAt(root)).toMatchObject({ source: "walk", ...expected });
    git(root, "init", "--quiet");
    expect(await describeAt(root)).toMatchObject({ source: "git", ...expected });
    chmodSync(join(root, "dir"), 0o700);
  });
});

describe("an excluded path", () => {
  const isExcluded = (path: string) => path.startsWith("vendor/");

  it("is not scanned, is no gap and is listed", async () => {
    const root = repositoryOf(temporary(), { "a.py": "", "vendor/b.py": "", "vendor/gone.py": "" });
    unlinkSync(join(root, "vendor/gone.py"));
    const described = await describeAt(root, { isExcluded, workspace: root });

    expect(described).toMatchObject({ files: ["a.py"], excluded: ["vendor/b.py", "vendor/gone.py"], gaps: [], notices: [] });
    expect((await describeAt(root, { workspace: root })).gaps).toMatchObject([{ path: "vendor/gone.py" }]);
  });

  it("is one without git too", async () => {
    const root = writeTree(temporary(), { "a.py": "", "vendor/b.py": "" });

    expect(await describeAt(root, { isExcluded })).toMatchObject({ files: ["a.py"], excluded: ["vendor/b.py"] });
  });
});

describe("a notice", () => {
  it("is not what a job deletes after its checkout: that is a gap", async () => {
    const root = repositoryOf(temporary(), { "gone.py": "", "kept.py": "" });
    unlinkSync(join(root, "gone.py"));

    expect(await describeAt(root, { workspace: root })).toMatchObject({
      gaps: [{ path: "gone.py", reason: "is tracked, but an earlier step of this job deleted it" }],
      notices: [],
    });
    expect(await describeAt(root)).toMatchObject({ gaps: [], notices: [{ path: "gone.py" }] });
  });

  it("is a tracked file that was deleted in the work tree, or replaced by a directory", async () => {
    const root = repositoryOf(temporary(), { "a.py": "", "gone.py": "", "dir/gone.py": "", now: "" });
    unlinkSync(join(root, "gone.py"));
    rmSync(join(root, "dir"), { recursive: true });
    unlinkSync(join(root, "now"));
    mkdirSync(join(root, "now"));
    const { files, gaps, notices } = await describeAt(root);

    expect({ files, gaps }).toEqual({ files: ["a.py"], gaps: [] });
    expect(notices.map(({ path }) => path)).toEqual(["dir/gone.py", "gone.py", "now"]);
    expect(notices[0]?.message).toBe("is tracked, but deleted in the work tree");
  });

  it.skipIf(process.platform === "win32")("is a symbolic link, wherever it leads, and what lies behind one", async () => {
    const root = repositoryOf(temporary(), { "a.py": "", "dir/b.py": "" });
    symlinkSync("a.py", join(root, "in.py"));
    symlinkSync("/etc/passwd", join(root, "out.py"));
    symlinkSync("loop.py", join(root, "loop.py"));
    git(root, "add", "--all");
    rmSync(join(root, "dir"), { recursive: true });
    symlinkSync(writeTree(temporary(), { "b.py": "foreign" }), join(root, "dir"));
    const { files, gaps, notices } = await describeAt(root);

    expect({ files, gaps }).toEqual({ files: ["a.py"], gaps: [] });
    expect(notices.map(({ path }) => path)).toEqual(["dir", "dir/b.py", "in.py", "loop.py", "out.py"]);
    expect(notices[0]?.message).toContain("not followed");
  });

  it.skipIf(process.platform === "win32")("is counted instead of named from the 21st of its kind on", async () => {
    const root = writeTree(temporary(), { "a.py": "" });
    for (let index = 0; index < 25; index++) symlinkSync("a.py", join(root, `link-${String(index).padStart(2, "0")}`));
    const { notices } = await describeAt(root);

    expect(notices).toHaveLength(21);
    expect(notices[19]?.path).toBe("link-19");
    expect(notices[20]).toEqual({ message: expect.stringMatching(/^5 more paths: .*symbolic link/) });
  });

  it.skipIf(process.platform === "win32")("is what is neither a file nor a directory, and it is not opened", async () => {
    const root = writeTree(temporary(), { "a.py": "" });
    execFileSync("mkfifo", [join(root, "pipe.py")]);

    expect(await describeAt(root)).toMatchObject({
      files: ["a.py"],
      gaps: [],
      notices: [{ path: "pipe.py", message: expect.stringContaining("a pipe") }],
    });
  });

  it("is a repository in the tree that is no part of it", async () => {
    const root = repositoryOf(temporary(), { "a.py": "" });
    mkdirSync(join(root, "other"));
    repositoryOf(join(root, "other"), { "b.py": "" });

    expect(await describeAt(root)).toMatchObject({
      files: ["a.py"],
      gaps: [],
      notices: [{ path: "other", message: expect.stringContaining("repository of its own") }],
    });
  });
});

describe("what the scanners are given", () => {
  it("is told by names and contents", async () => {
    const root = writeTree(temporary(), {
      "app.py": "",
      "bin/tool": "#!/usr/bin/env python3\n",
      Dockerfile: "FROM a\n",
      "k8s.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {}\n",
      "shop/Chart.yaml": "name: shop\n",
    });

    expect(await describeAt(root)).toMatchObject({
      python: ["app.py", "bin/tool"],
      infrastructure: [
        { path: "Dockerfile", type: "dockerfile" },
        { path: "k8s.yaml", type: "kubernetes" },
      ],
      possibleInfrastructure: ["shop/Chart.yaml"],
    });
  });

  it("includes the text of files, listed or not, with invalid bytes replaced", async () => {
    const root = repositoryOf(temporary(), { ".gitignore": "ignored.txt\n" });
    writeTree(root, { "a.txt": Buffer.of(0x61, 0xff, 0x62), "ignored.txt": "still there" });
    const { text } = await describeAt(root);

    expect(text("a.txt")).toBe("a\uFFFDb");
    expect(text("ignored.txt")).toBe("still there");
  });

  it("includes no text from outside of the root or through a link", async () => {
    const root = join(temporary(), "root");
    writeTree(root, { "a.txt": "", "../secret.txt": "secret" });
    symlinkSync("../secret.txt", join(root, "link.txt"));
    symlinkSync("..", join(root, "up"));
    const { text } = await describeAt(root);

    expect(["../secret.txt", "link.txt", "up/secret.txt", join(root, "../secret.txt"), "missing", ".", ""].map(text)).toEqual(
      Array(7).fill(undefined),
    );
    expect(text("a.txt")).toBe("");
  });

  it("tells files from what is missing and from what is not regular", async () => {
    const root = writeTree(temporary(), { "a.txt": "", "dir/b.txt": "" });
    symlinkSync("a.txt", join(root, "link.txt"));
    symlinkSync("dir", join(root, "link"));
    const { exists } = await describeAt(root);

    expect(["a.txt", "dir/b.txt"].map(exists)).toEqual(["file", "file"]);
    expect(["none.txt", "dir/none.txt", "none/none.txt", "../x"].map(exists)).toEqual(["missing", "missing", "missing", "missing"]);
    expect(["dir", "link.txt", "link/b.txt"].map(exists)).toEqual(["not-regular", "not-regular", "not-regular"]);
  });
});
