import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InstallError, ScannerError } from "../../src/errors.ts";
import { byPlace } from "../../src/findings/by-place.ts";
import type { Gap, Notice } from "../../src/findings/coverage.ts";
import type { DecodedFinding } from "../../src/findings/finding.ts";
import { type FileCache, NO_FILE_CACHE } from "../../src/pipeline/file-cache.ts";
import type { EndedCommand } from "../../src/pipeline/read-report.ts";
import { NO_REPORT_CACHE } from "../../src/pipeline/report-cache.ts";
import { type ByFileJob, runByFile } from "../../src/pipeline/run-by-file.ts";
import { MAX_FINDINGS } from "../../src/pipeline/run-result.ts";
import { runWhole } from "../../src/pipeline/run-whole.ts";
import { placeOf } from "../../src/pipeline/tree.ts";
import type { ByFile, Part, Scanner, ScanTarget } from "../../src/scanners/scanner.ts";
import { installation, report, scannerOf, target } from "../scanners/fixture.ts";
import { codeFinding, rule } from "../support/findings.ts";
import { testHost } from "../support/hosts.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const directory = temporaryDirectories();
const BY_FILE: ByFile = { unit: "files", shared: true, files: ({ python }) => python, only: (whole, python) => ({ ...whole, python }) };
/** A quarter of a part. */
const SIZE = 64 * 1024;

/** In the text of a file each line is a finding of that rule; `gap` is one, `nosec` a comment. */
const toy: Part = {
  byFile: BY_FILE,
  commands: () => [],
  decode: (reports, { python, text }) => {
    for (const { text: said } of reports) expect(said).toBe(python.join("\n"));
    const lines = python.flatMap((path) => (text(path) ?? "").split("\n").map((word, index) => ({ path, word, line: index + 1 })));
    const of = (wanted: string) => lines.filter(({ word }) => word === wanted);
    const missing = of("gap").map(({ path, line }): Gap => ({ path, line, reason: "cannot be told" }));
    return {
      findings: lines
        .filter(({ word }) => word.startsWith("B"))
        .map(decoded)
        .reverse(),
      coverage: {
        expected: python.length,
        covered: python.length - new Set(missing.map(({ path }) => path)).size,
        unit: "files",
        missing,
      },
      notices: of("notice").map(({ path }) => ({ path, message: "noticed" })),
      pinsTakenUp: of("pin").map(() => "six==0!1"),
      comments: of("nosec").map(({ path, line }) => ({ scanner: "bandit", path, line, text: "nosec" })),
    };
  },
};

function decoded({ path, word, line }: { path: string; word: string; line: number }): DecodedFinding {
  const { id: _, ...finding } = codeFinding({ rule: rule({ id: word }), location: { path, startLine: line, endLine: line } });
  return finding;
}

const SCANNER: Scanner = { ...scannerOf("bandit"), name: "Toy", parts: [toy] };

type Texts = Readonly<Record<string, string>>;

function targetOf(texts: Texts): ScanTarget {
  return target({ python: Object.keys(texts).sort(), text: (path) => texts[path], size: () => SIZE });
}

/** Runs that leave the names of their files as a report; those of `fails` do not end well. */
function recordingRuns(fails: (part: readonly string[]) => boolean = () => false) {
  const parts: (readonly string[])[] = [];
  const scratch = directory();
  const runCommands = async (_: Part, { python }: ScanTarget): Promise<EndedCommand[]> => {
    parts.push(python);
    if (fails(python)) throw new ScannerError("scanner-crashed", `Toy crashed on ${python[0]}`);
    const own = mkdtempSync(join(scratch, "run-"));
    writeFileSync(join(own, "report"), python.join("\n"));
    return [{ directory: own, place: placeOf(own), output: "report", exit: report("").exit }];
  };
  return { parts, runCommands };
}

/** A cache that knows these files, and remembers what it is to keep. */
function cacheOf(known: FileCache["known"], notices: readonly Notice[] = []) {
  const kept: string[] = [];
  const cache: FileCache = { known, keep: (files) => void kept.push(...files), close: async () => notices };
  return { kept, cache };
}

