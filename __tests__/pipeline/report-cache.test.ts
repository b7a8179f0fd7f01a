import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ScannerError } from "../../src/errors.ts";
import { KEPT_LIMIT_BYTES } from "../../src/pipeline/kept-reports.ts";
import type { KeptResults } from "../../src/pipeline/kept-results.ts";
import { openReportCache, type ReportCache } from "../../src/pipeline/report-cache.ts";
import type { KeyedRun } from "../../src/pipeline/report-key.ts";
import { runWhole } from "../../src/pipeline/run-whole.ts";
import { sightsOf } from "../../src/pipeline/sights.ts";
import type { Part, Report } from "../../src/scanners/scanner.ts";
import { fixture, installation, report, scannerOf, target } from "../scanners/fixture.ts";
import { testHost } from "../support/hosts.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();
const host = testHost();
const REPORTS = [report('{"a": 1}'), report("[]")];
const PINS = fixture("trivy", "shop").target.pins;

let run: KeyedRun;
let directory = "";
let kept: KeptResults;

beforeEach(() => {
  const root = writeTree(makeDirectory(), { Dockerfile: "FROM scratch\n", "main.py": "x = 1\n" });
  const scanner = scannerOf("trivy");
  run = {
    scanner,
    part: scanner.parts[0],
    target: target({ root, files: ["Dockerfile", "main.py"], pins: PINS }),
    installation: { ...installation("/db"), database: { updatedAt: null, ageDays: null, digest: "d1", origin: "given" } },
    identity: "i1",
    program: "p1",
  };
  directory = join(makeDirectory(), "results");
  kept = {
    directory: Promise.resolve(directory),
    keeps: true,
    usable: Promise.resolve({ ofFile: () => false, ofWhole: () => true }),
    sightsOf,
    program: "p1",
    day: "2026-11-21",
    trim: () => {},
  };
});

/** A run with these reports, all of which were read, and what was said of the cache. */
async function runWith(reports: readonly Report[], during = () => {}): Promise<readonly string[]> {
  const cache = await openReportCache(run, kept, host);
  during();
  expect([...cache.passing(reports)]).toEqual(reports);
  return (await cache.close()).map(({ message }) => message);
}

/** The texts that the next run need not make. */
async function known(next: Partial<KeyedRun> = {}, overrides: Partial<KeptResults> = {}): Promise<string[] | null> {
  const cache = await openReportCache({ ...run, ...next }, { ...kept, ...overrides }, host);
  return cache.known?.map(({ text }) => text) ?? null;
}

const write = (path: string, text: string) => writeFileSync(join(run.target.root, path), text);

describe("reports of an earlier run", () => {
  it("are there when nothing has changed", async () => {
    expect(await known()).toBeNull();
    expect(await runWith(REPORTS)).toEqual([]);
    expect(await known()).toEqual(REPORTS.map(({ text }) => text));
  });

  it("are there when only a file has changed that the run is not shown", async () => {
    await runWith(REPORTS);
    write("main.py", "x = 2\n");
    expect(await known()).not.toBeNull();
  });

  it("are not there when a file has changed that the run is shown", async () => {
    await runWith(REPORTS);
    write("Dockerfile", "FROM alpine\n");
    expect(await known()).toBeNull();
  });

  it.each<[string, () => Partial<KeyedRun>]>([
    ["the pins", () => ({ target: { ...run.target, pins: PINS.slice(1) } })],
    [
      "the database",
      () => ({ installation: { ...run.installation, database: { updatedAt: null, ageDays: null, digest: "d2", origin: "given" } } }),
    ],
    ["the scanner", () => ({ identity: "i2" })],
    ["our program", () => ({ program: "p2" })],
  ])("are not there with another value of %s", async (_, change) => {
    await runWith(REPORTS);
    expect(await known(change())).toBeNull();
    expect(await known()).not.toBeNull();
  });

  it("are not used where a change touched a file that decides them, and are where it touched another", async () => {
    await runWith(REPORTS);
    const touching = (touched: string) =>
      known({}, { usable: Promise.resolve({ ofFile: () => false, ofWhole: (files) => !files.includes(touched) }) });
    expect(await touching("Dockerfile")).toBeNull();
    expect(await touching(PINS[0]?.path ?? "")).toBeNull();
    expect(await touching("main.py")).not.toBeNull();
  });

  it("are none for a run on an image", async () => {
    const image = scannerOf("trivy-image");
    run = { ...run, scanner: image, part: image.parts[0] };
    await runWith(REPORTS);
    expect(await known()).toBeNull();
  });
});

