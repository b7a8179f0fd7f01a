import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { firstSights, sightsOf } from "../../src/pipeline/sights.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const directory = temporaryDirectories();
const FILES = { "app.py": "import os\n", "shop/cart.py": "x = 1\n" };

async function keyOf(root: string, file = "app.py"): Promise<string | undefined> {
  return (await sightsOf(root, [file])).get(file)?.key;
}

describe("a sight", () => {
  it("is equal for equal bytes in the same place, wherever the tree lies", async () => {
    expect(await keyOf(writeTree(directory(), FILES))).toBe(await keyOf(writeTree(directory(), FILES)));
  });

  it("is another for other bytes, also when size and time are as before", async () => {
    const root = writeTree(directory(), FILES);
    utimesSync(join(root, "app.py"), 1, 1);
    const before = await keyOf(root);
    writeFileSync(join(root, "app.py"), "import so\n");
    utimesSync(join(root, "app.py"), 1, 1);
    expect(await keyOf(root)).not.toBe(before);
  });

  it("is another when a directory on the way becomes a package", async () => {
    const root = writeTree(directory(), FILES);
    const before = await keyOf(root, "shop/cart.py");
    writeFileSync(join(root, "shop/__init__.py"), "");
    expect(await keyOf(root, "shop/cart.py")).not.toBe(before);
  });

  it("tells that a file was written once more with the same bytes", async () => {
    const root = writeTree(directory(), FILES);
    utimesSync(join(root, "app.py"), 1, 1);
    const before = (await sightsOf(root, ["app.py"])).get("app.py");
    utimesSync(join(root, "app.py"), 2, 2);
    const after = (await sightsOf(root, ["app.py"])).get("app.py");
    expect(after?.key).toBe(before?.key);
    expect(after?.written).not.toBe(before?.written);
  });

  it("is not had of what is no file", async () => {
    const root = writeTree(directory(), FILES);
    mkdirSync(join(root, "directory.py"));
    expect([...(await sightsOf(root, ["directory.py", "missing.py", "app.py"])).keys()]).toEqual(["app.py"]);
  });
});

describe("first sights", () => {
  it("are those of the first time, for whoever asks later", async () => {
    const root = writeTree(directory(), FILES);
    const first = firstSights();
    const before = await first(root, ["app.py", "missing.py"]);
    writeFileSync(join(root, "app.py"), "import sys\n");
    writeFileSync(join(root, "missing.py"), "");
    expect(await first(root, ["app.py", "missing.py"])).toEqual(before);
    expect(await sightsOf(root, ["app.py", "missing.py"])).not.toEqual(before);
  });

  it("are looked for where nobody asked before", async () => {
    const root = writeTree(directory(), FILES);
    const first = firstSights();
    await first(root, ["app.py"]);
    expect([...(await first(root, ["app.py", "shop/cart.py"])).keys()]).toEqual(["app.py", "shop/cart.py"]);
  });

  it("are each tree's own", async () => {
    const first = firstSights();
    const [head, base] = [writeTree(directory(), FILES), writeTree(directory(), { "app.py": "import sys\n" })];
    const ofHead = await first(head, ["app.py"]);
    rmSync(join(head, "app.py"));
    expect((await first(base, ["app.py"])).get("app.py")?.key).not.toBe(ofHead.get("app.py")?.key);
  });
});