function job(texts: Texts, overrides: Partial<ByFileJob> = {}): ByFileJob {
  const base = { scanner: SCANNER, part: toy, byFile: BY_FILE, target: targetOf(texts), cache: NO_FILE_CACHE, jobs: 2 };
  return { ...base, install: async () => installation(null), runCommands: recordingRuns().runCommands, ...overrides };
}

const run = (texts: Texts, overrides: Partial<ByFileJob> = {}) => runByFile(job(texts, overrides), testHost());

/** What one run over all files says. */
async function wholeOf(texts: Texts) {
  const { runCommands } = recordingRuns();
  const whole = { scanner: SCANNER, part: toy, target: targetOf(texts), installation: installation(null), cache: NO_REPORT_CACHE };
  const { output } = await runWhole({ ...whole, runCommands }, testHost());
  return output;
}

const words = fc.constantFrom("B101", "B101", "B602", "gap", "nosec", "notice", "pin", "");
const trees = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.array(words, { maxLength: 5 })), {
    maxLength: 40,
    minLength: 1,
    selector: ([name]) => name,
  })
  .map((entries): Texts => Object.fromEntries(entries.map(([name, lines]) => [`${name}.py`, lines.join("\n")])));

const many = (count: number, text: string): Texts =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${String(index).padStart(3, "0")}.py`, text]));

describe("a run by file", () => {
  it("says what one run over all files says, in the same order, however they are shared out", async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.integer({ min: 1, max: 4 }), async (texts, jobs) => {
        const { output } = await run(texts, { jobs });
        const whole = await wholeOf(texts);
        const byPath = (a: Notice, b: Notice) => ((a.path ?? "") < (b.path ?? "") ? -1 : 1);
        expect({ ...output, notices: [...output.notices].sort(byPath) }).toEqual({
          ...whole,
          coverage: { ...whole.coverage, cached: 0 },
          notices: [...whole.notices].sort(byPath),
          pinsTakenUp: [...new Set(whole.pinsTakenUp)],
        });
      }),
      { seed: 51, numRuns: 60 },
    );
  });

  it("says the same when some of it is known already", async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.nat(3), async (texts, residue) => {
        const whole = await wholeOf(texts);
        const gaps = new Set([...whole.coverage.missing, ...whole.notices].map(({ path }) => path));
        const some = Object.keys(texts).filter((path, index) => index % 4 >= residue && !gaps.has(path));
        const ofPath = (path: string) => ({
          findings: whole.findings.flatMap((one) => (one.kind === "code" && one.location.path === path ? [one] : [])),
          comments: whole.comments.filter((one) => one.path === path),
        });
        const { cache, kept } = cacheOf(new Map(some.map((path) => [path, ofPath(path)])));
        const { output } = await run(texts, { cache });
        expect(output.findings).toEqual(whole.findings);
        expect(output.comments).toEqual(whole.comments);
        expect(output.coverage).toEqual({ ...whole.coverage, cached: some.length });
        expect(kept.sort()).toEqual(
          Object.keys(texts)
            .filter((path) => !some.includes(path))
            .sort(),
        );
      }),
      { seed: 52, numRuns: 60 },
    );
  });

  it("shares the files out among several parts", async () => {
    const { parts, runCommands } = recordingRuns();
    await run(many(32, "B101"), { runCommands });
    expect(parts).toHaveLength(4);
    expect(parts.flat().sort()).toEqual(Object.keys(many(32, "")));
  });

  it.each([
    ["win32", 30_000],
    ["linux", 240_000],
    ["darwin", 240_000],
    ["other", 240_000],
  ] as const)("names no more files at once than a command line holds on %s", async (os, limit) => {
    const texts = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${"d".repeat(2_000)}/${index}.py`, ""]));
    const { parts, runCommands } = recordingRuns();
    const { platform, clock } = testHost();
    const light = { ...targetOf(texts), size: () => 1 };
    await runByFile(job(texts, { runCommands, target: light }), { clock, platform: { ...platform, os } });
    const lengths = parts.map((part) => part.reduce((sum, path) => sum + join(light.root, path).length + 1, 0));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
    expect(Math.max(...lengths)).toBeGreaterThan(limit - 5_000);
  });

  it("gives every finding the id that it has when all are looked at", async () => {
    const texts = many(20, "B101\nB101");
    expect((await run(texts)).output.findings.map(({ id }) => id)).toEqual((await wholeOf(texts)).findings.map(({ id }) => id));
  });

  it("tells findings in the order of places", async () => {
    const { findings } = (await run(many(20, "B602\nB101\nB101"))).output;
    expect(findings).toEqual([...findings].sort(byPlace));
  });

  it("tells what is to be said of the cache", async () => {
    const notice = { message: "The cache is damaged." };
    const { cache } = cacheOf(new Map(), [notice]);
    expect((await run({ "a.py": "B101" }, { cache })).output.notices).toEqual([notice]);
  });
});

