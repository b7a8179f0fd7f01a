import { describe, expect, it } from "vitest";
import type { BaseRequest } from "../../src/config/base-request.ts";
import { GateError } from "../../src/errors.ts";
import type { CarriedCache, CarriedPart, ResultsPlace } from "../../src/host/ports.ts";
import { describeChange } from "../../src/pipeline/change.ts";
import { type KeptResultsOptions, keptResults, type UsableResults } from "../../src/pipeline/kept-results.ts";
import { programDigest } from "../../src/pipeline/program-digest.ts";
import { type FakeTree, fakeHistory, fakeWorkTree } from "../support/fake-history.ts";
import { testHost } from "../support/hosts.ts";

const ALONE: BaseRequest = { kind: "none", because: "there is nothing to compare with" };
const COMPARE: BaseRequest = {
  kind: "compare",
  measure: { by: "commit", commit: "base" },
  policy: "head",
  whenMissing: "all",
  name: "the commit before",
};

const wasInScan = () => true;

/** Of a host whose results are here. */
const PLACE: ResultsPlace = { directory: "/results", keeps: true, decideAlone: true };

function hostWith(results: ResultsPlace | null, restore: CarriedCache["restore"] = async () => {}) {
  return testHost(undefined, { carried: { restore, results } });
}

function kept(options: Partial<KeptResultsOptions> = {}, host = testHost()) {
  return keptResults(
    { config: { useCache: true }, comparing: { request: ALONE, change: null, wasInScan }, day: "2026-11-21", ...options },
    host,
  );
}

interface Comparison {
  readonly base: FakeTree;
  readonly work: Readonly<Record<string, string>>;
  readonly similar?: Readonly<Record<string, string>>;
  readonly wasInScan?: (path: string) => boolean;
}

/** What may be used when `base` became `work`. */
async function usable({ base, work, similar = {}, wasInScan: included = wasInScan }: Comparison): Promise<UsableResults> {
  const tree = fakeWorkTree(work);
  const history = fakeHistory({ base, head: work }, { similar });
  const change = describeChange({ history, base: "base", head: "head", files: tree.files, tree, wasInScan: included });
  return await usableOf({ request: COMPARE, change, wasInScan: included });
}

async function usableOf(comparing: KeptResultsOptions["comparing"], host = testHost()): Promise<UsableResults> {
  const results = kept({ comparing }, host);
  if (results === null) throw new Error("there are no results");
  return await results.usable;
}

async function usableFiles(comparison: Comparison): Promise<string[]> {
  const { ofFile } = await usable(comparison);
  return Object.keys(comparison.work).filter(ofFile);
}

describe("results of earlier runs", () => {
  it("are none for whoever wants none", () => {
    expect(kept({ config: { useCache: false } })).toBeNull();
    expect(kept()).not.toBeNull();
  });

  it("are brought back from other machines only for whoever wants them", async () => {
    const asked: CarriedPart[] = [];
    const host = hostWith(PLACE, async (part) => void asked.push(part));
    kept({ config: { useCache: false } }, host);
    expect(asked).toEqual([]);
    await kept({}, host)?.directory;
    expect(asked).toEqual(["results"]);
  });

  it("are told where they are only once they were brought back", async () => {
    let isBack = false;
    const restore = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      isBack = true;
    };
    expect(await kept({}, hostWith(PLACE, restore))?.directory).toBe("/results");
    expect(isBack).toBe(true);
  });

  it.each([true, false])("are kept where the host keeps results: %s", (keeps) => {
    expect(kept({}, hostWith({ ...PLACE, keeps }))?.keeps).toBe(keeps);
  });

  it("are none where the host has none", () => {
    expect(kept({}, hostWith(null))).toBeNull();
  });

  it("are those of the program that is running, and of the day", () => {
    const host = testHost();
    expect(kept({}, host)).toMatchObject({ program: programDigest(host.surroundings.programDirectory), day: "2026-11-21" });
  });
});

describe("what may be used", () => {
  const SAME = { base: { "a.py": "1", "b.py": "1" }, work: { "a.py": "1", "b.py": "1" } };

  it("is everything where nothing is compared, if what the host has may decide alone, and nothing if not", async () => {
    const comparing = { request: ALONE, change: null, wasInScan };
    const [alone, never] = await Promise.all([true, false].map((decideAlone) => usableOf(comparing, hostWith({ ...PLACE, decideAlone }))));
    expect([alone?.ofFile("a.py"), alone?.ofWhole(["a.py"])]).toEqual([true, true]);
    expect([never?.ofFile("a.py"), never?.ofWhole(["a.py"])]).toEqual([false, false]);
  });

  it("is what the base has as it is, under the same name, and nothing that the change touched", async () => {
    const base = { "same.py": "1", "edited.py": "1", "moved.py": "2", "similar.py": "3", "was-link.py": { symlink: "same.py" } } as const;
    const work = { "same.py": "1", "edited.py": "9", "new/moved.py": "2", "new/similar.py": "33", "was-link.py": "1", "added.py": "1" };
    expect(await usableFiles({ base, work, similar: { "new/similar.py": "similar.py" } })).toEqual(["same.py"]);
  });

  it("is nothing when a file took the name of another", async () => {
    expect(await usableFiles({ base: { "a.py": "1", "b.py": "2" }, work: { "a.py": "2" } })).toEqual([]);
  });

  it("is nothing that the change brought into the scan", async () => {
    expect(await usableFiles(SAME)).toEqual(["a.py", "b.py"]);
    expect(await usableFiles({ ...SAME, wasInScan: (path) => path !== "a.py" })).toEqual(["b.py"]);
  });

  it("is nothing of a whole run where a file that it looked at was changed, or any file is gone", async () => {
    expect((await usable(SAME)).ofWhole(["a.py", "b.py"])).toBe(true);
    const edited = await usable({ ...SAME, work: { "a.py": "2", "b.py": "1" } });
    expect([edited.ofWhole(["a.py", "b.py"]), edited.ofWhole(["b.py"])]).toEqual([false, true]);
    const gone = await usable({ ...SAME, work: { "b.py": "1" } });
    expect([gone.ofFile("b.py"), gone.ofWhole(["b.py"])]).toEqual([true, false]);
  });

  it("is nothing when the base is missing", async () => {
    const { ofFile, ofWhole } = await usableOf({ request: COMPARE, change: null, wasInScan });
    expect([ofFile("a.py"), ofWhole([])]).toEqual([false, false]);
  });

  it("is nothing when nobody can tell what the change touched", async () => {
    const change = Promise.reject(new GateError("base-unavailable", "The history is cut."));
    const { ofFile, ofWhole } = await usableOf({ request: COMPARE, change, wasInScan });
    expect([ofFile("a.py"), ofWhole([])]).toEqual([false, false]);
  });
});
