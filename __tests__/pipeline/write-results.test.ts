import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ResultPaths, type WriteOptions, writePieces, writeResults } from "../../src/pipeline/write-results.ts";
import { codeFinding, completedRun, failedRun, findingId, open } from "../support/findings.ts";
import { scanReport } from "../support/scan-report.ts";

function paths(directory = mkdtempSync(join(tmpdir(), "sarif-gate-results-"))) {
  return {
    sarif: join(directory, "out", "all.sarif"),
    upload: join(directory, "out", "upload.sarif"),
    report: join(directory, "out", "report.json"),
  };
}

const text = () => undefined;
const redactNothing = (written: string) => written;

/** Options that redact nothing and know no repository. */
function into(where: ResultPaths, overrides: Partial<WriteOptions> = {}): WriteOptions {
  return { paths: where, clean: redactNothing, repositoryUri: null, ...overrides };
}

/** A real directory whose `link` leads to one with somebody's `out/upload.sarif`. */
function linkedTree() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-results-")));
  const victim = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-victim-")));
  mkdirSync(join(victim, "out"));
  writeFileSync(join(victim, "out", "upload.sarif"), "precious");
  symlinkSync(victim, join(root, "link"));
  return { root, victim };
}

const CLEAN = scanReport({ runs: [completedRun("bandit")], findings: [], gaps: [] });