describe("a run of which everything is known", () => {
  const NOTHING = { findings: [], comments: [] };
  const notAsked = () => Promise.reject(new Error("nobody asked for it"));

  it("starts nothing, installs nothing and takes no time", async () => {
    const { cache, kept } = cacheOf(new Map([["a.py", NOTHING]]));
    const result = await run({ "a.py": "B101" }, { cache, install: notAsked, runCommands: notAsked });
    expect(result.durationMs).toBe(0);
    expect(result.output.coverage).toEqual({ expected: 1, covered: 1, cached: 1, unit: "files", missing: [] });
    expect(kept).toEqual([]);
  });

  it("is none as soon as one file is not known, and then only that file is looked at", async () => {
    const { parts, runCommands } = recordingRuns();
    const { cache } = cacheOf(new Map([["a.py", NOTHING]]));
    const { output, durationMs } = await run({ "a.py": "B101", "b.py": "B602" }, { cache, runCommands });
    expect(parts).toEqual([["b.py"]]);
    expect(output.findings.map(({ rule: { id } }) => id)).toEqual(["B602"]);
    expect(durationMs).toBeGreaterThan(0);
  });
});

describe("a part that fails", () => {
  it("fails the run, but what was found in the others is kept", async () => {
    const texts = many(32, "B101");
    const { parts, runCommands } = recordingRuns((part) => part.includes("007.py"));
    const { cache, kept } = cacheOf(new Map());
    await expect(run(texts, { cache, runCommands })).rejects.toMatchObject({ code: "scanner-crashed" });
    const failed = parts.find((part) => part.includes("007.py")) ?? [];
    expect(kept.sort()).toEqual(Object.keys(texts).filter((path) => !failed.includes(path)));
    expect(kept).toHaveLength(24);
  });

  it("keeps nothing of its own, though its scanner ended well, when its report cannot be believed", async () => {
    const part: Part = {
      ...toy,
      decode: (reports, share, installed) => {
        if (share.python.includes("007.py")) throw new ScannerError("report-unreadable", "It is not JSON.");
        return toy.decode(reports, share, installed);
      },
    };
    const { cache, kept } = cacheOf(new Map());
    await expect(run(many(32, ""), { cache, part })).rejects.toMatchObject({ code: "report-unreadable" });
    expect(kept).toHaveLength(24);
  });

  it("is the run when the scanner cannot be installed", async () => {
    const { parts, runCommands } = recordingRuns();
    const install = () => Promise.reject(new InstallError("install-offline", "It is not installed"));
    await expect(run({ "a.py": "" }, { install, runCommands })).rejects.toMatchObject({ code: "install-offline" });
    expect(parts).toEqual([]);
  });
});

describe("more findings than can be held in memory", () => {
  const flooding = (count: number): Part => {
    const finding = decoded({ path: "a.py", word: "B101", line: 1 });
    const decode: Part["decode"] = (...given) => ({ ...toy.decode(...given), findings: Array(count).fill(finding) });
    return { ...toy, decode };
  };

  it("fail the run, and the part with which there are too many keeps none of them", async () => {
    const texts = many(32, "");
    const { cache, kept } = cacheOf(new Map());
    await expect(run(texts, { cache, part: flooding(MAX_FINDINGS / 2) })).rejects.toMatchObject({
      code: "scanner-flooded",
      message: "Toy has more than 250000 findings.",
    });
    expect(kept).toHaveLength(16);
  });

  it("are as few as one more than the limit", async () => {
    expect((await run({ "a.py": "" }, { part: flooding(MAX_FINDINGS) })).output.findings).toHaveLength(MAX_FINDINGS);
    await expect(run({ "a.py": "" }, { part: flooding(MAX_FINDINGS + 1) })).rejects.toMatchObject({ code: "scanner-flooded" });
  });
});
