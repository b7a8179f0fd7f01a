import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openFileResults } from "../../src/pipeline/file-results.ts";
import type { FileResult } from "../../src/pipeline/file-results-format.ts";
import type { FileResultsPlace } from "../../src/pipeline/file-results-store.ts";
import { oddResult } from "../support/file-results.ts";
import { codeFinding, rule } from "../support/findings.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const directory = temporaryDirectories();
const RUN = { scanner: "bandit", run: "bandit" } as const;
const TODAY = "2026-11-21";
const keyOf = (number: number) => number.toString(16).padStart(64, "0");
const pathOf = (number: number) => `src/${number}.py`;

/** What file `number` holds, in one rule of four. */
function resultOf(number: number, message = "A subprocess."): FileResult {
  const path = pathOf(number);
  const finding = codeFinding({ message, rule: rule({ id: `B${number % 4}` }), location: { path, startLine: number, endLine: number } });
  return { findings: [finding], comments: [{ scanner: "bandit", path, line: number, text: "x#nosec" }] };
}

function placeIn(parent: string, overrides: Partial<FileResultsPlace> = {}): FileResultsPlace {
  return { path: join(parent, "results", "files.txt"), environment: "e".repeat(64), day: TODAY, ...overrides };
}

/** Keeps the results of these files as a run does that found nothing kept of them. */
async function keep(place: FileResultsPlace, numbers: readonly number[], message?: string) {
  const results = openFileResults(place, RUN);
  for (const number of numbers) results.add(keyOf(number), resultOf(number, message));
  return { problem: await results.write(), notices: results.notices() };
}

/** Asks for these files as a run does in which all are as they were. */
function ask(place: FileResultsPlace, numbers: readonly number[]) {
  const results = openFileResults(place, RUN);
  const found = numbers.filter((number) => {
    const result = results.find(keyOf(number), pathOf(number));
    // Nothing else than what was kept may ever come out.
    if (result !== null) expect(result).toStrictEqual(resultOf(number));
    return result !== null;
  });
  return { found, results, notices: results.notices().map(({ message }) => message) };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("kept results", () => {
  it("are none at first, without a word about it", () => {
    const { found, results, notices } = ask(placeIn(directory()), [1]);
    expect({ found, isEmpty: results.isEmpty, notices }).toEqual({ found: [], isEmpty: true, notices: [] });
  });

  it("are not written again when a file was scanned afresh with the same result, but with another one", async () => {
    const place = placeIn(directory());
    await keep(place, [1, 2]);
    const written = readFileSync(place.path, "utf8");
    await keep(place, [1, 2]);
    expect(readFileSync(place.path, "utf8")).toBe(written);
    await keep(place, [1], "Another message.");
    expect(readFileSync(place.path, "utf8").length).toBeGreaterThan(written.length);
  });

  it("are found again, whatever their texts", async () => {
    const entries = fc.array(
      fc.nat(200).chain((number) => oddResult(pathOf(number)).map((result) => ({ number, result }))),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(entries, async (list) => {
        const place = placeIn(directory());
        const kept = openFileResults(place, RUN);
        for (const { number, result } of list) kept.add(keyOf(number), result);
        expect(await kept.write()).toBeNull();
        const read = openFileResults(place, RUN);
        const last = new Map(list.map(({ number, result }) => [number, result]));
        for (const [number, result] of last) expect(read.find(keyOf(number), pathOf(number))).toStrictEqual(result);
        expect(read.notices()).toEqual([]);
      }),
      { seed: 41, numRuns: 60 },
    );
  });

  it("are found under the path that is asked for, for a key holds the path", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    expect(openFileResults(place, RUN).find(keyOf(1), "moved.py")?.findings[0]?.location.path).toBe("moved.py");
  });

  it("are not found before they were written, nor under another key", async () => {
    const place = placeIn(directory());
    const results = openFileResults(place, RUN);
    results.add(keyOf(1), resultOf(1));
    expect(results.find(keyOf(1), pathOf(1))).toBeNull();
    await results.write();
    expect(ask(place, [1, 2]).found).toEqual([1]);
  });

  it("share their rules: each is written once, and read as one", async () => {
    const place = placeIn(directory());
    await keep(place, range(8));
    await keep(place, [9, 10]);
    expect(readFileSync(place.path, "utf8").match(/^rule /gmu)).toHaveLength(4);
    const results = openFileResults(place, RUN);
    const rules = [1, 5, 9].map((number) => results.find(keyOf(number), pathOf(number))?.findings[0]?.rule);
    expect(new Set(rules).size).toBe(1);
  });

  it("are for their owner alone", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    expect(statSync(place.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(place.path)).mode & 0o777).toBe(0o700);
  });

  it("leave nothing else behind", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    expect(readdirSync(dirname(place.path))).toEqual(["files.txt"]);
  });
});

