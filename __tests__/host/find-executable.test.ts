import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findExecutable } from "../../src/host/find-executable.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();

function executable(directory: string, name: string, mode = 0o755): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, mode);
  return path;
}

function searchPath(...entries: string[]): string {
  return entries.join(delimiter);
}

describe.skipIf(process.platform === "win32")("findExecutable", () => {
  it("returns the first executable on the path", () => {
    const [first, second] = [temporary(), temporary()];
    executable(second, "tool");
    const expected = executable(first, "tool");

    expect(findExecutable("tool", { searchPath: searchPath("/nowhere", first, second) })).toBe(expected);
  });

  it("returns null when there is none", () => {
    expect(findExecutable("tool", { searchPath: temporary() })).toBeNull();
    expect(findExecutable("tool", { searchPath: "" })).toBeNull();
  });

  it("does not resolve a link, so that a virtual environment's interpreter stays its own", () => {
    const [real, links] = [temporary(), temporary()];
    symlinkSync(executable(real, "python3.12"), join(links, "python3"));

    expect(findExecutable("python3", { searchPath: links })).toBe(join(links, "python3"));
  });

  it("passes over what is not executable and what is no file", () => {
    const [plain, folder, good] = [temporary(), temporary(), temporary()];
    executable(plain, "tool", 0o644);
    mkdirSync(join(folder, "tool"));
    const expected = executable(good, "tool");

    expect(findExecutable("tool", { searchPath: searchPath(plain, folder, good) })).toBe(expected);
  });

  it("passes over empty and relative entries", () => {
    const root = temporary();
    executable(root, "tool");
    executable(join(root, "bin"), "tool");
    const here = process.cwd();
    process.chdir(root);
    try {
      expect(findExecutable("tool", { searchPath: "::.:bin:./bin:" })).toBeNull();
      expect(findExecutable("tool", { searchPath: root })).toBe(join(root, "tool")); // the control: it can be found
    } finally {
      process.chdir(here);
    }
  });

  it.each(["the directory itself", "a directory in it", "a link to it", "a link to its executable"])(
    "passes over %s when it is forbidden",
    (what) => {
      const [forbidden, links] = [temporary(), temporary()];
      const inside = executable(join(forbidden, "bin"), "tool");
      symlinkSync(join(forbidden, "bin"), join(links, "directory"));
      symlinkSync(inside, join(links, "tool"));
      const entry = {
        "the directory itself": forbidden,
        "a directory in it": join(forbidden, "bin"),
        "a link to it": join(links, "directory"),
        "a link to its executable": links,
      }[what];
      executable(forbidden, "tool");

      expect(findExecutable("tool", { searchPath: entry ?? "" })).not.toBeNull();
      expect(findExecutable("tool", { searchPath: entry ?? "", notInside: forbidden })).toBeNull();
    },
  );

  it("takes what lies beside the forbidden directory under a name that begins the same", () => {
    const parent = temporary();
    mkdirSync(join(parent, "repo"));
    const expected = executable(join(parent, "repo-tools"), "tool");

    expect(findExecutable("tool", { searchPath: join(parent, "repo-tools"), notInside: join(parent, "repo") })).toBe(expected);
  });
});
