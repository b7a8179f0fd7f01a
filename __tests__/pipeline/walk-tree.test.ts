import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { walkTree } from "../../src/pipeline/walk-tree.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();

describe("walkTree", () => {
  it("lists every file, sorted by code unit", () => {
    const root = writeTree(temporary(), { "b.py": "", "B.py": "", "a/z.py": "", "a.py": "", "a/b/c.py": "", ".hidden/x": "" });

    expect(walkTree(root).names).toEqual([".hidden/x", "B.py", "a.py", "a/b/c.py", "a/z.py", "b.py"]);
  });

  it("leaves out .git, at any depth", () => {
    const root = writeTree(temporary(), { ".git/config": "", "sub/.git/config": "", "sub/a.py": "", ".github/b.yml": "" });

    expect(walkTree(root).names).toEqual([".github/b.yml", "sub/a.py"]);
  });

  it("leaves out virtual environments and node_modules, and names them", () => {
    const root = writeTree(temporary(), { "env/pyvenv.cfg": "", "env/lib/a.py": "", "web/node_modules/x/a.py": "", "a.py": "" });

    expect(walkTree(root)).toMatchObject({ names: ["a.py"], virtualEnvironments: ["env"], nodeModules: ["web/node_modules"] });
  });

  it("walks the root whatever it looks like", () => {
    const root = writeTree(join(temporary(), "node_modules"), { "pyvenv.cfg": "", "a.py": "" });

    expect(walkTree(root)).toMatchObject({ names: ["a.py", "pyvenv.cfg"], virtualEnvironments: [], nodeModules: [] });
  });

  it.skipIf(process.platform === "win32")("lists a link and does not follow it", () => {
    const root = writeTree(temporary(), { "dir/a.py": "" });
    symlinkSync("dir", join(root, "again"));
    symlinkSync("..", join(root, "dir/up"));
    symlinkSync("/", join(root, "everything"));

    expect(walkTree(root).names).toEqual(["again", "dir/a.py", "dir/up", "everything"]);
  });

  it.skipIf(process.platform !== "linux")("sets names apart that are not UTF-8, and does not enter such a directory", () => {
    const root = writeTree(temporary(), { "a.py": "" });
    const bad = (name: string) => Buffer.concat([Buffer.from(`${root}/${name}`), Buffer.of(0xff)]);
    writeFileSync(bad("file"), "");
    mkdirSync(bad("dir"));

    expect(walkTree(root)).toMatchObject({ names: ["a.py"], undecodable: ["dir\uFFFD", "file\uFFFD"] });
  });

  it.skipIf(process.getuid?.() === 0)("names a directory that it may not list", () => {
    const root = writeTree(temporary(), { "closed/a.py": "", "b.py": "" });
    chmodSync(join(root, "closed"), 0o000);

    expect(walkTree(root)).toMatchObject({ names: ["b.py"], unreadable: ["closed"] });
    chmodSync(join(root, "closed"), 0o700);
  });
});
