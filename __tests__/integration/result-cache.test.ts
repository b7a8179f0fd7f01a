// Results kept by file with the real Bandit: whatever was kept, and whatever happened to it, a scan says what a scan without it says.

import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BaseRequest } from "../../src/config/base-request.ts";
import type { ScanReport } from "../../src/report/scan-report.ts";
import { choosePython } from "../../src/tools/python-interpreter.ts";
import { describePythonTool } from "../../src/tools/python-tools.ts";
import { TOOL_CACHE } from "../support/installed-tools.ts";
import { type CachedScan, hostWithCache, saidBy, scanWithCache } from "../support/scan-with-cache.ts";
import { git, writeTree } from "../support/temporary-tree.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const TOOLS = join(TOOL_CACHE, "sarif-gate", "python");
const BANDITS = readdirSync(TOOLS).filter((name) => name.startsWith("bandit-"));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "sarif-gate-result-cache-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What Bandit itself wrote. */
interface BanditReport {
  readonly results: readonly Readonly<
    Record<"filename" | "line_number" | "test_id" | "issue_severity" | "issue_confidence" | "issue_text", string>
  >[];
  readonly errors: readonly { readonly filename: string; readonly reason: string }[];
  /** Counts of each file, and of all under `_totals`. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface Scanned {
  readonly report: ScanReport;
  /** Command lines of the processes that were started. */
  readonly started: readonly (readonly string[])[];
  readonly written: readonly BanditReport[];
}

interface Scanning extends Pick<CachedScan, "cache" | "request" | "program"> {
  readonly useCache?: boolean;
}

let tree = "";

/** A cache with the installed tools in it, and nothing else. */
function newCache(): string {
  const cache = mkdtempSync(join(scratch, "cache-"));
  mkdirSync(join(cache, "python"));
  for (const name of BANDITS) symlinkSync(join(TOOLS, name), join(cache, "python", name));
  return cache;
}

const configOf = (useCache: boolean): CachedScan["config"] => ({ path: tree, scanners: ["bandit"], useCache });

async function scanTree({ useCache = true, ...scanning }: Scanning): Promise<Scanned> {
  const started: (readonly string[])[] = [];
  const written: BanditReport[] = [];
  const around: CachedScan["around"] = (run) => async (process) => {
    started.push(process.argv);
    const exit = await run(process);
    if (process.watch !== undefined) written.push(JSON.parse(readFileSync(process.watch.path, "utf8")) as BanditReport);
    return exit;
  };
  const report = await scanWithCache({ ...scanning, scratch, around, config: configOf(useCache) });
  return { report, started, written };
}

/** How many files were not looked at again, and what was said of the cache. */
function savedBy({ report: { runs } }: Scanned) {
  const [run] = runs;
  if (run?.status !== "completed") throw new Error("the run failed");
  return { cached: run.coverage.cached, notices: run.notices.map(({ message }) => message) };
}

/** Small files of the interpreter's own library: a few hundred. */
function copyLibrary(python: string): void {
  const home = execFileSync(python, ["-I", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], { encoding: "utf8" }).trim();
  const wanted = /^(?!(?:test|site-packages|lib2to3|idlelib|tkinter|turtledemo|ensurepip|config-[^/]+)\/)(?!.*\/tests?\/).*\.py$/u;
  const files = readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((path) => wanted.test(path))
    .sort();
  for (const path of files) {
    const bytes = readFileSync(join(home, path));
    if (bytes.length < 6_000) put(join("library", path), bytes);
  }
}

function put(path: string, content: string | Buffer): void {
  writeTree(tree, { [path]: content });
}

const pythonFiles = () => git(tree, "ls-files", "*.py").split("\n").sort();

/** Bandit's command lines; in a new cache the interpreter is looked for before. */
const banditsOf = ({ started }: Scanned) => started.filter((argv) => argv.includes("--ignore-nosec"));

/** Files that Bandit was told to look at, as it was told. */
const givenTo = (scanned: Scanned) =>
  banditsOf(scanned)
    .flatMap((argv) => argv.slice(argv.indexOf("-x") + 2))
    .sort();

let warm = "";
let first: Scanned;
/** Files of which everything could be said. */
let sound = 0;

