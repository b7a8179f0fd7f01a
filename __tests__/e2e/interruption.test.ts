// The command line and the action, interrupted at moments that can be observed: what a run leaves behind, and whether the next one works. Processes are looked
// for by the private directories of the run, one of which stands in the environment or the arguments of each.

import { type ChildProcess, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { freshDatabases } from "../support/fresh-databases.ts";
import { freshCache } from "../support/installed-tools.ts";
import { isAlive, processesWith } from "../support/live-processes.ts";
import { runAction } from "../support/run-action.ts";
import { makeProject, runCli, SAFETY_DATABASE, TRIVY_DATABASE } from "../support/run-cli.ts";

/** A runner sends the second signal after 7,500 ms and kills after 10,000. */
const RUNNER_PATIENCE_MS = 7500;

/** The directories that only one run has. */
interface Places {
  /** Where its private directory is made. */
  readonly temp: string;
  readonly cache: string;
}

/** Whether it is time to send the signal. */
type Moment = (places: Places) => boolean;

const started: Moment = () => true;
const prepared: Moment = ({ temp }) => scratchIn(temp).length > 0;
const runs =
  (pattern: RegExp): Moment =>
  (places) =>
    commandLines(places).some((words) => pattern.test(words));
const git = runs(/git .*(?:rev-parse|ls-files)/u);
const pip = runs(/ -m pip /u);
const bandit = runs(/ -c .*from bandit\.cli.*report\.json/su);
const safety = runs(/ -c .*from safety\.cli.* check /su);
const trivy = runs(/trivy fs .*trivy-head/u);
const writes: Moment = ({ temp }) => ["out", "sarif-gate"].some((name) => existsSync(join(temp, name)));

interface Interruption {
  readonly moment: Moment;
  readonly signals: readonly NodeJS.Signals[];
}

interface Interrupted {
  /** Whether the moment came before the process had ended. */
  readonly hit: boolean;
  /** From the first signal to the end, milliseconds. */
  readonly ms: number;
  /** As a shell sees it: 128 and the number of the signal where one has killed it. */
  readonly status: number | null;
}

/** Sends the signals once the moment has come, and resolves when the process has ended. */
async function interrupt(child: ChildProcess, places: Places, { moment, signals }: Interruption): Promise<Interrupted> {
  const ended = new Promise<number | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal === null ? code : 128 + constants.signals[signal])),
  );
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  while (isRunning() && !moment(places)) await delay(5);
  const hit = isRunning();
  const since = performance.now();
  for (const [index, signal] of signals.entries()) {
    if (index > 0) await delay(20);
    child.kill(signal);
  }
  const status = await ended;
  return { hit, ms: performance.now() - since, status };
}

function scratchIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith("sarif-gate-"));
}

/** What must not be there when a run is over. */
interface Leftovers {
  readonly processes: readonly string[];
  readonly scratch: readonly string[];
  readonly partial: readonly string[];
}

const NOTHING: Leftovers = { processes: [], scratch: [], partial: [] };

function leftovers(places: Places): Leftovers {
  const partial = readdirSync(places.cache, { recursive: true })
    .map(String)
    .filter((path) => path.includes(".partial-"));
  return { processes: commandLines(places), scratch: scratchIn(places.temp), partial };
}

/** Of the processes of one run. */
function commandLines({ temp, cache }: Places): string[] {
  return [temp, cache].flatMap((directory) => [...processesWith(directory)].flatMap(([pid, words]) => (isAlive(pid) ? [words] : [])));
}

function temporary(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "interruption-")));
}

/** Findings of low severity, of which the files take a while to write. */
const MANY_FINDINGS = "assert VALUE\n".repeat(8000);

/** A checkout whose verdict is `pass`. Its source is new each time, so that no cache answers for a scanner. */
function makeCheckout(source = ""): string {
  const directory = makeProject({ "app.py": `VALUE = "${randomUUID()}"\n`.repeat(2000) + source, "requirements.txt": "six==1.16.0\n" });
  spawnSync("git", ["init", "--quiet"], { cwd: directory });
  return directory;
}

/** A git that takes its time before it answers as git does, or never answers. */
function slowGit(rest: string): string {
  const directory = temporary();
  const real = spawnSync("/bin/sh", ["-c", "command -v git"], { encoding: "utf8" }).stdout.trim();
  writeFileSync(join(directory, "git"), `#!/bin/sh\n${rest.replace("REAL", real)}\n`);
  chmodSync(join(directory, "git"), 0o755);
  return `${directory}:${process.env["PATH"] ?? ""}`;
}

