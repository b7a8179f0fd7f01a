import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { preparePrivateDirectory } from "../../src/pipeline/private-directory.ts";
import type { Command } from "../../src/scanners/scanner.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();

/** Prepares a directory with a view of `files` in which those of `edited` are upside down. */
async function prepare(root: string, files: readonly string[], edited: readonly string[]): Promise<(path: string) => string> {
  const edit = (content: Buffer) => (content.includes("keep") ? content : Buffer.from(content).reverse());
  const command: Command = {
    argv: [],
    env: {},
    inputs: [],
    output: "r",
    view: { name: "view/tree", files, edits: { files: edited, edit } },
  };
  const directory = join(makeDirectory(), "private");
  await preparePrivateDirectory(directory, command, root);
  return (path) => join(directory, "view", "tree", path);
}

describe("a view of the tree", () => {
  it("shows other bytes for a file that is edited, and leaves the tree as it is", async () => {
    const root = writeTree(makeDirectory(), { "a/b.txt": Buffer.from([1, 0xff, 3]), "c.txt": "c" });
    const shown = await prepare(root, ["a/b.txt", "c.txt"], ["a/b.txt"]);
    expect([...readFileSync(shown("a/b.txt"))]).toEqual([3, 0xff, 1]);
    expect([...readFileSync(join(root, "a/b.txt"))]).toEqual([1, 0xff, 3]);
    expect(readFileSync(shown("c.txt"), "utf8")).toBe("c");
  });

  it("links a file that is looked at for edits and stays as it is", async () => {
    const root = writeTree(makeDirectory(), { "a.txt": "keep", "b.txt": "b" });
    const shown = await prepare(root, ["a.txt", "b.txt"], ["a.txt", "b.txt"]);
    expect(statSync(shown("a.txt")).ino).toBe(statSync(join(root, "a.txt")).ino);
    expect(statSync(shown("b.txt")).ino).not.toBe(statSync(join(root, "b.txt")).ino);
    expect(statSync(shown("b.txt")).mode & 0o777).toBe(0o600);
  });

  it("shows every file of a tree with many", async () => {
    const names = Array.from({ length: 600 }, (_, index) => `${index % 7}/${index}.txt`);
    const root = writeTree(makeDirectory(), Object.fromEntries(names.map((name) => [name, name])));
    const shown = await prepare(root, names, []);
    expect(names.filter((name) => readFileSync(shown(name), "utf8") !== name)).toEqual([]);
  });

  it("edits a file larger than any buffer is read at once", async () => {
    const root = writeTree(makeDirectory(), { "large.txt": Buffer.concat([Buffer.from("x"), Buffer.alloc(80 * 1024 * 1024)]) });
    const shown = await prepare(root, ["large.txt"], ["large.txt"]);
    expect(statSync(shown("large.txt")).size).toBe(80 * 1024 * 1024 + 1);
    expect(readFileSync(shown("large.txt")).at(-1)).toBe("x".charCodeAt(0));
  });

  it("follows no link that took the place of a file to be edited", async () => {
    const root = makeDirectory();
    symlinkSync("/etc/hostname", join(root, "link"));
    await expect(prepare(root, ["link"], ["link"])).rejects.toThrow("ELOOP");
  });
});

describe("a directory elsewhere", () => {
  it("appears under its name, and goes with the private directory without being touched", async () => {
    const elsewhere = writeTree(makeDirectory(), { "db/a.txt": "a" });
    const directory = join(makeDirectory(), "private");
    const links = [{ name: "cache/db", to: join(elsewhere, "db") }];
    await preparePrivateDirectory(directory, { argv: [], env: {}, inputs: [], output: "r", links }, elsewhere);
    expect(readFileSync(join(directory, "cache", "db", "a.txt"), "utf8")).toBe("a");
    rmSync(directory, { recursive: true });
    expect(readFileSync(join(elsewhere, "db", "a.txt"), "utf8")).toBe("a");
  });

  it("that does not exist stands in nobody's way", async () => {
    const directory = join(makeDirectory(), "private");
    const links = [{ name: "cache/db", to: "/nonexistent/db" }];
    await preparePrivateDirectory(directory, { argv: [], env: {}, inputs: [], output: "r", links }, "/");
    expect(readdirSync(join(directory, "cache"))).toEqual(["db"]);
    expect(existsSync(join(directory, "cache", "db"))).toBe(false);
  });
});
