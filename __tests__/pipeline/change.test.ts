import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { blobId, isBlob } from "../../src/pipeline/blob-id.ts";
import { type Change, describeChange } from "../../src/pipeline/change.ts";
import { type FakeTree, fakeHistory, fakeWorkTree } from "../support/fake-history.ts";

interface Case {
  readonly base: FakeTree;
  /** The checked-out commit; by default what the work tree holds. */
  readonly head?: FakeTree;
  readonly work: Readonly<Record<string, string | Buffer>>;
  readonly similar?: Readonly<Record<string, string>>;
  readonly digits?: number;
  readonly wasInScan?: (path: string) => boolean;
}

function changeOf({ base, work, head = work, similar = {}, digits = 40, wasInScan = () => true }: Case): Promise<Change> {
  const tree = fakeWorkTree(work);
  const history = fakeHistory({ base, head }, { similar, digits });
  return describeChange({ history, base: "base", head: "head", files: tree.files, tree, wasInScan });
}

describe("a rename", () => {
  const moved = { base: { "vendor/a.py": "x\n" }, work: { "src/a.py": "x\n" } };

  it("is followed from where the base was scanned", async () => {
    expect((await changeOf(moved)).counterpart("src/a.py")).toMatchObject({ path: "vendor/a.py" });
  });

  it("is none from where it was not: whoever moves a file into the scan brings it there", async () => {
    const change = await changeOf({ ...moved, wasInScan: (path) => !path.startsWith("vendor/") });
    expect([change.counterpart("src/a.py"), change.isSame("src/a.py"), change.headPath("vendor/a.py")]).toEqual([null, false, null]);
  });
});

describe("blobId", () => {
  it("is git's own id of a blob, in both lengths", () => {
    expect(blobId(Buffer.from("hello\n"), 40)).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
    expect(blobId(Buffer.from("hello\n"), 64)).toBe("2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4");
  });

  it("takes a text with CRLF for the blob with LF, and not the other way round", () => {
    expect(isBlob(Buffer.from("a\r\nb\r\n"), blobId(Buffer.from("a\nb\n"), 40))).toBe(true);
    expect(isBlob(Buffer.from("a\nb\n"), blobId(Buffer.from("a\r\nb\r\n"), 40))).toBe(false);
    expect(isBlob(Buffer.from("a\0\r\nb\r\n"), blobId(Buffer.from("a\0\nb\n"), 40))).toBe(false);
  });
});

