// Reports of Bandit as large as wanted: what it says of a corpus is recorded once, and repeated over copies of the files that exist in name only.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join, relative } from "node:path";
import { systemClock } from "../src/host/system-clock.ts";
import { NO_FILE_CACHE } from "../src/pipeline/file-cache.ts";
import type { EndedCommand } from "../src/pipeline/read-report.ts";
import { runByFile } from "../src/pipeline/run-by-file.ts";
import type { RunCommands } from "../src/pipeline/run-commands.ts";
import type { IdentifiedOutput } from "../src/pipeline/run-result.ts";
import { banditCommands } from "../src/scanners/bandit/command.ts";
import { bandit } from "../src/scanners/bandit/index.ts";
import type { Installation, ScanTarget } from "../src/scanners/scanner.ts";
import { gitFiles, scannerPython } from "./by-hand.ts";
import { kept } from "./corpora/kept.ts";
import { pythonTarget } from "./python-target.ts";

interface Result {
  readonly filename: string;
  readonly test_id: string;
  readonly line_number: number;
}

/** What Bandit says of one file. */
interface Recorded {
  /** Relative to the corpus. */
  readonly file: string;
  readonly results: readonly Result[];
  readonly errors: readonly { readonly filename: string; readonly reason: string }[];
  readonly metrics: unknown;
}

/** Reports in a directory, and what merge-reports.ts needs to read them. */
export interface Workload {
  /** Where the sources are. */
  readonly corpus: string;
  /** Where the reports say that they are: nothing is there. */
  readonly root: string;
  /** Relative to `root`: the corpus's paths below the name of a copy. */
  readonly files: readonly string[];
  /** How many reports are worked off at once. */
  readonly jobs: number;
  /** By the first file of a share: the directory of its report, relative to that of the workload, and Bandit's exit status. */
  readonly shares: Readonly<Record<string, { readonly directory: string; readonly status: number }>>;
}

export interface WrittenWorkload {
  readonly directory: string;
  readonly bytes: number;
  /** `file:line:rule` of every finding in the reports. */
  readonly findings: readonly string[];
}

/** As a scan starts Bandit: `START` in src/tools/python-tools.ts. */
const START = ["-I", "-B", "-c", "import gc; gc.disable(); from bandit.cli.main import main; main()"];

/** Records what Bandit says of a kept corpus, with the command line of a scan. */
export async function recordReports(corpus: string): Promise<readonly Recorded[]> {
  const files = gitFiles(corpus).filter((file) => file.endsWith(".py"));
  const directory = await kept(
    `${basename(corpus)}-recorded`,
    [corpus, readFileSync(`${corpus}.recipe`, "utf8"), scannerPython(), START],
    (work) => {
      const launch = [scannerPython(), ...START];
      const installation = { launch, version: "", databaseDirectory: null, database: null, python: null };
      const context = { directory: () => work, installation, timeoutMs: 0, searchPath: "/usr/bin:/bin" };
      const [command] = banditCommands(pythonTarget(corpus, files), context);
      if (command === undefined) throw new Error("Bandit has no command");
      for (const { name: input, text } of command.inputs) writeFileSync(join(work, input), text);
      runBandit(command.argv, command.env);
    },
  );
  return byFile(JSON.parse(readFileSync(join(directory, "report.json"), "utf8")), corpus, files);
}

/** Its exit status is 1 when it has findings. */
function runBandit([file = "", ...words]: readonly string[], env: Readonly<Record<string, string>>): void {
  try {
    execFileSync(file, words, { env, stdio: "ignore" });
  } catch (failure) {
    if (!(failure instanceof Error && "status" in failure && failure.status === 1)) throw failure;
  }
}

interface WholeReport {
  readonly results: readonly Result[];
  readonly errors: Recorded["errors"];
  readonly metrics: Readonly<Record<string, unknown>>;
}

function byFile({ results, errors, metrics }: WholeReport, corpus: string, files: readonly string[]): Recorded[] {
  const resultsOf = new Map<string, Result[]>(files.map((file) => [file, []]));
  for (const result of results) resultsOf.get(relative(corpus, result.filename))?.push(result);
  return files.map((file) => ({
    file,
    results: resultsOf.get(file) ?? [],
    errors: errors.filter(({ filename }) => filename === join(corpus, file)),
    metrics: metrics[join(corpus, file)],
  }));
}