describe("writing", () => {
  it("appends on the same day, and touches nothing that is there", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    const before = readFileSync(place.path);
    await keep(place, [2]);
    expect(readFileSync(place.path).subarray(0, before.length)).toEqual(before);
    expect(ask(place, [1, 2]).found).toEqual([1, 2]);
  });

  it("does nothing when there is nothing new and the file is of today", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    const before = statSync(place.path, { bigint: true });
    const { results } = ask(place, [1]);
    expect(await results.write()).toBeNull();
    expect(statSync(place.path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  });

  it("believes the last of two results of one file", async () => {
    const place = placeIn(directory());
    await keep(place, [1], "An old one.");
    await keep(place, [1]);
    expect(ask(place, [1]).found).toEqual([1]);
    await keep({ ...place, day: "2026-11-22" }, []);
    expect(ask(place, [1]).found).toEqual([1]);
  });

  it("writes the file anew on another day, with the day of the last use of each", async () => {
    const place = placeIn(directory());
    await keep(place, [1, 2]);
    const later = { ...place, day: "2026-11-25" };
    await ask(later, [2]).results.write();
    const days = [...readFileSync(place.path, "utf8").matchAll(/^file (\S+) \w+ (\w+)/gmu)].map(([, day, key]) => [key, day]);
    expect(days).toEqual([
      [keyOf(2), "2026-11-25"],
      [keyOf(1), TODAY],
    ]);
    expect(ask(later, [1, 2]).found).toEqual([1, 2]);
  });

  it("drops what nobody asked for in more than 30 days, and only then", async () => {
    const place = placeIn(directory());
    await keep(place, [1, 2]);
    await ask({ ...place, day: "2026-12-21" }, [2]).results.write();
    expect(ask(place, [1, 2]).found).toEqual([1, 2]);
    await ask({ ...place, day: "2026-12-22" }, []).results.write();
    expect(ask(place, [1, 2]).found).toEqual([2]);
  });

  it("keeps what is asked for now, however long nobody had", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    await ask({ ...place, day: "2028-01-01" }, [1]).results.write();
    expect(ask(place, [1]).found).toEqual([1]);
  });

  it("drops first what was used last longest ago when there is too much", async () => {
    const place = placeIn(directory());
    const large = "m".repeat(15 * 1024 * 1024);
    for (const number of range(4)) await keep({ ...place, day: `2026-11-2${number}` }, [number], large);
    const later = { ...place, day: "2026-11-25" };
    const using = openFileResults(later, RUN);
    expect(using.find(keyOf(1), pathOf(1))).not.toBeNull();
    using.add(keyOf(5), resultOf(5, large));
    expect(await using.write()).toBeNull();
    const results = openFileResults(later, RUN);
    expect(range(5).filter((number) => results.find(keyOf(number), pathOf(number)) !== null)).toEqual([1, 3, 4, 5]);
    expect(results.notices()).toEqual([]);
  });

  it("believes nothing of a file that has grown beyond measure, and begins anew", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    execFileSync("truncate", ["--size=200M", place.path]);
    const { found, results, notices } = ask(place, [1]);
    expect({ found, notices }).toEqual({ found: [], notices: [expect.stringContaining("not used: the file is larger than can be read")] });
    results.add(keyOf(2), resultOf(2));
    expect(await results.write()).toBeNull();
    expect(ask(place, [2])).toMatchObject({ found: [2], notices: [] });
  });
});