interface CliRun {
  readonly words: readonly string[];
  readonly cache: string;
  readonly path?: string;
  readonly interruption?: Interruption;
}

interface CliEnd {
  readonly status: number | null;
  readonly left: Leftovers;
  readonly interrupted: Interrupted | null;
}

async function runInterruptedCli({ words, cache, path = process.env["PATH"] ?? "", interruption }: CliRun): Promise<CliEnd> {
  const temp = temporary();
  let interrupted: Promise<Interrupted> | null = null;
  const { status } = await runCli([...words, "--out", join(temp, "out")], {
    env: { TMPDIR: temp, XDG_CACHE_HOME: cache, PATH: path },
    during: (child) => {
      if (interruption !== undefined) interrupted = interrupt(child, { temp, cache }, interruption);
    },
  });
  return { status, left: leftovers({ temp, cache }), interrupted: await interrupted };
}

function scanWords(scanners = "bandit,safety,trivy", source = ""): string[] {
  const databases = ["--safety-db", SAFETY_DATABASE, "--trivy-db", TRIVY_DATABASE, "--max-database-age", "any"];
  return ["scan", makeCheckout(source), "--scanners", scanners, ...databases];
}

const PATH = process.env["PATH"] ?? "";
const SLOW_GIT = slowGit('/bin/sleep 0.5\nexec REAL "$@"');