beforeAll(async () => {
  tree = join(scratch, "tree");
  cpSync(join(ROOT, "examples", "vulnerable-shop"), tree, { recursive: true });
  const [installed = ""] = BANDITS;
  copyLibrary(join(TOOLS, installed, "environment", "bin", "python"));
  put("broken.py", "def broken(:\n");
  put("commented.py", "assert one # nosec\nassert two # nosec B101\nassert three\n");
  put("empty.py", "");
  git(tree, "init", "--quiet");
  git(tree, "add", "--all");
  git(tree, "commit", "--quiet", "--message=first");
  warm = newCache();
  first = await scanTree({ cache: warm });
  sound = first.report.runs.flatMap((run) => (run.status === "completed" ? run.coverage.covered : []))[0] ?? 0;
});

/** A copy of the cache that the first scan left. */
function copyOfWarm(): { cache: string; kept: string } {
  const cache = newCache();
  cpSync(join(warm, "results"), join(cache, "results"), { recursive: true });
  return { cache, kept: keptIn(cache) };
}

function keptIn(cache: string): string {
  const [name = "", ...others] = readdirSync(join(cache, "results"));
  expect(others).toEqual([]);
  return join(cache, "results", name);
}

describe("the first scan", () => {
  const NAMES = /0x[0-9a-f]+/gu;
  const resultsOf = (reports: readonly BanditReport[]) =>
    reports
      .flatMap(({ results }) => results)
      .map((one) =>
        [one.filename, one.line_number, one.test_id, one.issue_severity, one.issue_confidence, one.issue_text.replace(NAMES, "")].join(
          "\0",
        ),
      )
      .sort();

  const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) => (one < other ? -1 : 1);

  function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
    const names = [...new Set(counts.flatMap((one) => Object.keys(one)))];
    return Object.fromEntries(names.map((name) => [name, counts.reduce((sum, one) => sum + (one[name] ?? 0), 0)]));
  }

  it("is shared out, and says what one plain process of Bandit says of the same files", () => {
    const output = join(scratch, "plain.json");
    const options = ["-q", "-f", "json", "-o", output, "--ignore-nosec", "-x", "", "--exit-zero"];
    const [argv = []] = banditsOf(first);
    const [python = "", ...launch] = argv.slice(0, argv.indexOf("-q"));
    const files = givenTo(first);
    expect(files).toEqual(expect.arrayContaining(pythonFiles().map((path) => join(tree, path))));
    execFileSync(python, [...launch, ...options, ...files], { stdio: "ignore", cwd: scratch });
    const plain = JSON.parse(readFileSync(output, "utf8")) as BanditReport;

    expect(first.written.length).toBeGreaterThanOrEqual(4);
    expect(resultsOf(first.written)).toEqual(resultsOf([plain]));
    expect(plain.results.length).toBeGreaterThan(80);
    expect(first.written.flatMap(({ errors }) => errors)).toEqual(plain.errors);
    expect(plain.errors).toHaveLength(1);
    const countsOf = (reports: readonly BanditReport[]) =>
      reports.flatMap(({ metrics }) => Object.entries(metrics).filter(([name]) => name !== "_totals")).sort(byName);
    expect(countsOf(first.written)).toEqual(countsOf([plain]));
    expect(sumOf(first.written.map(({ metrics }) => metrics["_totals"] ?? {}))).toEqual(plain.metrics["_totals"]);
  });

  it("proves all files but the broken one, and uses nothing", () => {
    const [run] = first.report.runs;
    expect(run).toMatchObject({ coverage: { expected: givenTo(first).length, covered: givenTo(first).length - 1, cached: 0 } });
    const comments = run?.status === "completed" ? run.comments.filter(({ path }) => path === "commented.py") : [];
    expect(comments.map(({ line }) => line)).toEqual([1, 2]);
  });
});

describe("a second scan", () => {
  it("says the same, and looks at nothing but what had a gap", async () => {
    const second = await scanTree({ cache: warm });
    expect(saidBy(second.report)).toEqual(saidBy(first.report));
    expect(savedBy(second)).toEqual({ cached: sound, notices: [] });
    expect(givenTo(second)).toEqual([join(tree, "broken.py")]);
  });

  it("starts no process where there was no gap", async () => {
    rmSync(join(tree, "broken.py"));
    const again = await scanTree({ cache: warm });
    put("broken.py", "def broken(:\n");
    expect(again.started).toEqual([]);
    expect(savedBy(again).cached).toBe(sound);
  });

  it("uses nothing and keeps nothing when it is told so", async () => {
    const { cache, kept } = copyOfWarm();
    const before = readFileSync(kept);
    const without = await scanTree({ cache, useCache: false });
    expect(saidBy(without.report)).toEqual(saidBy(first.report));
    expect(savedBy(without).cached).toBe(0);
    expect(readFileSync(kept)).toEqual(before);
  });
});