describe("damage", () => {
  const NUMBERS = range(6);

  async function kept(): Promise<{ place: FileResultsPlace; bytes: Buffer }> {
    const place = placeIn(directory());
    await keep(place, NUMBERS.slice(0, 4));
    await keep(place, NUMBERS.slice(4));
    return { place, bytes: readFileSync(place.path) };
  }

  /** Looks at damaged bytes as a run does, and then at what that run leaves. */
  async function outlive(place: FileResultsPlace, bytes: Buffer) {
    writeFileSync(place.path, bytes);
    const { found, results } = ask(place, NUMBERS);
    for (const number of NUMBERS.filter((one) => !found.includes(one))) results.add(keyOf(number), resultOf(number));
    const notices = results.notices();
    expect(await results.write()).toBeNull();
    expect(ask(place, NUMBERS)).toMatchObject({ found: NUMBERS, notices: [] });
    return { found, notices };
  }

  it("is none in a whole file", async () => {
    const { place, bytes } = await kept();
    expect(await outlive(place, bytes)).toEqual({ found: NUMBERS, notices: [] });
  });

  it("by an end at any byte costs what is missing, and no more", async () => {
    const { place, bytes } = await kept();
    for (let length = 0; length < bytes.length; length += 7) {
      const { found, notices } = await outlive(place, bytes.subarray(0, length));
      const whole = bytes
        .subarray(0, length + 1)
        .toString("latin1")
        .split("\n")
        .slice(0, -1);
      const cut = bytes.subarray(0, length).toString("latin1").split("\n").at(-1) ?? "";
      if (cut.startsWith("file ") && bytes[length] !== 0x0a) expect(notices, `${length} bytes`).toHaveLength(1);
      expect(found).toHaveLength(whole.filter((line) => line.startsWith("file ")).length);
    }
  });

  it("by a flipped bit anywhere costs the lines that it concerns: two, or all when it is in the first", async () => {
    const { place, bytes } = await kept();
    for (let at = 0; at < bytes.length; at += 23) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      const { found } = await outlive(place, flipped);
      const inHeader = at < bytes.indexOf("\n");
      expect(NUMBERS.length - found.length, `byte ${at}`).toBeLessThanOrEqual(inHeader ? NUMBERS.length : 2);
    }
  });

  it("is told once, and by whose it is", async () => {
    const { place, bytes } = await kept();
    const { notices } = await outlive(place, Buffer.from(bytes.toString("utf8").replace("A subprocess.", "A sandwich..")));
    expect(notices).toEqual([{ message: `1 results of earlier runs in ${place.path} are damaged and are not used.` }]);
  });

  it.each([
    ["of another environment", (text: string) => text.replace("e".repeat(64), "f".repeat(64)), /another scanner, interpreter or version/u],
    [
      "of an older format",
      (text: string) => text.replace("sarif-gate-results 3", "sarif-gate-results 1"),
      /damaged, or of another version/u,
    ],
    ["without a first line", (text: string) => text.slice(text.indexOf("\n") + 1), /damaged, or of another version/u],
    ["that is empty", () => "", /damaged, or of another version/u],
    ["of something else", () => '{"findings": []}\n', /damaged, or of another version/u],
  ])("is a file %s: nothing of it is believed", async (_, change, why) => {
    const { place, bytes } = await kept();
    const { found, notices } = await outlive(place, Buffer.from(change(bytes.toString("utf8"))));
    expect(found).toEqual([]);
    expect(notices).toEqual([{ message: expect.stringMatching(why) }]);
  });

  it.each<[string, (path: string, whole: string) => void]>([
    ["a symbolic link to kept results", (path, whole) => symlinkSync(whole, path)],
    ["a symbolic link to nowhere", (path) => symlinkSync("nowhere", path)],
    ["a pipe", (path) => execFileSync("mkfifo", [path])],
  ])("is %s in the place of the file: it is not followed, and gives way", async (_, put) => {
    const { place, bytes } = await kept();
    const whole = join(dirname(place.path), "whole.txt");
    writeFileSync(whole, bytes);
    rmSync(place.path);
    put(place.path, whole);
    const { found, results, notices } = ask(place, NUMBERS);
    expect({ found, notices }).toEqual({ found: [], notices: [expect.stringContaining("not used")] });
    results.add(keyOf(1), resultOf(1));
    expect(await results.write()).toBeNull();
    expect(statSync(place.path).isFile()).toBe(true);
    expect(ask(place, NUMBERS).found).toEqual([1]);
    expect(readFileSync(whole)).toEqual(bytes);
  });

  it("is a directory in the place of the file: it stays, and nothing is kept", async () => {
    const place = placeIn(directory());
    mkdirSync(join(place.path, "inside"), { recursive: true });
    const { problem, notices } = await keep(place, [1]);
    expect(notices).toEqual([{ message: expect.stringContaining("not used") }]);
    expect(problem?.message).toContain("cannot be kept for the next one");
    expect(existsSync(join(place.path, "inside"))).toBe(true);
  });

  it("is a file in the place of the directory: nothing is kept, and the run is told", async () => {
    const place = placeIn(directory());
    writeFileSync(dirname(place.path), "in the way");
    const { problem } = await keep(place, [1]);
    expect(problem?.message).toContain("cannot be kept for the next one");
    expect(ask(place, [1]).found).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)("is a directory that cannot be written: nothing is kept, and the run is told", async () => {
    const place = placeIn(directory());
    mkdirSync(dirname(place.path), { mode: 0o500 });
    expect((await keep(place, [1])).problem?.message).toContain("cannot be kept for the next one");
    chmodSync(dirname(place.path), 0o700);
    expect((await keep(place, [1])).problem).toBeNull();
  });
});