/** How much is wanted: at least so many bytes of reports, or findings. */
export type Amount = { readonly bytes: number } | { readonly findings: number };

/** Writes reports as Bandit would for a tree of so many copies, shared out as a scan shares it out. */
export async function writeWorkload(
  directory: string,
  { corpus, recorded }: { readonly corpus: string; readonly recorded: readonly Recorded[] },
  amount: Amount,
): Promise<WrittenWorkload> {
  const root = join(directory, "tree");
  const copied = [...copies(recorded, root, amount)];
  const byName = new Map(copied.map((one) => [one.file, one]));
  const jobs = availableParallelism();
  const files = [...byName.keys()].sort();
  const size = (file: string) => statSync(join(corpus, originalOf(file))).size;
  const shares = await sharesOf({ ...pythonTarget(root, files), size }, jobs);
  let bytes = 0;
  const placed = shares.map((share, index) => {
    const place = `share-${index}`;
    const of = share.flatMap((file) => byName.get(file) ?? []);
    const report = JSON.stringify(reportOf(of, root), null, 2);
    rmSync(join(directory, place), { recursive: true, force: true });
    mkdirSync(join(directory, place), { recursive: true });
    writeFileSync(join(directory, place, "report.json"), report);
    bytes += Buffer.byteLength(report);
    return [share[0] ?? "", { directory: place, status: of.some(({ results }) => results.length > 0) ? 1 : 0 }] as const;
  });
  const workload: Workload = { corpus, root, files, jobs, shares: Object.fromEntries(placed) };
  writeFileSync(join(directory, "workload.json"), JSON.stringify(workload));
  const findings = copied.flatMap(({ file, results }) => results.map(({ line_number, test_id }) => `${file}:${line_number}:${test_id}`));
  return { directory, bytes, findings };
}

/** Does what a scan does file by file, but that `end` says for the files of each share how Bandit ended on them, and no process is started. */
export async function runOver(
  target: ScanTarget,
  jobs: number,
  end: (files: readonly string[]) => Promise<EndedCommand[]>,
): Promise<IdentifiedOutput> {
  const [part] = bandit.parts;
  if (part.byFile === undefined) throw new Error("Bandit does not run file by file");
  const install = async (): Promise<Installation> => ({
    launch: [],
    version: "recorded",
    databaseDirectory: null,
    database: null,
    python: null,
  });
  const runCommands: RunCommands = (_, { python }) => end(python);
  const job = { scanner: bandit, part, byFile: part.byFile, target, cache: NO_FILE_CACHE, install, runCommands, jobs };
  return (await runByFile(job, { clock: systemClock, platform: { os: "linux", arch: "x64", cores: jobs } })).output;
}

/** How a scan would share the files out: it is asked, and no share of it ever ends. */
async function sharesOf(target: ScanTarget, jobs: number): Promise<readonly (readonly string[])[]> {
  const shares: (readonly string[])[] = [];
  const stopped = new Error("only the shares are wanted");
  await runOver(target, jobs, async (files) => {
    shares.push(files);
    throw stopped;
  }).catch((thrown: unknown) => {
    if (thrown !== stopped) throw thrown;
  });
  return shares;
}

/** The path in the corpus of a file of a copy. */
export function originalOf(file: string): string {
  return file.slice(file.indexOf("/") + 1);
}

function* copies(recorded: readonly Recorded[], root: string, amount: Amount): Generator<Recorded> {
  const wanted = "bytes" in amount ? amount.bytes : amount.findings;
  let got = 0;
  for (let copy = 0; ; copy += 1) {
    for (const { file, results, errors, metrics } of recorded) {
      const name = `copy-${copy}/${file}`;
      const filename = join(root, name);
      const one = { file: name, results: renamed(results, filename), errors: renamed(errors, filename), metrics };
      yield one;
      got += "bytes" in amount ? JSON.stringify(reportOf([one], root), null, 2).length : results.length;
      if (got >= wanted) return;
    }
  }
}

function renamed<Named extends { readonly filename: string }>(list: readonly Named[], filename: string): Named[] {
  return list.map((one) => ({ ...one, filename }));
}

function reportOf(files: readonly Recorded[], root: string): object {
  return {
    errors: files.flatMap(({ errors }) => errors),
    generated_at: "2026-11-21T00:00:00Z",
    metrics: Object.fromEntries(files.map(({ file, metrics }) => [join(root, file), metrics])),
    results: files.flatMap(({ results }) => results),
  };
}
