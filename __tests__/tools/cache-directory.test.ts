import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildDirectory, discardDirectory, replaceFile } from "../../src/tools/cache-directory.ts";
import { NOW, temporaryDirectory } from "../support/tool-host.ts";

const write = (text: string) => async (partial: string) => {
  writeFileSync(join(partial, "file"), text);
  return "entry";
};

describe("buildDirectory", () => {
  it("makes the parent and puts the whole directory under the name that build returns", async () => {
    const parent = join(temporaryDirectory(), "a", "b");
    const directory = await buildDirectory({ parent, now: NOW, build: write("whole") });
    expect(directory).toBe(join(parent, "entry"));
    expect(readFileSync(join(directory, "file"), "utf8")).toBe("whole");
    expect(readdirSync(parent)).toEqual(["entry"]);
  });

  it("leaves nothing behind when build fails", async () => {
    const parent = temporaryDirectory();
    const build = async (partial: string) => {
      writeFileSync(join(partial, "file"), "half");
      throw new Error("no further");
    };
    await expect(buildDirectory({ parent, now: NOW, build })).rejects.toThrow("no further");
    expect(readdirSync(parent)).toEqual([]);
  });

  it("keeps what another process finished first, and gives it to both", async () => {
    const parent = temporaryDirectory();
    const slow = async (partial: string) => {
      await buildDirectory({ parent, now: NOW, build: write("first") });
      return await write("second")(partial);
    };
    expect(await buildDirectory({ parent, now: NOW, build: slow })).toBe(join(parent, "entry"));
    expect(readFileSync(join(parent, "entry", "file"), "utf8")).toBe("first");
    expect(readdirSync(parent)).toEqual(["entry"]);
  });

  it("removes what an interrupted process left more than a day ago, and nothing younger", async () => {
    const parent = temporaryDirectory();
    const [old, young] = [join(parent, ".partial-old"), join(parent, ".partial-young")];
    for (const path of [old, young]) mkdirSync(path);
    utimesSync(old, NOW, new Date(NOW.getTime() - 25 * 60 * 60 * 1000));
    utimesSync(young, NOW, new Date(NOW.getTime() - 23 * 60 * 60 * 1000));
    await buildDirectory({ parent, now: NOW, build: write("new") });
    expect(existsSync(old)).toBe(false);
    expect(existsSync(young)).toBe(true);
  });
});

describe("discardDirectory", () => {
  it("removes a directory with everything in it", async () => {
    const parent = temporaryDirectory();
    mkdirSync(join(parent, "entry", "deep"), { recursive: true });
    await discardDirectory(join(parent, "entry"));
    expect(readdirSync(parent)).toEqual([]);
  });

  it("accepts that there is none", async () => {
    const parent = temporaryDirectory();
    await discardDirectory(join(parent, "entry"));
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe("replaceFile", () => {
  it("replaces the text and leaves nothing else", async () => {
    const parent = temporaryDirectory();
    await replaceFile(join(parent, "file"), "one");
    await replaceFile(join(parent, "file"), "two");
    expect(readFileSync(join(parent, "file"), "utf8")).toBe("two");
    expect(readdirSync(parent)).toEqual(["file"]);
  });
});

describe("the end of our own process during buildDirectory", () => {
  /** Starts a build in another process and ends that from within; returns what was left in the parent. */
  function endDuringBuild(end: string): string[] {
    const parent = temporaryDirectory();
    const module = new URL("../../src/tools/cache-directory.ts", import.meta.url).href;
    const program = `import { buildDirectory } from ${JSON.stringify(module)}; import { writeFileSync } from "node:fs";
      const build = async (partial) => { writeFileSync(partial + "/file", "half"); ${end}; await new Promise((resolve) => setTimeout(resolve, 60_000)); };
      await buildDirectory({ parent: ${JSON.stringify(parent)}, now: new Date(), build });`;
    spawnSync(process.execPath, ["--input-type=module", "-e", program]);
    return readdirSync(parent);
  }

  it("leaves nothing unfinished when it is told to end at once", () => {
    expect(endDuringBuild("process.exit(130)")).toEqual([]);
  });

  it("leaves an unfinished directory, and none under the final name, when it is killed", () => {
    expect(endDuringBuild('process.kill(process.pid, "SIGKILL")')).toEqual([expect.stringMatching(/^\.partial-/u)]);
  });
});

describe("listeners on the end of our own process", () => {
  it("are taken off when the work is done", async () => {
    const before = process.listenerCount("exit");
    const parent = temporaryDirectory();
    await buildDirectory({ parent, now: NOW, build: write("whole") });
    await discardDirectory(join(parent, "entry"));
    await replaceFile(join(parent, "file"), "text");
    expect(process.listenerCount("exit")).toBe(before);
  });
});