describe.runIf(process.platform === "linux")("the command line", () => {
  it("ends by the signal, and leaves nothing, when it is interrupted before it has begun", async () => {
    const run = await runInterruptedCli({
      words: scanWords(),
      cache: freshCache(),
      interruption: { moment: started, signals: ["SIGINT"] },
    });

    expect([run.interrupted?.status, run.left]).toEqual([130, NOTHING]);
  });

  it.each([
    ["when its private directory is there", prepared, "SIGTERM", 143],
    ["while git is asked", git, "SIGINT", 130],
    ["while Bandit runs", bandit, "SIGINT", 130],
    ["while Safety runs", safety, "SIGTERM", 143],
    ["while Trivy runs", trivy, "SIGINT", 130],
    ["by the end of its terminal while Trivy runs", trivy, "SIGHUP", 129],
    ["while results are written", writes, "SIGTERM", 143],
  ] as const)("leaves nothing and says by its status that it was interrupted %s", async (_name, moment, signal, status) => {
    const path = moment === git ? SLOW_GIT : PATH;
    const words = scanWords(undefined, moment === writes ? MANY_FINDINGS : "");
    const run = await runInterruptedCli({ words, cache: freshCache(), path, interruption: { moment, signals: [signal] } });

    expect([run.interrupted?.status, run.interrupted?.hit, run.left]).toEqual([status, true, NOTHING]);
    expect(run.interrupted?.ms).toBeLessThan(RUNNER_PATIENCE_MS);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("leaves nothing when SIGINT and %s come while scanners run", async (second) => {
    const interruption = { moment: trivy, signals: ["SIGINT", second] } as const;
    const run = await runInterruptedCli({ words: scanWords(), cache: freshCache(), interruption });

    expect([run.interrupted?.status, run.interrupted?.hit, run.left]).toEqual([130, true, NOTHING]);
  });

  it("ends within the patience of a runner, and leaves nothing, when git never answers", async () => {
    const path = slowGit("exec /bin/sleep 61");
    const interruption = { moment: runs(/sleep 61/u), signals: ["SIGINT"] } as const;
    const run = await runInterruptedCli({ words: scanWords(), cache: freshCache(), path, interruption });

    expect([run.interrupted?.status, run.interrupted?.hit, run.left]).toEqual([130, true, NOTHING]);
    expect(run.interrupted?.ms).toBeLessThan(RUNNER_PATIENCE_MS);
  });

  it("leaves nothing of the demo when it is interrupted while a scanner runs", async () => {
    const run = await runInterruptedCli({ words: ["demo"], cache: freshCache(), interruption: { moment: trivy, signals: ["SIGTERM"] } });

    expect([run.interrupted?.status, run.interrupted?.hit, run.left]).toEqual([143, true, NOTHING]);
  });

  it("passes with the same cache, and leaves nothing, when nobody interrupts it", async () => {
    const { status, left } = await runInterruptedCli({ words: scanWords(), cache: freshCache() });

    expect([status, left]).toEqual([0, NOTHING]);
  });
});

describe.runIf(process.platform === "linux")("the command line with an empty cache", () => {
  const cache = temporary();

  it.each([
    ["once", ["demo"], ["SIGINT"], 130],
    ["twice", scanWords("bandit"), ["SIGTERM", "SIGTERM"], 143],
  ] as const)("leaves no half-installed tool when it is interrupted %s while pip downloads", async (_name, words, signals, status) => {
    const run = await runInterruptedCli({ words, cache, interruption: { moment: pip, signals } });

    expect([run.interrupted?.status, run.interrupted?.hit, run.left]).toEqual([status, true, NOTHING]);
    expect(run.interrupted?.ms).toBeLessThan(RUNNER_PATIENCE_MS);
  });

  it("installs and passes when nobody interrupts it any more", async () => {
    const { status, left } = await runInterruptedCli({ words: scanWords("bandit"), cache });

    expect([status, left]).toEqual([0, NOTHING]);
  });
});

interface ActionEnd {
  readonly status: number | null;
  readonly verdict: string | undefined;
  readonly left: Leftovers;
  readonly interrupted: Interrupted | null;
}

interface ActionRun {
  readonly cache?: string;
  readonly interruption?: Interruption;
  readonly path?: string;
  readonly scanners?: string;
  readonly source?: string;
}

describe.runIf(process.platform === "linux")("the action", () => {
  let databases: Record<"safety-db" | "trivy-db", string>;

  beforeAll(() => {
    databases = freshDatabases();
  });

  async function runInterruptedAction(run: ActionRun) {
    const { cache = freshCache(), interruption, path = PATH, scanners = "bandit,safety,trivy", source = "" } = run;
    let runnerTemp = "";
    let interrupted: Promise<Interrupted> | null = null;
    const inputs = { upload: "never", scanners, ...databases };
    const { status, outputs } = await runAction(makeCheckout(source), inputs, {
      env: { RUNNER_TOOL_CACHE: cache, PATH: path },
      during: (child, temp) => {
        runnerTemp = realpathSync(join(temp, "runner"));
        if (interruption !== undefined) interrupted = interrupt(child, { temp: runnerTemp, cache }, interruption);
      },
    });
    const end: ActionEnd = {
      status,
      verdict: outputs.get("verdict"),
      left: leftovers({ temp: runnerTemp, cache }),
      interrupted: await interrupted,
    };
    return end;
  }

  it("is not green, and leaves nothing, when it is interrupted before it has begun", async () => {
    const run = await runInterruptedAction({ interruption: { moment: started, signals: ["SIGINT"] } });

    expect([run.interrupted?.status, run.verdict, run.left]).toEqual([130, undefined, NOTHING]);
  });

  it.each([
    ["while git is asked", git, "SIGTERM"],
    ["while Bandit runs", bandit, "SIGINT"],
    ["while Safety runs", safety, "SIGINT"],
    ["while Trivy runs", trivy, "SIGTERM"],
    ["while results are written", writes, "SIGINT"],
  ] as const)("fails with the verdict error, and leaves nothing, when it is interrupted %s", async (_name, moment, signal) => {
    const path = moment === git ? SLOW_GIT : PATH;
    const source = moment === writes ? MANY_FINDINGS : "";
    const run = await runInterruptedAction({ interruption: { moment, signals: [signal] }, path, source });

    expect([run.status, run.verdict, run.interrupted?.hit, run.left]).toEqual([1, "error", true, NOTHING]);
    expect(run.interrupted?.ms).toBeLessThan(RUNNER_PATIENCE_MS);
  });

  it("is not green, and leaves nothing, when two signals come while git never answers", async () => {
    const interruption = { moment: runs(/sleep 62/u), signals: ["SIGINT", "SIGTERM"] } as const;
    const run = await runInterruptedAction({ interruption, path: slowGit("exec /bin/sleep 62") });

    expect([run.interrupted?.status, run.interrupted?.hit, run.left]).toEqual([130, true, NOTHING]);
    expect([undefined, "error"]).toContain(run.verdict);
  });

  it("passes with the same cache, and leaves nothing, when nobody interrupts it", async () => {
    const { status, verdict, left } = await runInterruptedAction({});

    expect([status, verdict, left]).toEqual([0, "pass", NOTHING]);
  });

  it("leaves no half-installed tool when it is interrupted while pip downloads into an empty cache, and the next run passes", async () => {
    const cache = temporary();
    const run = await runInterruptedAction({ cache, scanners: "bandit", interruption: { moment: pip, signals: ["SIGINT"] } });

    expect([run.status, run.verdict, run.interrupted?.hit, run.left]).toEqual([1, "error", true, NOTHING]);
    expect(await runInterruptedAction({ cache, scanners: "bandit" })).toMatchObject({ status: 0, verdict: "pass", left: NOTHING });
  });
});
