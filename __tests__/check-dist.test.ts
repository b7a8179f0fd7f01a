// Tests the comparison of dist/ with its rebuild on a small repository whose build is one fixed tree. `npm test` runs it on the real one.

import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { git, temporaryDirectories, writeTree } from "./support/temporary-tree.ts";

const SCRIPT = join(import.meta.dirname, "..", "scripts", "check-dist.mjs");
const temporaryDirectory = temporaryDirectories();

const BUILD = `import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync(process.argv[2] + "/locks", { recursive: true });
writeFileSync(process.argv[2] + "/main.js", "main\\n");
writeFileSync(process.argv[2] + "/locks/a.txt", "lock\\n");
`;

/** A committed repository whose dist is what its build makes, until `change` is done to it; says what the script finds. */
function checked(change: (root: string) => void, { committed = true } = {}) {
  const root = writeTree(temporaryDirectory(), {
    "scripts/bundle.mjs": BUILD,
    "bin/npx": "#!/bin/sh\n",
    "dist/main.js": "main\n",
    "dist/locks/a.txt": "lock\n",
    ".gitignore": "lib/\n",
  });
  copyFileSync(SCRIPT, join(root, "scripts/check-dist.mjs"));
  chmodSync(join(root, "bin/npx"), 0o755);
  git(root, "init", "--quiet");
  const commit = () => {
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--allow-empty", "--message", "all");
  };
  commit();
  change(root);
  if (committed) commit();
  const env = { PATH: `${join(root, "bin")}:${process.env["PATH"]}` };
  const { status, stderr } = spawnSync(process.execPath, ["scripts/check-dist.mjs"], { cwd: root, env, encoding: "utf8" });
  return { status, problems: stderr.split("\n").filter((line) => /^\w+: /u.test(line)) };
}

describe("check-dist", () => {
  it("accepts what a clean build makes", () => {
    expect(checked(() => {})).toEqual({ status: 0, problems: [] });
  });

  it("finds one byte that differs", () => {
    const change = (root: string) => writeFileSync(join(root, "dist/main.js"), "maim\n");
    expect(checked(change)).toEqual({ status: 1, problems: ["differs: dist/main.js"] });
  });

  it("finds a file that is missing, stale or not committed", () => {
    const missing = (root: string) => rmSync(join(root, "dist/locks/a.txt"));
    const stale = (root: string) => void writeTree(root, { "dist/locks/b.txt": "" });
    expect(checked(missing)).toEqual({ status: 1, problems: ["missing: dist/locks/a.txt"] });
    expect(checked(stale)).toEqual({ status: 1, problems: ["stale: dist/locks/b.txt"] });
    const rebuilt = (root: string) => {
      writeFileSync(join(root, "dist/main.js"), "old\n");
      git(root, "commit", "--quiet", "--all", "--message", "old");
      writeFileSync(join(root, "dist/main.js"), "main\n");
    };
    expect(checked(rebuilt)).toEqual({ status: 0, problems: [] });
    expect(checked(rebuilt, { committed: false })).toEqual({ status: 1, problems: ["uncommitted:  M dist/main.js"] });
  });
});
