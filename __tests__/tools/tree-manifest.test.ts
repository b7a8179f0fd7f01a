import { cpSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordTree, verifyTree } from "../../src/tools/tree-manifest.ts";
import { temporaryDirectory } from "../support/tool-host.ts";

interface Tree {
  readonly root: string;
  readonly manifest: string;
  readonly verify: () => Promise<string | null>;
}

async function recordedTree(): Promise<Tree> {
  const parent = temporaryDirectory();
  const root = join(parent, "tree");
  const manifest = join(parent, "manifest.json");
  mkdirSync(join(root, "package"), { recursive: true });
  writeFileSync(join(root, "package", "module.py"), "print(1)\n");
  writeFileSync(join(root, "package", "empty.py"), "");
  symlinkSync("module.py", join(root, "package", "link.py"));
  await recordTree(root, manifest);
  return { root, manifest, verify: () => verifyTree(root, manifest) };
}

describe("verifyTree", () => {
  it("accepts the tree that was recorded", async () => {
    const tree = await recordedTree();
    expect(await tree.verify()).toBeNull();
  });

  it("finds a changed file, although size and modification time are as before", async () => {
    const tree = await recordedTree();
    const path = join(tree.root, "package", "module.py");
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "print(2)\n");
    utimesSync(path, atime, mtime);
    expect(await tree.verify()).toBe("package/module.py was changed");
  });

  it("finds a changed size", async () => {
    const tree = await recordedTree();
    writeFileSync(join(tree.root, "package", "empty.py"), "import os\n");
    expect(await tree.verify()).toBe("package/empty.py was changed");
  });

  it("finds a file that was added", async () => {
    const tree = await recordedTree();
    writeFileSync(join(tree.root, "sitecustomize.py"), "");
    expect(await tree.verify()).toBe("sitecustomize.py was added");
  });

  it("finds a file that is missing", async () => {
    const tree = await recordedTree();
    unlinkSync(join(tree.root, "package", "empty.py"));
    expect(await tree.verify()).toBe("package/empty.py is missing");
  });

  it("finds a link that leads elsewhere", async () => {
    const tree = await recordedTree();
    const link = join(tree.root, "package", "link.py");
    unlinkSync(link);
    symlinkSync("empty.py", link);
    expect(await tree.verify()).toBe("package/link.py was changed");
  });

  it("finds a file that became a link to the same bytes", async () => {
    const tree = await recordedTree();
    const path = join(tree.root, "package", "module.py");
    cpSync(path, join(tree.root, "..", "elsewhere.py"));
    unlinkSync(path);
    symlinkSync("../../elsewhere.py", path);
    expect(await tree.verify()).toBe("package/module.py was changed");
  });

  it("says so when there is no tree, no manifest, or half a manifest", async () => {
    const tree = await recordedTree();
    const text = readFileSync(tree.manifest, "utf8");
    writeFileSync(tree.manifest, text.slice(0, -5));
    expect(await tree.verify()).toBe("its manifest is missing or broken");
    rmSync(tree.manifest);
    expect(await tree.verify()).toBe("its manifest is missing or broken");
    writeFileSync(tree.manifest, text);
    rmSync(tree.root, { recursive: true });
    expect(await tree.verify()).toBe("its files are missing");
  });

  it("reads a restored tree file by file, accepts it, and records it as this machine's", async () => {
    const tree = await recordedTree();
    const before = readFileSync(tree.manifest, "utf8");
    const restored = join(tree.root, "..", "restored");
    cpSync(tree.root, restored, { recursive: true, verbatimSymlinks: true });
    expect(await verifyTree(restored, tree.manifest)).toBeNull();
    expect(readFileSync(tree.manifest, "utf8")).not.toBe(before);
    expect(await verifyTree(restored, tree.manifest)).toBeNull();
  });

  it("finds what was changed while it was restored", async () => {
    const tree = await recordedTree();
    const restored = join(tree.root, "..", "restored");
    cpSync(tree.root, restored, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(restored, "package", "module.py"), "print(3)\n");
    expect(await verifyTree(restored, tree.manifest)).toBe("package/module.py was changed");
  });
});