describe("a disk that is full", () => {
  /** Keeps files 1 to `count` in a process that can write no file larger than this. */
  function keepWithin(kibibytes: number, place: FileResultsPlace, count: number): string {
    const program = `
      import { openFileResults } from ${JSON.stringify(join(import.meta.dirname, "..", "..", "src", "pipeline", "file-results.ts"))};
      const [place, entries] = JSON.parse(process.argv[1]);
      const results = openFileResults(place, { scanner: "bandit", run: "bandit" });
      for (const [key, result] of entries) results.add(key, result);
      console.log((await results.write())?.message ?? "kept");`;
    const entries = range(count).map((number) => [keyOf(number), resultOf(number)]);
    const argv = [process.execPath, "--input-type=module-typescript", "-e", program, JSON.stringify([place, entries])];
    const { stdout } = spawnSync("bash", ["-c", `trap "" XFSZ; ulimit -f ${kibibytes}; exec "$@"`, "-", ...argv], { encoding: "utf8" });
    return stdout.trim();
  }

  it("costs nothing but what could not be kept", async () => {
    const place = placeIn(directory());
    await keep(place, [1, 2]);
    expect(keepWithin(1024, place, 3)).toBe("kept");
    const size = statSync(place.path).size;
    expect(size).toBeLessThan(8 * 1024);
    expect(keepWithin(8, place, 60)).toMatch(/cannot be kept for the next one: EFBIG/u);
    expect(statSync(place.path).size).toBe(8 * 1024);
    const { found, results, notices } = ask(place, range(60));
    expect(found.length).toBeGreaterThan(3);
    expect(found).toEqual(range(found.length));
    expect(notices).toHaveLength(1);
    for (const number of range(60).slice(found.length)) results.add(keyOf(number), resultOf(number));
    await results.write();
    expect(ask(place, range(60))).toMatchObject({ found: range(60), notices: [] });
  });

  it("leaves the old file whole when it had to be written anew", async () => {
    const place = placeIn(directory());
    await keep(place, [1, 2]);
    const before = readFileSync(place.path);
    expect(keepWithin(4, { ...place, day: "2026-11-22" }, 60)).toMatch(/EFBIG/u);
    expect(readFileSync(place.path)).toEqual(before);
    expect(readdirSync(dirname(place.path))).toEqual(["files.txt"]);
  });
});

describe("two runs at the same time", () => {
  it("both keep what they found when they append", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    const [one, other] = [openFileResults(place, RUN), openFileResults(place, RUN)];
    for (const number of [2, 3]) one.add(keyOf(number), resultOf(number));
    for (const number of [3, 4]) other.add(keyOf(number), resultOf(number));
    expect(await Promise.all([one.write(), other.write()])).toEqual([null, null]);
    expect(ask(place, range(4))).toMatchObject({ found: [1, 2, 3, 4], notices: [] });
  });

  it("leave the file of one of them when both write it anew", async () => {
    const place = placeIn(directory());
    const [one, other] = [openFileResults(place, RUN), openFileResults(place, RUN)];
    one.add(keyOf(1), resultOf(1));
    other.add(keyOf(2), resultOf(2));
    expect(await Promise.all([one.write(), other.write()])).toEqual([null, null]);
    const { found, notices } = ask(place, [1, 2]);
    expect(found).toHaveLength(1);
    expect(notices).toEqual([]);
  });

  it("append behind half a line that an interrupted one left", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    const results = openFileResults(place, RUN);
    writeFileSync(place.path, 'file 2026-11-21 00 {"ru', { flag: "a" });
    results.add(keyOf(2), resultOf(2));
    await results.write();
    expect(ask(place, [1, 2])).toMatchObject({ found: [1, 2], notices: [expect.stringContaining("1 results")] });
  });

  it("do not mix when one of them is of another interpreter and has replaced the file: the other one's are lost, and it is told", async () => {
    const place = placeIn(directory());
    const other = { ...place, environment: "f".repeat(64) };
    await keep(place, [1]);
    const results = openFileResults(place, RUN);
    expect((await keep(other, [2])).notices).toEqual([{ message: expect.stringContaining("another scanner, interpreter or version") }]);
    results.add(keyOf(3), resultOf(3));
    expect((await results.write())?.message).toMatch(/cannot be kept for the next one: since this run began, they are of another/u);
    expect(ask(other, [1, 2, 3])).toMatchObject({ found: [2], notices: [] });
  });

  it("make no file of half the lines when it went away while they ran", async () => {
    const place = placeIn(directory());
    await keep(place, [1]);
    const results = openFileResults(place, RUN);
    rmSync(place.path);
    results.add(keyOf(2), resultOf(2));
    expect((await results.write())?.message).toMatch(/cannot be kept for the next one: ENOENT/u);
    expect(ask(place, [1, 2])).toMatchObject({ found: [], notices: [] });
  });
});
