import { describe, expect, it } from "vitest";
import type { ManifestReading } from "../../src/manifests/pin.ts";
import { readManifests } from "../../src/manifests/read-manifests.ts";
import { readBaseManifests } from "../../src/pipeline/base-manifests.ts";
import { describeChange } from "../../src/pipeline/change.ts";
import { type FakeHistory, type FakeTree, fakeHistory, fakeWorkTree } from "../support/fake-history.ts";

interface Read {
  readonly head: ManifestReading;
  readonly base: ManifestReading;
  readonly history: FakeHistory;
}

async function read(base: FakeTree, work: Readonly<Record<string, string>>, excluded = ""): Promise<Read> {
  const tree = fakeWorkTree(work);
  const history = fakeHistory({ base, head: work });
  const change = await describeChange({ history, base: "base", head: "head", files: tree.files, tree, wasInScan: () => true });
  const text = (path: string) => tree.read(path, Number.MAX_SAFE_INTEGER)?.toString("utf8");
  const reading = readManifests({ files: tree.files, text, exists: (path) => (tree.kind(path) === "file" ? "file" : "missing") });
  const wasInScan = (path: string) => path !== excluded;
  return {
    head: reading,
    base: await readBaseManifests({ change, history, head: { files: tree.files, text }, reading, wasInScan }),
    history,
  };
}

function pinned({ pins }: ManifestReading): string[] {
  return pins.map(({ path, name, version }) => `${path}: ${name}==${version}`);
}

describe("readBaseManifests", () => {
  it("gives the head's own reading when no manifest differs, and reads nothing", async () => {
    const { head, base, history } = await read(
      { "requirements.txt": "a==1\n", "x.py": "1" },
      { "requirements.txt": "a==1\n", "x.py": "2" },
    );
    expect(base).toBe(head);
    expect(history.reads).toEqual([]);
  });

  it("reads a manifest that differs as it was, and only that", async () => {
    const same = { "dev/requirements.txt": "b==1\n" };
    const { base, history } = await read({ ...same, "requirements.txt": "a==1\n" }, { ...same, "requirements.txt": "a==2\n" });
    expect(pinned(base)).toEqual(["dev/requirements.txt: b==1", "requirements.txt: a==1"]);
    expect(history.reads).toHaveLength(1);
  });

  it("reads what a manifest included at the base, also where the including file is the same", async () => {
    const requirements = { "requirements.txt": "-r extra.list\n" };
    const { base } = await read({ ...requirements, "extra.list": "a==1\n" }, { ...requirements, "extra.list": "a==2\n" });
    expect(pinned(base)).toEqual(["extra.list: a==1"]);
  });

  it("follows includes of includes that all differ", async () => {
    const chain = (version: string) => ({
      "requirements.txt": `-r one.list\n#${version}`,
      "one.list": `-r two.list\n#${version}`,
      "two.list": `a==${version}\n`,
    });
    expect(pinned((await read(chain("1"), chain("2"))).base)).toEqual(["two.list: a==1"]);
  });

  it("has no gap for an include that only the head lacks", async () => {
    const requirements = { "requirements.txt": "-r extra.list\n" };
    const { head, base } = await read({ ...requirements, "extra.list": "a==1\n" }, requirements);
    expect(head.gaps).toHaveLength(1);
    expect(base.gaps).toEqual([]);
  });

  it("has the gap of an include that both lack", async () => {
    const requirements = { "requirements.txt": "-r extra.list\n" };
    const { head, base } = await read(requirements, requirements);
    expect(base.gaps).toEqual(head.gaps);
    expect(base.gaps).toHaveLength(1);
  });

  it("does not count a file that nothing included at the base", async () => {
    const { head, base } = await read(
      { "requirements.txt": "", "extra.list": "a==1\n" },
      { "requirements.txt": "-r extra.list\n", "extra.list": "a==1\n" },
    );
    expect(pinned(head)).toEqual(["extra.list: a==1"]);
    expect(pinned(base)).toEqual([]);
  });

  it("reads a deleted manifest, and the path that a renamed one had", async () => {
    const { base } = await read({ "requirements.txt": "a==1\n", "old/requirements.txt": "b==1\n" }, { "new/requirements.txt": "b==1\n" });
    expect(pinned(base)).toEqual(["old/requirements.txt: b==1", "requirements.txt: a==1"]);
  });

  it("leaves out what is not scanned", async () => {
    const files = { "requirements.txt": "a==1\n", "vendor/requirements.txt": "b==1\n" };
    const { base } = await read(files, { "requirements.txt": "a==2\n" }, "vendor/requirements.txt");
    expect(pinned(base)).toEqual(["requirements.txt: a==1"]);
  });

  it("knows what had no version to check at the base", async () => {
    const { head, base } = await read({ "requirements.txt": "a\n" }, { "requirements.txt": "a\nb\n" });
    expect(base.unpinned).toHaveLength(1);
    expect(base.unpinned).not.toEqual(head.unpinned);
  });
});