describe("kept results that were damaged", () => {
  let cache = "";
  let kept = "";
  beforeEach(() => {
    ({ cache, kept } = copyOfWarm());
  });

  /** Says the same as ever, mends the cache on the way, and returns what was saved. */
  async function outlive(bytes: Buffer | string) {
    writeFileSync(kept, bytes);
    const scanned = await scanTree({ cache });
    expect(saidBy(scanned.report)).toEqual(saidBy(first.report));
    const next = await scanTree({ cache });
    expect(savedBy(next)).toEqual({ cached: sound, notices: [] });
    return savedBy(scanned);
  }

  it("by an end in the middle are used as far as they are whole", async () => {
    const whole = readFileSync(kept);
    const lastLine = whole.indexOf("\nfile ", Math.floor(whole.length * 0.8));
    const { cached = 0, notices } = await outlive(whole.subarray(0, lastLine + 150));
    expect(notices).toHaveLength(1);
    expect(cached).toBeGreaterThan(100);
    expect(cached).toBeLessThan(sound);
  });

  it("by flipped bits are not believed where they are", async () => {
    const bytes = readFileSync(kept);
    const end = bytes.indexOf("\n");
    for (let at = end + 97; at < bytes.length; at += 9_973) bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
    const { cached = 0, notices } = await outlive(bytes);
    expect(notices).toHaveLength(1);
    expect(cached).toBeGreaterThan(100);
    expect(cached).toBeLessThan(sound);
  });

  it("by other severities are not believed", async () => {
    const { notices } = await outlive(readFileSync(kept, "utf8").replaceAll('"severity":"high"', '"severity":"low"'));
    expect(notices).toHaveLength(1);
  });

  it("in the first line are not believed", async () => {
    const { cached } = await outlive(readFileSync(kept, "utf8").replace("sarif-gate-results 3", "sarif-gate-results 2"));
    expect(cached).toBe(0);
  });
});

