import { mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkPolicy } from "../../src/cli/policy-check.ts";
import { ConfigError } from "../../src/errors.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();

/** Checks in `directory`, which lies below the top level `root`; null: outside git. */
async function check(file: string | null, directory: string, root: string | null = null) {
  let [out, err] = ["", ""];
  const valid = await checkPolicy({
    file,
    directory,
    git: { topLevel: async () => root },
    clock: { now: () => new Date("2026-11-21T10:00:00Z") },
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  return { valid, out, err };
}

describe("checkPolicy", () => {
  it("gives an account of a valid policy", async () => {
    const directory = writeTree(makeDirectory(), { "p.yml": "version: 1\ngate: {fail-on: medium}\n" });
    const { valid, out, err } = await check("p.yml", directory);
    expect([valid, err]).toEqual([true, ""]);
    expect(out).toMatch(/^p\.yml is a valid policy:\n {2}fails on: findings of severity medium or above\n {2}unknown severity/u);
  });

  it("prints every problem with its place and nothing else", async () => {
    const directory = writeTree(makeDirectory(), { "p.yml": "version: 2\nnope: 1\n" });
    const { valid, out, err } = await check("p.yml", directory);
    expect([valid, out]).toEqual([false, ""]);
    expect(err.split("\n").map((line) => line.replace(/ .*/u, ""))).toEqual(["p.yml:1:10:", "p.yml:2:1:", ""]);
  });

  it("takes the policy of the top level, or else of the working directory", async () => {
    const root = writeTree(makeDirectory(), { ".github/sarif-gate.yml": "version: 1\n", "shop/.github/sarif-gate.yml": "version: 1\n" });
    const shop = join(root, "shop");
    expect((await check(null, shop, root)).out).toMatch(/^\.\.\/\.github\/sarif-gate\.yml is/u);
    expect((await check(null, shop)).out).toMatch(/^\.github\/sarif-gate\.yml is/u);
  });

  it("prints no control character of a file's name", async () => {
    const directory = writeTree(makeDirectory(), { "\u001b[2J.yml": "version: 1\n" });
    expect((await check("\u001b[2J.yml", directory)).out).toMatch(/^\\u001B\[2J\.yml is/u);
  });

  it("follows a link that lies outside of the repository, as a scan does", async () => {
    const outside = writeTree(makeDirectory(), { "p.yml": "version: 1\n" });
    symlinkSync("p.yml", join(outside, "link.yml"));
    const name = join(outside, "link.yml");
    expect(await check(name, makeDirectory())).toMatchObject({ valid: true, out: expect.stringMatching(`^${name} is a valid policy:`) });
  });

  it.each([
    ["missing.yml", /missing\.yml does not exist/u],
    ["../missing.yml", /cannot be found: ENOENT/u],
    ["directory", /directory is no file that can be read \(directory\)/u],
    ["link.yml", /link\.yml is no file that can be read \(symlink\)/u],
    ["huge.yml", /huge\.yml is too large/u],
    ["/dev/zero", /\/dev\/zero is no file that can be read \(special\)/u],
  ])("refuses %s", async (name, message) => {
    const directory = writeTree(makeDirectory(), { "p.yml": "version: 1\n", "huge.yml": "" });
    mkdirSync(join(directory, "directory"));
    symlinkSync("p.yml", join(directory, "link.yml"));
    truncateSync(join(directory, "huge.yml"), 2 * 1024 * 1024);
    const attempt = check(name, directory);
    await expect(attempt).rejects.toThrow(ConfigError);
    await expect(attempt).rejects.toThrow(message);
  });
});