describe("describeChange", () => {
  it.each([40, 64])("tells files that are the same from modified and added ones (ids of %i digits)", async (digits) => {
    const change = await changeOf({ base: { a: "1", b: "1" }, work: { a: "1", b: "2", c: "3" }, digits });
    expect(["a", "b", "c"].map(change.isSame)).toEqual([true, false, false]);
    expect(change.counterpart("b")?.path).toBe("b");
    expect(change.counterpart("c")).toBeNull();
  });

  it("reads a file once, however often it is asked for", async () => {
    const work = fakeWorkTree({ a: "1", b: "2" });
    const asked: string[] = [];
    const read = (path: string, limit: number) => {
      asked.push(path);
      return work.read(path, limit);
    };
    const tree = { ...work, read };
    const history = fakeHistory({ base: { a: "1", b: "1" }, head: { a: "1", b: "2" } }, { similar: {}, digits: 40 });
    const change = await describeChange({ history, base: "base", head: "head", files: work.files, tree, wasInScan: () => true });
    expect(["a", "b", "a", "b"].map(change.isSame)).toEqual([true, false, true, false]);
    expect(asked).toEqual(["a", "b"]);
  });

  it("goes by the work tree where it differs from the checked-out commit", async () => {
    const change = await changeOf({ base: { a: "1", b: "1" }, head: { a: "1", b: "2" }, work: { a: "9", b: "1" } });
    expect(["a", "b"].map(change.isSame)).toEqual([false, true]);
  });

  it("compares what is missing from the work tree as the two commits have it", async () => {
    const change = await changeOf({ base: { a: "1", b: "1" }, head: { a: "1", b: "2", c: "3" }, work: {} });
    expect(["a", "b", "c"].map(change.isSame)).toEqual([true, false, false]);
  });

  it("follows a rename that git detects, with and without a change", async () => {
    const change = await changeOf({ base: { a: "1", b: "old" }, work: { x: "1", y: "new" }, similar: { y: "b" } });
    expect(change.counterpart("x")?.path).toBe("a");
    expect(change.isSame("x")).toBe(true);
    expect(change.counterpart("y")?.path).toBe("b");
    expect(change.isSame("y")).toBe(false);
    expect(change.headPath("a")).toBe("x");
  });

  it("takes a copy for new, for its source is still there", async () => {
    const change = await changeOf({ base: { a: "1" }, work: { a: "1", b: "1" }, similar: { b: "a" } });
    expect(change.counterpart("b")).toBeNull();
  });

  it("takes a rename for new when its source is back in the work tree", async () => {
    const change = await changeOf({ base: { a: "1" }, head: { b: "1" }, work: { a: "1", b: "1" } });
    expect(change.counterpart("b")).toBeNull();
  });

  it("gives one source one target only", async () => {
    const change = await changeOf({ base: { a: "1" }, work: { b: "1", c: "1" }, similar: { b: "a", c: "a" } });
    expect([change.counterpart("b")?.path, change.counterpart("c")?.path]).toEqual(["a", undefined]);
  });

  it("follows a move of the same content that is not committed, but takes a copy and a changed move for new", async () => {
    const base = { a: "1", b: "2", c: "3" };
    const change = await changeOf({ base, head: base, work: { x: "1", b: "2", copy: "2", y: "4" } });
    expect(["x", "copy", "y"].map((path) => change.counterpart(path)?.path)).toEqual(["a", undefined, undefined]);
  });

  it("takes a committed copy of a file that a sparse checkout leaves out for new", async () => {
    const change = await changeOf({ base: { a: "1" }, head: { a: "1", b: "1" }, work: { b: "1" } });
    expect(change.counterpart("b")).toBeNull();
  });

  it("takes files of a submodule that is at the same commit for the same, others for added", async () => {
    const base: FakeTree = { same: { submodule: "1".repeat(40) }, moved: { submodule: "1".repeat(40) }, a: "1" };
    const head: FakeTree = { ...base, moved: { submodule: "2".repeat(40) } };
    const change = await changeOf({ base, head, work: { a: "1", "same/x": "1", "moved/x": "1" } });
    expect(["same/x", "moved/x", "same", "moved"].map(change.isSame)).toEqual([true, false, true, false]);
    expect(change.counterpart("moved/x")).toBeNull();
    expect(change.basePaths).toEqual(["a", "same/x"]);
  });

  it("takes content for the same that the base's pointer of Git LFS names, and no other", async () => {
    const pointer = (content: string) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${createHash("sha256").update(content).digest("hex")}\nsize 1\n`;
    const base = { ".gitattributes": "*.bin filter=lfs diff=lfs\n", "a.bin": pointer("A"), "b.bin": pointer("B") };
    const change = await changeOf({ base, head: base, work: { ".gitattributes": base[".gitattributes"], "a.bin": "A", "b.bin": "other" } });
    expect(["a.bin", "b.bin"].map(change.isSame)).toEqual([true, false]);
  });

  it("gives a file that was a link at the base no counterpart", async () => {
    const change = await changeOf({ base: { a: { symlink: "b" } }, work: { a: "b" } });
    expect([change.counterpart("a"), change.isSame("a"), change.existsAtBase("a")]).toEqual([null, false, "not-regular"]);
  });

  it("knows files, folders and what is missing at the base", async () => {
    const change = await changeOf({ base: { "a/b": "1", link: { symlink: "a" } }, work: {} });
    expect(["a/b", "a", "a/c", "link/b"].map(change.existsAtBase)).toEqual(["file", "not-regular", "missing", "not-regular"]);
  });

  it("lists what was added, modified, renamed and deleted below a folder, and nothing else", async () => {
    const change = await changeOf({
      base: { "w/a": "1", "w/b": "1", "w/c": "gone", "w/d": "moved", e: "1" },
      work: { "w/a": "1", "w/b": "2", "w/n": "moved", "w/z": "new", e: "2" },
    });
    expect(change.changedBelow("w/")).toEqual(["w/b", "w/c", "w/d", "w/n", "w/z"]);
  });

  it("knows which files of the base were deleted", async () => {
    const change = await changeOf({ base: { a: "1", b: "2" }, work: { a: "9" } });
    expect([change.headPath("a"), change.headPath("b")]).toEqual(["a", null]);
  });
});