describe("results that were kept", () => {
  const FOREIGN = { cached: 0, notices: [expect.stringContaining("not used: they are of another scanner, interpreter or version.")] };

  it("by another version of the program are not used, which is told, and are replaced", async () => {
    const { cache, kept } = copyOfWarm();
    const program = "runOtherwise()";
    const scanned = await scanTree({ cache, program });
    expect(saidBy(scanned.report)).toEqual(saidBy(first.report));
    expect(savedBy(scanned)).toEqual(FOREIGN);
    expect(keptIn(cache)).toBe(kept);
    expect(savedBy(await scanTree({ cache, program }))).toEqual({ cached: sound, notices: [] });
    expect(savedBy(await scanTree({ cache }))).toEqual(FOREIGN);
  });

  /** Makes the next patch of each interpreter of this machine, with what is installed for the newest. */
  async function renewInterpreters(cache: string): Promise<void> {
    const host = hostWithCache({ cache, scratch });
    const request = { tool: "bandit", indexUrl: null, offline: true, timeoutMs: 60_000 } as const;
    const installed = async () => {
      const interpreter = await choosePython({ python: null, path: tree }, host);
      return (await describePythonTool({ ...request, interpreter }, host)).item.directory;
    };
    const before = await installed();
    const answers = join(cache, "python", "interpreters.json");
    writeFileSync(
      answers,
      readFileSync(answers, "utf8").replace(/("version":\[3,\d+,)(\d+)/gu, (_, minor, patch) => `${minor}${patch}9`),
    );
    const after = await installed();
    expect(after).not.toBe(before);
    symlinkSync(realpathSync(before), after);
  }

  it("with another interpreter are not used, which is told, and are replaced", async () => {
    const { cache, kept } = copyOfWarm();
    await renewInterpreters(cache);
    const scanned = await scanTree({ cache });
    expect(saidBy(scanned.report)).toEqual(saidBy(first.report));
    expect(savedBy(scanned)).toEqual(FOREIGN);
    expect(keptIn(cache)).toBe(kept);
    expect(savedBy(await scanTree({ cache }))).toEqual({ cached: sound, notices: [] });
  });

  it("are as good as before when the disk is full: the same is said, the loss is told, and the next scan makes up for it", async () => {
    const { cache, kept } = copyOfWarm();
    const whole = readFileSync(kept);
    const three = whole.subarray(0, whole.indexOf("\nfile ", Math.floor(whole.length * 0.75)));
    writeFileSync(kept, three);
    const program = `
      import { saidBy, saidOfCache, scanWithCache } from ${JSON.stringify(join(ROOT, "__tests__", "support", "scan-with-cache.ts"))};
      const report = await scanWithCache(JSON.parse(process.argv[1]));
      console.log(JSON.stringify({ said: saidBy(report), ofCache: saidOfCache(report) }));`;
    const options: CachedScan = { cache, scratch, config: configOf(true) };
    const argv = [process.execPath, "--input-type=module-typescript", "-e", program, JSON.stringify(options)];
    const kibibytes = Math.ceil(three.length / 1024);
    const { stdout } = spawnSync("bash", ["-c", `trap "" XFSZ; ulimit -f ${kibibytes}; exec "$@"`, "-", ...argv], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const { said, ofCache } = JSON.parse(stdout) as { said: unknown; ofCache: unknown };
    expect(said).toEqual(JSON.parse(JSON.stringify(saidBy(first.report))));
    expect(ofCache).toEqual([expect.stringMatching(/^The results of this run cannot be kept for the next one: EFBIG/u)]);
    const next = await scanTree({ cache });
    expect(saidBy(next.report)).toEqual(saidBy(first.report));
    expect(savedBy(next).cached).toBeLessThan(sound);
    expect(savedBy(await scanTree({ cache }))).toEqual({ cached: sound, notices: [] });
  });
});

describe("two scans at the same time", () => {
  it("say the same as one, and leave what the next can use", async () => {
    const cache = newCache();
    const both = await Promise.all([scanTree({ cache }), scanTree({ cache })]);
    for (const one of both) expect(saidBy(one.report)).toEqual(saidBy(first.report));
    const next = await scanTree({ cache });
    expect(saidBy(next.report)).toEqual(saidBy(first.report));
    expect(savedBy(next)).toEqual({ cached: sound, notices: [] });
  });
});

describe("a tree of which a twentieth changed", () => {
  let commit = "";
  beforeAll(() => {
    commit = git(tree, "rev-parse", "HEAD");
    const library = pythonFiles().filter((path) => path.startsWith("library/"));
    const every = (step: number, offset: number) => library.filter((_, index) => index % step === offset);
    const edited = [...every(60, 0), "shop/__init__.py", "commented.py"];
    for (const path of edited) put(path, `assert True\n${readFileSync(join(tree, path), "utf8")}exec("1") # nosec\n`);
    for (const path of every(80, 1)) rmSync(join(tree, path));
    for (const path of every(80, 2)) renameSync(join(tree, path), join(tree, `${path.slice(0, -3)}_moved.py`));
    for (const path of every(80, 3)) cpSync(join(tree, path), join(tree, "added", basename(path)));
    // Every file below is in a package now.
    put("library/json/deeper/__init__.py", "import pickle\n");
    put("library/__init__.py", "");
    git(tree, "add", "--all");
    git(tree, "commit", "--quiet", "--message=second");
  });

  it("is said what is said without the cache", async () => {
    const { cache } = copyOfWarm();
    const [changed, fresh] = [await scanTree({ cache }), await scanTree({ cache, useCache: false })];
    expect(saidBy(changed.report)).toEqual(saidBy(fresh.report));
    expect(saidBy(changed.report)).not.toEqual(saidBy(first.report));
    expect(savedBy(changed).cached).toBeGreaterThan(30);
    expect(saidBy((await scanTree({ cache })).report)).toEqual(saidBy(fresh.report));
  });

  it("is compared with its base as without the cache, and what the change touched is looked at again", async () => {
    const { cache } = copyOfWarm();
    await scanTree({ cache });
    const request: BaseRequest = {
      kind: "compare",
      measure: { by: "commit", commit },
      policy: "head",
      whenMissing: "error",
      name: "the commit before",
    };
    const [compared, fresh] = [await scanTree({ cache, request }), await scanTree({ cache, request, useCache: false })];
    expect(saidBy(compared.report)).toEqual(saidBy(fresh.report));
    expect(compared.report.base).toMatchObject({ commit });
    const touched = git(tree, "diff", "--name-only", "--no-renames", "--diff-filter=AM", commit, "HEAD", "--", "*.py").split("\n");
    const lookedAt = givenTo(compared).filter((path) => path.startsWith(`${tree}/`));
    expect(lookedAt).toEqual([...touched, "broken.py"].map((path) => join(tree, path)).sort());
  });
});
