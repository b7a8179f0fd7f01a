import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readRegularFile } from "../../src/host/read-regular-file.ts";
import { treeAt } from "../../src/pipeline/tree.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

vi.mock("../../src/host/read-regular-file.ts", { spy: true });

const temporary = temporaryDirectories();

/** A tree with one of everything, beside a secret that lies outside of it. */
function treeWithEverything(): string {
  const root = join(temporary(), "root");
  writeTree(root, { "dir/file.txt": "inside", "..dir/.file": "inside", "../secret.txt": "outside", "../root-twin/file.txt": "outside" });
  symlinkSync("dir/file.txt", join(root, "link"));
  symlinkSync("dir", join(root, "link-to-dir"));
  symlinkSync("..", join(root, "link-out"));
  symlinkSync("loop", join(root, "loop"));
  symlinkSync("/nowhere", join(root, "dangling"));
  execFileSync("mkfifo", [join(root, "pipe")]);
  return root;
}

describe.skipIf(process.platform === "win32")("kind", () => {
  it.each([
    ["dir/file.txt", "file"],
    ["dir", "directory"],
    ["link", "symlink"],
    ["dangling", "symlink"],
    ["loop", "symlink"],
    ["link-to-dir/file.txt", "symlink"],
    ["link-out/secret.txt", "symlink"],
    ["loop/file.txt", "symlink"],
    ["pipe", "special"],
    ["missing", "missing"],
    ["missing/below", "missing"],
    ["dir/file.txt/below", "missing"],
    ["pipe/below", "missing"],
    ["..", "missing"],
    ["../secret.txt", "missing"],
    ["dir/../../secret.txt", "missing"],
    ["../root-twin/file.txt", "missing"],
    ["dir/../dir/file.txt", "missing"],
    ["./dir/file.txt", "missing"],
    ["dir/./file.txt", "missing"],
    ["dir//file.txt", "missing"],
    ["dir/.", "missing"],
    ["dir/..", "missing"],
    ["dir/", "directory"],
    ["link-to-dir/", "symlink"],
    ["dir/file.txt/", "missing"],
    ["dir/..file", "missing"],
    ["..dir/.file", "file"],
    ["/etc/passwd", "missing"],
    ["", "missing"],
    ["dir/file.txt\0", "missing"],
  ])("of %j is %s", (path, kind) => {
    expect(treeAt(treeWithEverything()).kind(path)).toBe(kind);
  });

  it.skipIf(process.getuid?.() === 0)("of what may not be read is unreadable", () => {
    const root = writeTree(temporary(), { "file.txt": "", "dir/file.txt": "" });
    chmodSync(join(root, "file.txt"), 0o000);
    chmodSync(join(root, "dir"), 0o000);

    expect(treeAt(root).kind("file.txt")).toBe("unreadable");
    expect(treeAt(root).kind("dir/file.txt")).toBe("unreadable");
    chmodSync(join(root, "dir"), 0o700);
  });
});

describe.skipIf(process.platform === "win32")("read", () => {
  it("returns the bytes of a regular file", () => {
    expect(treeAt(treeWithEverything()).read("dir/file.txt", 100)?.toString()).toBe("inside");
  });

  it("returns exactly as many bytes as are allowed, and nothing of a larger file", () => {
    const tree = treeAt(treeWithEverything());

    expect(tree.read("dir/file.txt", 6)?.toString()).toBe("inside");
    expect(tree.read("dir/file.txt", 5)).toBeUndefined();
  });

  it("opens no file that is too large", () => {
    const tree = treeAt(treeWithEverything());
    const opened = vi.mocked(readRegularFile).mockClear();

    tree.read("dir/file.txt", 5);
    expect(opened).not.toHaveBeenCalled();
    tree.read("dir/file.txt", 6);
    expect(opened).toHaveBeenCalledOnce();
  });

  it.each(["link", "link-out/secret.txt", "../secret.txt", "pipe", "dir", "missing", "loop"])("returns nothing for %s", (path) => {
    expect(treeAt(treeWithEverything()).read(path, 100)).toBeUndefined();
  });

  it("does not follow a link that took the file's place", () => {
    const root = treeWithEverything();
    const tree = treeAt(root);
    expect(tree.read("dir/file.txt", 100)?.toString()).toBe("inside");
    unlinkSync(join(root, "dir/file.txt"));
    symlinkSync("../../secret.txt", join(root, "dir/file.txt"));

    expect(tree.read("dir/file.txt", 100)).toBeUndefined();
  });
});

describe.skipIf(process.platform === "win32")("entry", () => {
  it.each(["dir/file.txt", "link", "link-to-dir/file.txt", "pipe", "dir", "missing", "../secret.txt"])(
    "says of %s what kind and size say",
    (path) => {
      const tree = treeAt(treeWithEverything());
      expect(tree.entry(path)).toEqual({ kind: tree.kind(path), size: tree.size(path) });
      expect(tree.entry("dir/file.txt")).toEqual({ kind: "file", size: "inside".length });
    },
  );
});

describe("head", () => {
  it("returns at most as many bytes as were asked for", () => {
    const root = writeTree(temporary(), { "file.txt": "0123456789", "empty.txt": "" });
    const tree = treeAt(root);

    expect(tree.head("file.txt", 4)?.toString()).toBe("0123");
    expect(tree.head("file.txt", 40)?.toString()).toBe("0123456789");
    expect(tree.head("empty.txt", 4)?.toString()).toBe("");
  });

  it("returns nothing for what is no file", () => {
    const root = temporary();
    mkdirSync(join(root, "dir"));
    writeFileSync(join(dirname(root), `${basename(root)}-outside`), "");

    expect(treeAt(root).head("dir", 4)).toBeUndefined();
    expect(treeAt(root).head("missing", 4)).toBeUndefined();
  });
});

describe.skipIf(process.platform === "win32")("place", () => {
  it("is the same for two names of one file, and another for each other file", () => {
    const root = writeTree(temporary(), { a: "same", b: "same" });
    linkSync(join(root, "a"), join(root, "again"));
    const { place } = treeAt(root);

    expect(place("again")).toBe(place("a"));
    expect(place("b")).not.toBe(place("a"));
  });

  it("is the link's own for a symbolic link", () => {
    const { place } = treeAt(treeWithEverything());

    expect(place("link")).toMatch(/^\d+:\d+$/);
    expect(place("link")).not.toBe(place("dir/file.txt"));
  });

  it("is none for what is missing, outside of the root or behind a link", () => {
    const { place } = treeAt(treeWithEverything());

    expect(["missing", "dir/file.txt/below", "../secret.txt", "link-to-dir/file.txt"].map(place)).toEqual([null, null, null, null]);
  });
});