describe("reports of this run", () => {
  it("are not kept when a file changed meanwhile that the run is shown", async () => {
    await runWith(REPORTS, () => write("Dockerfile", "FROM alpine\n"));
    expect(await known()).toBeNull();
    write("Dockerfile", "FROM scratch\n");
    expect(await known()).toBeNull();
  });

  it("are not kept where nothing may be kept, and what is there is used", async () => {
    kept = { ...kept, keeps: false };
    await runWith(REPORTS);
    expect(await known()).toBeNull();
    kept = { ...kept, keeps: true };
    await runWith(REPORTS);
    expect(await known({}, { keeps: false })).not.toBeNull();
  });

  it.each([
    ["the first", ["x".repeat(KEPT_LIMIT_BYTES + 1), "{}"]],
    ["all together", ["x".repeat(KEPT_LIMIT_BYTES / 2 + 1), "x".repeat(KEPT_LIMIT_BYTES / 2), "{}"]],
  ])("are kept all or not at all: %s too large", async (_, texts) => {
    expect(await runWith(texts.map((text) => report(text)))).toEqual([]);
    expect(await known()).toBeNull();
  });

  it("are kept when they are just small enough", async () => {
    await runWith([report("x".repeat(KEPT_LIMIT_BYTES - 1000))]);
    expect(await known()).toHaveLength(1);
  });

  it("take the place of damaged ones, and that is said", async () => {
    await runWith(REPORTS);
    const [name = ""] = readdirSync(directory);
    writeFileSync(join(directory, name), "damaged\n");
    expect(await known()).toBeNull();
    expect(await runWith(REPORTS)).toEqual([expect.stringMatching(/are not used/u)]);
    expect(await known()).not.toBeNull();
  });

  it("that cannot be kept leave a notice and no error", async () => {
    mkdirSync(join(directory, ".."), { recursive: true });
    writeFileSync(directory, "a file in the place of the directory");
    expect(await runWith(REPORTS)).toEqual(expect.arrayContaining([expect.stringMatching(/cannot be kept/u)]));
  });
});

describe("a run with reports of an earlier one", () => {
  const OUTPUT = {
    findings: [],
    coverage: { expected: 2, covered: 2, unit: "pins", missing: [] },
    notices: [],
    pinsTakenUp: [],
    comments: [],
  };

  /** Runs a part that says what `decode` makes of the texts; returns how many processes were started, and the outcome. */
  async function runOn(texts: readonly string[] | null, decode: (texts: readonly string[]) => void) {
    const part: Part = {
      ...run.part,
      decode: (reports) => {
        decode([...reports].map(({ text }) => text));
        return OUTPUT;
      },
    };
    let started = 0;
    const cache: ReportCache = {
      known: texts?.map((text) => report(text)) ?? null,
      passing: (reports) => reports,
      close: async () => [{ message: "closed" }],
    };
    const runCommands = async () => {
      started += 1;
      return [];
    };
    const { output, durationMs } = await runWhole({ ...run, part, cache, runCommands }, host);
    return { started, durationMs, cached: output.coverage.cached, notices: output.notices.map(({ message }) => message) };
  }

  it("starts nothing, and all it covers is covered by them", async () => {
    expect(await runOn(["{}"], () => {})).toEqual({ started: 0, durationMs: 0, cached: 2, notices: [] });
  });

  it("is made afresh without them, or when they prove nothing any more", async () => {
    const fresh = { started: 1, durationMs: expect.any(Number), cached: undefined, notices: ["closed"] };
    expect(await runOn(null, () => {})).toEqual(fresh);
    const decode = (texts: readonly string[]) => {
      if (texts.length > 0) throw new ScannerError("canary-missed", "the canary is not in it");
    };
    expect(await runOn(["{}"], decode)).toEqual(fresh);
  });

  it("does not hide a bug of ours", async () => {
    const decode = (texts: readonly string[]) => {
      if (texts.length > 0) throw new TypeError("undefined is not a function");
    };
    await expect(runOn(["{}"], decode)).rejects.toThrow(TypeError);
  });
});
