import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findOutputPlace } from "../../src/pipeline/output-place.ts";

/** A tree and a directory beside it. */
function places() {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-place-")));
  const tree = join(outside, "tree");
  mkdirSync(join(tree, "real"), { recursive: true });
  mkdirSync(join(outside, "target"));
  return { outside, tree, target: join(outside, "target") };
}

const refused = (named: string) => ({
  code: "output-unwritable",
  message: expect.stringContaining(named),
  remedy: expect.stringContaining("Remove what stands there"),
});

describe.skipIf(process.platform === "win32")("a place inside of the tree", () => {
  it("is as it is written, whether file and directories exist or not", async () => {
    const { tree } = places();
    writeFileSync(join(tree, "real", "old.json"), "");
    for (const name of ["new.json", "real/old.json", "real/new.json", "new/deep/new.json"])
      expect(await findOutputPlace(join(tree, name), [tree])).toBe(join(tree, name));
  });

  it.each([".git/config", "real/.GIT/hooks/pre-commit"])("is refused where it is git's: %s", async (name) => {
    const { tree } = places();
    await expect(findOutputPlace(join(tree, name), [tree])).rejects.toMatchObject(refused("is git's"));
    expect(await findOutputPlace(join(tree, name.replace(/git/iu, "github")), [tree])).toContain("github");
  });

  it.each(["../target", "real", "/nowhere", "out", "."])(
    "is refused behind a directory that is a link to %s, and the link is named",
    async (to) => {
      const { tree } = places();
      symlinkSync(to, join(tree, "out"));
      await expect(findOutputPlace(join(tree, "out", "x.sarif"), [tree])).rejects.toMatchObject(
        refused(`${join(tree, "out")} is a symbolic link`),
      );
    },
  );

  it("is refused behind a link further up, and on the far side of one that lies outside", async () => {
    const { outside, tree } = places();
    symlinkSync("../../target", join(tree, "real", "out"));
    symlinkSync(join("tree", "real", "out"), join(outside, "to-the-link"));
    const link = `${join(tree, "real", "out")} is a symbolic link`;
    await expect(findOutputPlace(join(tree, "real", "out", "a", "b.json"), [tree])).rejects.toMatchObject(refused(link));
    await expect(findOutputPlace(join(outside, "to-the-link", "b.json"), [tree])).rejects.toMatchObject(refused(link));
  });

  it("is known as one however the way to the tree is spelled", async () => {
    const { outside, tree } = places();
    symlinkSync(tree, join(outside, "alias"));
    symlinkSync("../target", join(tree, "out"));
    expect(await findOutputPlace(join(outside, "alias", "real", "x.json"), [tree])).toBe(join(tree, "real", "x.json"));
    await expect(findOutputPlace(join(outside, "alias", "out", "x.json"), [tree])).rejects.toMatchObject(refused(join(tree, "out")));
  });
});

describe.skipIf(process.platform === "win32")("a place outside of the tree", () => {
  it("may lie behind links, which are the user's own", async () => {
    const { outside, tree, target } = places();
    symlinkSync(target, join(outside, "absolute"));
    symlinkSync("tree/../absolute", join(outside, "relative"));
    expect(await findOutputPlace(join(outside, "relative", "new", "x.json"), [tree])).toBe(join(target, "new", "x.json"));
  });

  it("is refused where links lead in a circle", async () => {
    const { outside, tree } = places();
    symlinkSync("b", join(outside, "a"));
    symlinkSync("a", join(outside, "b"));
    await expect(findOutputPlace(join(outside, "a", "x.json"), [tree])).rejects.toMatchObject(refused("is a symbolic link"));
  });

  it("is refused where the file itself is a link", async () => {
    const { outside, tree, target } = places();
    symlinkSync(join(target, "x.json"), join(outside, "x.json"));
    await expect(findOutputPlace(join(outside, "x.json"), [tree])).rejects.toMatchObject(
      refused(`${join(outside, "x.json")} is a symbolic link`),
    );
  });

  it.each([
    ["a directory", (path: string) => mkdirSync(path)],
    ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
  ])("is refused where %s stands in the place of the file", async (_, make) => {
    const { outside, tree } = places();
    make(join(outside, "x.json"));
    await expect(findOutputPlace(join(outside, "x.json"), [tree])).rejects.toMatchObject(
      refused(`${join(outside, "x.json")} is not a regular file`),
    );
  });

  it("is refused where it is a device", async () => {
    await expect(findOutputPlace("/dev/null", [])).rejects.toMatchObject(refused("/dev/null is not a regular file"));
  });
});