describe("writeResults", () => {
  it("writes three JSON files and makes their directory", async () => {
    const where = paths();
    const written = await writeResults({ report: CLEAN, text }, into(where));
    expect(written).toEqual({ ...where, categories: ["sarif-gate/bandit/"], notUploaded: [], complaints: [] });
    for (const path of Object.values(where)) expect(() => JSON.parse(readFileSync(path, "utf8"))).not.toThrow();
  });

  it("writes no upload when no run may be uploaded, says why, and removes an older one", async () => {
    const where = paths();
    await writeResults({ report: CLEAN, text }, into(where));
    const written = await writeResults({ report: scanReport({ runs: [failedRun("bandit")], findings: [], gaps: [] }), text }, into(where));
    expect(written).toMatchObject({ upload: null, notUploaded: [expect.stringMatching(/^bandit: it failed/u)] });
    expect(existsSync(where.upload)).toBe(false);
  });

  it("lets every text of all three files pass the last redaction", async () => {
    const where = paths();
    const report = scanReport({ runs: [completedRun("bandit")], findings: [open(codeFinding({ message: "a hunter2 here" }))], gaps: [] });
    await writeResults({ report, text }, into(where, { clean: (written) => written.replaceAll("hunter2", "[REDACTED]") }));
    for (const path of Object.values(where)) {
      expect(readFileSync(path, "utf8")).toContain("a [REDACTED] here");
      expect(readFileSync(path, "utf8")).not.toContain("hunter2");
    }
  });

  it.each(["sarif", "report", "upload"] as const)("does not write through a link in the place of %s", async (name) => {
    const where = paths();
    await writeResults({ report: CLEAN, text }, into(where));
    const victim = join(mkdtempSync(join(tmpdir(), "sarif-gate-victim-")), "victim");
    writeFileSync(victim, "precious");
    const linked = { ...where, [name]: `${where[name]}.link` };
    symlinkSync(victim, linked[name]);
    await expect(writeResults({ report: CLEAN, text }, into(linked))).rejects.toMatchObject({
      code: "output-unwritable",
      message: expect.stringContaining(linked[name]),
    });
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  it.each(["report", "workspace"] as const)("writes and removes nothing through a directory of the %s that is a link", async (tree) => {
    const { root, victim } = linkedTree();
    const where = paths(join(root, "link"));
    const guarded = tree === "workspace" ? into(where, { workspace: root }) : into(where);
    for (const runs of [[completedRun("bandit")], [failedRun("bandit")]]) {
      const report = { ...scanReport({ runs, findings: [], gaps: [] }), ...(tree === "report" ? { root } : {}) };
      await expect(writeResults({ report, text }, guarded)).rejects.toMatchObject({
        code: "output-unwritable",
        message: expect.stringContaining(`${join(root, "link")} is a symbolic link`),
      });
    }
    expect(readFileSync(join(victim, "out", "upload.sarif"), "utf8")).toBe("precious");
    expect(readdirSync(join(victim, "out"))).toEqual(["upload.sarif"]);
  });

  it("writes and removes through the same link where it belongs to no tree", async () => {
    const { root, victim } = linkedTree();
    await writeResults({ report: CLEAN, text }, into(paths(join(root, "link"))));
    expect(readFileSync(join(victim, "out", "upload.sarif"), "utf8")).toContain("bandit");
    const failed = scanReport({ runs: [failedRun("bandit")], findings: [], gaps: [] });
    await writeResults({ report: failed, text }, into(paths(join(root, "link"))));
    expect(existsSync(join(victim, "out", "upload.sarif"))).toBe(false);
  });

  it.each(["sarif", "report", "upload"] as const)(
    "writes none of the files when a pipe or a directory is in the place of %s",
    async (name) => {
      for (const make of [(path: string) => execFileSync("mkfifo", [path]), (path: string) => mkdirSync(path)]) {
        const where = paths();
        mkdirSync(dirname(where.sarif));
        make(where[name]);
        for (const runs of [[completedRun("bandit")], [failedRun("bandit")]])
          await expect(writeResults({ report: scanReport({ runs, findings: [], gaps: [] }), text }, into(where))).rejects.toMatchObject({
            code: "output-unwritable",
            message: expect.stringContaining(`${where[name]} is not a regular file`),
          });
        expect(readdirSync(dirname(where.sarif))).toEqual([basename(where[name])]);
      }
    },
  );

  it("leaves nothing of a longer file that it replaces", async () => {
    const where = paths();
    mkdirSync(dirname(where.sarif));
    for (const path of Object.values(where)) writeFileSync(path, "x".repeat(1_000_000));
    await writeResults({ report: CLEAN, text }, into(where));
    for (const path of Object.values(where)) expect(() => JSON.parse(readFileSync(path, "utf8"))).not.toThrow();
  });

  it("names the file that cannot be written", async () => {
    const where = paths();
    await writeResults({ report: CLEAN, text }, into(where));
    const below = join(where.sarif, "below-a-file", "report.json");
    await expect(writeResults({ report: CLEAN, text }, into({ ...where, report: below }))).rejects.toMatchObject({
      code: "output-unwritable",
      message: expect.stringContaining(below),
    });
  });

  it("says in all three files what was cut, and leaves out nothing that is severe", async () => {
    const where = paths();
    const findings = Array.from({ length: 5_002 }, (_, index) =>
      open(codeFinding({ id: findingId(index), severity: index === 5_001 ? "critical" : "low" })),
    );
    const report = scanReport({ runs: [completedRun("bandit", { findings })], findings });
    const written = await writeResults({ report, text }, into(where));
    const [run] = JSON.parse(readFileSync(where.upload, "utf8")).runs;
    expect(written.notUploaded).toEqual(["bandit: 2 of 5002 findings, because GitHub shows 5,000 results of a run"]);
    expect(JSON.parse(readFileSync(where.report, "utf8")).truncated).toEqual([
      { run: "bandit", kept: 5_000, total: 5_002, because: "GitHub shows 5,000 results of a run" },
    ]);
    expect(JSON.stringify(run.invocations)).toContain("GitHub shows 5,000 results of a run");
    expect(run.results[0].level).toBe("error");
  });

  it("names the repository in both logs where it is known", async () => {
    const where = paths();
    const repositoryUri = "https://github.example/dev/shop";
    await writeResults({ report: CLEAN, text }, into(where, { repositoryUri }));
    for (const path of [where.sarif, where.upload])
      expect(JSON.parse(readFileSync(path, "utf8")).runs[0].versionControlProvenance[0].repositoryUri).toBe(repositoryUri);
  });

  it("tells at most 20 of the things that GitHub would not take", async () => {
    const findings = Array.from({ length: 30 }, (_, index) =>
      open(codeFinding({ id: findingId(index), location: { path: "a.py", startLine: Number.NaN, endLine: 1 } })),
    );
    const report = scanReport({ runs: [completedRun("bandit", { findings })], findings });
    const { complaints } = await writeResults({ report, text }, into(paths()));
    expect(complaints).toHaveLength(20);
    expect(complaints[0]).toContain("a line or column is below 1");
  });
});

describe("writePieces", () => {
  /** What happened, in its order; the write of `failing` fails a moment after it began. */
  function recorded(failing: string | null = null) {
    const events: string[] = [];
    const writeFile = async (data: unknown) => {
      events.push(`${data} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      if (data === failing) throw new Error("no space left");
      events.push(`${data} ends`);
    };
    const pieces = function* (broken: string | null = null) {
      for (const piece of ["a", "b", "c"]) {
        if (piece === broken) throw new Error("cannot be made");
        events.push(`${piece} made`);
        yield piece;
      }
    };
    return { events, file: { writeFile }, pieces };
  }

  it("makes a piece while the one before it is written, and writes one at a time", async () => {
    const { events, file, pieces } = recorded();
    await writePieces(file, pieces());
    expect(events).toEqual(["a made", "a begins", "b made", "a ends", "b begins", "c made", "b ends", "c begins", "c ends"]);
  });

  it.each([
    ["a", ["a made", "a begins", "b made"]],
    ["c", ["a made", "a begins", "b made", "a ends", "b begins", "c made", "b ends", "c begins"]],
  ])("rejects with the failure of a write, and goes no further: %s", async (failing, expected) => {
    const { events, file, pieces } = recorded(failing);
    await expect(writePieces(file, pieces())).rejects.toThrow("no space left");
    expect(events).toEqual(expected);
  });

  it("rejects with what making a piece throws", async () => {
    const { file, pieces } = recorded();
    await expect(writePieces(file, pieces("b"))).rejects.toThrow("cannot be made");
  });
});
