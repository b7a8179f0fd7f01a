// What a scanner can do whose own release is malicious: it finds no secret of the job where it looks for one, cannot hang or flood the gate, give it orders
// or leave anything behind. The built dist, and a real Bandit with code of the attacker in front of it (see compromised-scanner.ts). Linux only: /proc.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  compromisedScanner,
  lookAround,
  openDescriptors,
  processesLeft,
  readSeen,
  type Seen,
  type WatchedScan,
  watchedScan,
} from "../support/compromised-scanner.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { processesWith } from "../support/live-processes.ts";
import { runAction, TOKEN } from "../support/run-action.ts";
import { makeProject, type Report, ROOT, scanDirectory } from "../support/run-cli.ts";
import { runnerCommands } from "../support/runner-commands.ts";

const CLEAN = { "app.py": "VALUE = 1\n" };
const VULNERABLE = { "app.py": "import subprocess\n\nsubprocess.call(input(), shell=True)\n", "requirements.txt": "jinja2==2.10\n" };
const MEMORY_LIMIT = 512 * 1024 * 1024;
const MIB = 1024 * 1024;

/** All of the attacker's files, and the compromised tools. */
const scratch = mkdtempSync(join(tmpdir(), "sarif-gate-attacker-"));
const bandit = compromisedScanner("bandit", scratch);
let files = 0;

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A file of the attacker's that is not there yet. */
function newFile(): string {
  files += 1;
  return join(scratch, `file-${files}`);
}

/** Python that tells us that it ran. */
function leaveMark(file: string): string {
  return `open(${JSON.stringify(file)}, "w").close()`;
}

/** Python: where the report of this Bandit goes, what it is given to scan, and a report that says so and passes for real. */
const FORGE = `
import json, os, sys
report = sys.argv[sys.argv.index("-o") + 1]
scanned = [word for word in sys.argv if word.endswith(".py")]
counts = {"nosec": 0, "skipped_tests": 0}
forged = {"generated_at": "2026-01-01T00:00:00Z", "errors": [], "metrics": {"_totals": counts}, "results": []}
forged["metrics"].update((path, counts) for path in scanned)
`;

async function scanAs(code: string, tree: Readonly<Record<string, string>> = CLEAN, argv: readonly string[] = []): Promise<WatchedScan> {
  await bandit.release(code);
  return await watchedScan(makeProject(tree), bandit.cache, argv);
}

function verdictOf({ status, report }: { status: number | null; report: Report }): [number | null, string] {
  return [status, report.verdict];
}

function expectError(scanned: WatchedScan, cause: RegExp): void {
  expect(verdictOf(scanned)).toEqual([3, "error"]);
  expect(scanned.report.runs.map(({ error }) => error?.message ?? "").join("\n")).toMatch(cause);
  expect(scanned.peakBytes).toBeGreaterThan(16 * MIB); // it was measured
  expect(scanned.peakBytes).toBeLessThan(MEMORY_LIMIT);
}

describe("a copy of the installed Bandit", () => {
  it("finds what the installed one finds", async () => {
    const project = makeProject(VULNERABLE);
    const real = await scanDirectory(project, ["--scanners", "bandit"]);
    await bandit.release("");
    const copied = await watchedScan(project, bandit.cache);
    expect(verdictOf(copied)).toEqual([1, "fail"]);
    expect(copied.report.findings).toEqual(real.report.findings);
  });

  it("is an error when it cannot load a check, which Bandit itself passes over", async () => {
    expectError(await scanAs('import sys\nsys.modules["bandit.plugins.exec"] = None'), /exec_used could not be loaded/u);
  });

  it("is not started once a file of it was changed, and the scan is an error", async () => {
    const mark = newFile();
    bandit.tamper(leaveMark(mark));
    const { status, stdout, report } = await watchedScan(makeProject(CLEAN), bandit.cache);
    expect([status, report.verdict, existsSync(mark)]).toEqual([3, "error", false]);
    expect(stdout).toMatch(/is damaged \(.*bandit\/__/u);
  });

  it("runs the attacker's code when the change is part of what was recorded", async () => {
    const mark = newFile();
    const scanned = await scanAs(leaveMark(mark));
    expect([...verdictOf(scanned), existsSync(mark)]).toEqual([0, "pass", true]);
  });
});

/** Variables of a job, each with a value that is easy to find again. */
const JOB_VARIABLES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "ACTIONS_RUNTIME_TOKEN",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
      "ACTIONS_ID_TOKEN_REQUEST_URL",
      "ACTIONS_CACHE_URL",
      "ACTIONS_RESULTS_URL",
      "ACTIONS_RUNTIME_URL",
      "ACTIONS_STEP_DEBUG",
      "GITHUB_TOKEN",
      "GH_TOKEN",
      "NODE_AUTH_TOKEN",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AZURE_CLIENT_SECRET",
      "GOOGLE_APPLICATION_CREDENTIALS",
      "DATABASE_URL",
      "SSH_AUTH_SOCK",
      "PIP_INDEX_URL",
      "PIP_EXTRA_INDEX_URL",
      "PIP_CONFIG_FILE",
      "PYTHONPATH",
      "PYTHONSTARTUP",
      "PYTHONINSPECT",
      "PYTHONBREAKPOINT",
      "LD_LIBRARY_PATH",
      "LD_DEBUG_OUTPUT",
      "DYLD_INSERT_LIBRARIES",
      "BASH_ENV",
      "TRIVY_USERNAME",
      "TRIVY_PASSWORD",
      "TRIVY_CONFIG",
      "TRIVY_SKIP_DIRS",
      "SAFETY_API_KEY",
      "SAFETY_DB_DIR",
      "BANDIT_CONFIG",
      "LC_ALL",
    ].map((name) => [name, `value-of-${name.toLowerCase()}`]),
  ),
  HTTPS_PROXY: "http://user:value-of-proxy@127.0.0.1:9",
};

/** What a scanner is given. SARIF_GATE_PROCESS is a random mark by which the processes of a run are found again. */
const GIVEN = ["HOME", "LANG", "PATH", "TEMP", "TMP", "TMPDIR", "USERPROFILE"];

function expectNothingOfTheJob(seen: Seen, secrets: readonly string[], own: readonly string[] = []): void {
  const names = Object.keys(seen.environment).filter((name) => name !== "SARIF_GATE_PROCESS");
  expect(names.sort()).toEqual([...GIVEN, ...own].sort());
  expect(seen.rawEnvironment.map((entry) => entry.split("=", 1)[0]).sort()).toEqual(Object.keys(seen.environment).sort());
  expect(secrets.filter((secret) => JSON.stringify(seen).includes(secret))).toEqual([]);
}

function expectPrivatePlaces({ places, environment, isolated, searchPath, rawArguments }: Seen, cache: string, workspace: string): void {
  const made = Object.values(places);
  expect(made.map(({ mode, entries }) => [mode, entries])).toEqual(made.map(() => ["0o700", []]));
  expect(new Set([...made.map(({ path }) => path), workspace]).size).toBe(4);
  expect(environment["PATH"]).toBe("/usr/bin:/bin");
  expect(isolated).toBe(true);
  expect(rawArguments[0]?.startsWith(join(cache, "sarif-gate", "python"))).toBe(true);
  expect(searchPath.filter((path) => path === "" || path.startsWith(workspace) || path === places.cwd.path)).toEqual([]);
}

/**
 * Both output streams are node's pipes, which are sockets. A child that is left everything inherits no more than these. What the tests themselves were
 * started with is not counted: node hands on what its own parent left open above descriptor 16.
 */
function expectOnlyStandardStreams({ own, child }: Record<"own" | "child", Seen>): void {
  const foreign = openDescriptors();
  const ofOurs = ({ descriptors }: Seen) =>
    Object.fromEntries(Object.entries(descriptors).filter(([number, target]) => Number(number) < 3 || foreign.get(number) !== target));
  const stream = expect.stringMatching(/^(?:socket|pipe):/u);
  expect(ofOurs(own)).toEqual({ 0: "/dev/null", 1: stream, 2: stream });
  expect(ofOurs(child)).toEqual({ 0: "/dev/null", 1: stream, 2: own.descriptors["2"] });
}

describe("a scanner that looks around for secrets", () => {
  const values = Object.values(JOB_VARIABLES);

  it("finds none of the job's in the action: not in its environment, arguments or descriptors, nor in those of a child", async () => {
    const workspace = makeProject(VULNERABLE);
    const file = newFile();
    await bandit.release(lookAround(file));
    const env = { ...JOB_VARIABLES, RUNNER_TOOL_CACHE: bandit.cache };
    const { temp, outputs } = await runAction(workspace, { scanners: "bandit", offline: "true", upload: "never" }, { env });
    expect(outputs.get("verdict")).toBe("fail");
    const seen = readSeen(file);
    const commandFiles = ["OUTPUT", "STATE", "ENV", "PATH", "STEP_SUMMARY", "event.json"].map((name) => join(temp, name));
    for (const one of [seen.own, seen.child]) expectNothingOfTheJob(one, [...values, TOKEN, "INPUT_", ...commandFiles]);
    expectPrivatePlaces(seen.own, bandit.cache, workspace);
    expectOnlyStandardStreams(seen);
  });

  it("finds none of the caller's on the command line", async () => {
    const workspace = makeProject(VULNERABLE);
    const file = newFile();
    await bandit.release(lookAround(file));
    const env = { ...JOB_VARIABLES, INPUT_TOKEN: TOKEN, GITHUB_OUTPUT: newFile(), XDG_CACHE_HOME: bandit.cache };
    const scanned = await scanDirectory(workspace, ["--scanners", "bandit"], { env });
    expect(scanned.report.verdict).toBe("fail");
    const seen = readSeen(file);
    for (const one of [seen.own, seen.child]) expectNothingOfTheJob(one, [...values, TOKEN, env.GITHUB_OUTPUT]);
    expectPrivatePlaces(seen.own, bandit.cache, workspace);
    expectOnlyStandardStreams(seen);
  });

  it("finds all of it where it is given it", async () => {
    const file = newFile();
    await bandit.release(lookAround(file));
    const secret = newFile();
    writeFileSync(secret, "");
    const env = { ...JOB_VARIABLES, PATH: "/usr/bin:/bin", HOME: scratch, TMPDIR: scratch };
    const stdio = ["ignore", "pipe", "pipe", openSync(secret, "r")] as const;
    spawnSync(bandit.python, ["-I", "-B", "-m", "bandit", "--version"], { env, cwd: scratch, stdio: [...stdio] });
    const { own } = readSeen(file);
    expect(() => expectNothingOfTheJob(own, [])).toThrow();
    expect(values.filter((value) => !JSON.stringify(own).includes(value))).toEqual([]);
    expect(own.descriptors["3"]).toBe(secret);
  });

  it("does not find the low descriptors that the caller left open", async () => {
    const file = newFile();
    await bandit.release(lookAround(file));
    const secret = newFile();
    writeFileSync(secret, "");
    const argv = [join(ROOT, "dist", "cli.js"), "scan", makeProject(CLEAN), "--offline", "--scanners", "bandit", "--out", newFile()];
    const env = { ...process.env, XDG_CACHE_HOME: bandit.cache };
    const { status } = spawnSync(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe", openSync(secret, "r")] });
    expect(status).toBe(0);
    expectOnlyStandardStreams(readSeen(file));
    expect(JSON.stringify(readSeen(file))).not.toContain(secret);
  });

  it("finds none of the job's as Safety either", async () => {
    const safety = compromisedScanner("safety", scratch);
    const workspace = makeProject(VULNERABLE);
    const file = newFile();
    await safety.release(lookAround(file));
    const env = { ...JOB_VARIABLES, RUNNER_TOOL_CACHE: safety.cache };
    const inputs = { scanners: "safety", offline: "true", upload: "never", ...freshDatabases() };
    const { temp, outputs } = await runAction(workspace, inputs, { env });
    expect(outputs.get("verdict")).toBe("fail");
    const seen = readSeen(file);
    const own = ["SAFETY_COLOR", "SAFETY_REQUEST_TIMEOUT", "SAFETY_SYSTEM_CONFIG_PATH"];
    for (const one of [seen.own, seen.child]) expectNothingOfTheJob(one, [...values, TOKEN, join(temp, "OUTPUT")], own);
    expectPrivatePlaces(seen.own, safety.cache, workspace);
    expectOnlyStandardStreams(seen);
  });
});

/** Minutes, and the same in seconds. */
const LIMIT = ["0.08", 4.8] as const;

/** Python that forks `count` sleepers, of which each first does what `before` says. */
function sleepers(count: number, before: string, ready: string): string {
  return `
import os, signal, sys, time
for _ in range(${count}):
    if os.fork() == 0:
${before
  .split("\n")
  .map((line) => `        ${line}`)
  .join("\n")}
        time.sleep(120)
        os._exit(0)
time.sleep(0.2)
${leaveMark(ready)}
`;
}

const STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)";
const SESSION = `${STUBBORN}\nos.setsid()`;

describe.concurrent("a scanner that does not end", () => {
  it.each([
    ["forks 200 processes", 200, "pass"],
    ["starts a child that ignores SIGTERM", 1, STUBBORN],
    ["starts a child that ignores SIGTERM in a session of its own", 1, SESSION],
  ])("and %s is stopped at the time limit with all of them, and the scan is an error", async (_, count, before) => {
    const ready = newFile();
    const own = compromisedScanner("bandit", scratch);
    await own.release(`${sleepers(count, before, ready)}time.sleep(120)`);
    const project = makeProject(CLEAN);
    let most = 0;
    const look = setInterval(() => {
      most = Math.max(most, processesWith(project).size);
    }, 500);
    const scanned = await watchedScan(project, own.cache, ["--timeout", LIMIT[0]]);
    clearInterval(look);
    expectError(scanned, /did not end within .* and was stopped/u);
    expect(scanned.seconds).toBeLessThan(LIMIT[1] + 10);
    expect([existsSync(ready), most > count]).toEqual([true, true]);
    expect([...(await processesLeft(project))]).toEqual([]);
  });
});

describe("a scanner that ends", () => {
  it.each([
    ["a child", "pass"],
    ["a child that ignores SIGTERM", STUBBORN],
    ["a child in a session of its own", SESSION],
    ["a child in a session of its own that let go of the output", `${SESSION}\nos.close(1)\nos.close(2)`],
  ])("and leaves %s behind does not keep the scan waiting, and the child is stopped", async (_, before) => {
    const ready = newFile();
    await bandit.release(sleepers(1, before, ready));
    const project = makeProject(CLEAN);
    const scanned = await watchedScan(project, bandit.cache);
    expect([...verdictOf(scanned), existsSync(ready)]).toEqual([0, "pass", true]);
    expect(scanned.seconds).toBeLessThan(20);
    expect([...(await processesLeft(project))]).toEqual([]);
  });
});

/** Python that writes a gigabyte to a descriptor. */
function gigabyte(descriptor: string): string {
  return `import os, sys\nout = ${descriptor}\nfor _ in range(1024):\n    os.write(out, b"x" * 1048576)`;
}

describe("a scanner that floods", () => {
  it.each([
    ["standard output", "1", /more than \d+ MiB to its output streams/u],
    ["standard error", "2", /more than \d+ MiB to its output streams/u],
    ["its report", 'os.open(sys.argv[sys.argv.index("-o") + 1], os.O_WRONLY | os.O_CREAT)', /more than \d+ MiB to .*report\.json/u],
  ])("%s with a gigabyte is stopped, and the scan is an error", async (_, descriptor, cause) => {
    expectError(await scanAs(gigabyte(descriptor)), cause);
  });

  it("with a mebibyte on each stream and then works passes", async () => {
    const scanned = await scanAs('import os\nos.write(1, b"x" * 1048576)\nos.write(2, b"x" * 100000)');
    expect(verdictOf(scanned)).toEqual([0, "pass"]);
  });
});

/** Python that writes the forged report after `edit`, an edit of `text`. */
function forge(edit: string): string {
  return `${FORGE}\ntext = json.dumps(forged)\n${edit}\nopen(report, "w").write(text)\nsys.exit(0)`;
}

function nested(levels: number): string {
  return forge(`text = text[:-1] + ', "more": ' + "[" * ${levels} + "]" * ${levels} + "}"`);
}

function padded(mebibytes: number): string {
  return forge(`text = text[:-1] + ', "more": "' + "x" * ${mebibytes * MIB} + '"}'`);
}

/** Python that writes `count` findings in the shape of real ones, each on a line of its own so that no two are one. */
function findings(count: number): string {
  return `${FORGE}
result = json.dumps({"filename": scanned[0], "test_id": "B602", "test_name": "shell", "issue_text": "x", "issue_severity": "HIGH",
    "issue_confidence": "HIGH", "issue_cwe": {}, "more_info": "", "line_number": 4242, "line_range": [1], "col_offset": 0, "end_col_offset": 1})
forged["results"] = ["RESULTS"]
before, after = json.dumps(forged).split('"RESULTS"')
with open(report, "w") as file:
    file.write(before)
    for line in range(${count}):
        file.write((", " if line else "") + result.replace("4242", str(line + 1)))
    file.write(after)
sys.exit(1)`;
}

describe("a report of a scanner that lies", () => {
  it("is an error when it nests 200,000 levels deep, and is read when it nests ten", async () => {
    expectError(await scanAs(nested(200_000)), /nested more than \d+ levels/u);
    expect(verdictOf(await scanAs(nested(10)))).toEqual([0, "pass"]);
  });

  it("is an error when it is nothing but 200,000 brackets", async () => {
    expectError(await scanAs(forge('text = "[" * 200_000')), /cannot be read/u);
  });

  it("is an error when it has 65 MiB, and is read when it has one", async () => {
    expectError(await scanAs(padded(65)), /more than 64 MiB|report of \d+ bytes/u);
    expect(verdictOf(await scanAs(padded(1)))).toEqual([0, "pass"]);
  });

  it.each([
    [1_000_000, /more than \d+ MiB/u],
    [260_000, /more than \d+ (?:MiB|values|arrays and objects|findings)/u],
  ])("is an error when it has %i findings", async (count, cause) => {
    expectError(await scanAs(findings(count)), cause);
  });

  it("is read when it has a thousand findings, and all of them are counted", async () => {
    const scanned = await scanAs(findings(1000));
    expect([...verdictOf(scanned), scanned.report.findings.length]).toEqual([1, "fail", 1000]);
  });
});

describe("a scanner that gives the runner orders", () => {
  const ORDERS = [
    "::error::x",
    "##[add-mask]x",
    "\r::set-output name=verdict::pass",
    "::stop-commands::x",
    " \t::warning::x",
    "x ##[set-env name=A]x",
  ];
  const crash = (lines: readonly string[], status: number): string => `
import os, sys
for stream in (1, 2):
    os.write(stream, ${JSON.stringify(`${lines.join("\n")}\n`)}.encode())
sys.exit(${status})`;

  async function actAs(code: string): Promise<{ commands: string[]; outputs: [string, string][]; log: string; summary: string }> {
    await bandit.release(code);
    const inputs = { scanners: "bandit", offline: "true", upload: "never" };
    const { log, outputs, summary } = await runAction(makeProject(CLEAN), inputs, { env: { RUNNER_TOOL_CACHE: bandit.cache } });
    const pathless = [...outputs].filter(([name]) => !name.endsWith("-file"));
    return { commands: runnerCommands(log).map(({ name }) => name), outputs: pathless, log, summary };
  }

  it.each([
    ["an error status", 2],
    ["the status of findings and no report", 1],
  ])("in its last words before %s is quoted, not obeyed, and the outputs are those of any crash", async (_, status) => {
    const attacked = await actAs(crash(ORDERS, status));
    const crashed = await actAs(crash(["plain words"], status));
    expect(attacked.log).toContain("set-output name=verdict");
    expect(crashed.log).toContain("plain words");
    expect(attacked.commands).toEqual(crashed.commands);
    expect(attacked.outputs).toEqual(crashed.outputs);
    expect(new Map(attacked.outputs).get("verdict")).toBe("error");
  });

  it("is obeyed by a runner that reads them as they are", () => {
    const obeyed = new Set(runnerCommands(ORDERS.join("\n")).map(({ name }) => name));
    expect([...obeyed]).toEqual(["error", "add-mask", "set-output", "stop-commands", "warning", "set-env"]);
  });
});

/** Python that lets Bandit end and then does something to its report; `aside` is a path that is free. */
function afterwards(action: string, aside = newFile()): string {
  return `
import atexit, os, sys
report, aside = sys.argv[sys.argv.index("-o") + 1], ${JSON.stringify(aside)}
def swap():
    os.rename(report, aside)
${action
  .split("\n")
  .map((line) => `    ${line}`)
  .join("\n")}
atexit.register(swap)`;
}

describe("a scanner that puts something else in the place of its report", () => {
  const replaced = `directory = os.path.dirname(report)
os.rename(directory, directory + "-aside")
os.mkdir(directory)
os.rename(aside, report)`;

  it.each([
    ["a symbolic link to a valid one", "os.symlink(aside, report)", /a symbolic link stands in its place/u],
    ["a symbolic link to a device without end", 'os.symlink("/dev/zero", report)', /a symbolic link stands in its place/u],
    ["a pipe with a name", "os.mkfifo(report)", /a pipe, device or socket stands in its place/u],
    ["a directory", "os.mkdir(report)", /a directory stands in its place/u],
    ["a hard link to a valid one", "os.link(aside, report)", /the file has 2 names/u],
    ["a whole other directory with a valid one", replaced, /the directory that was made for it has been replaced/u],
    ["nothing", "pass", /wrote no report/u],
  ])("gets an error and no wait for %s", async (_, action, cause) => {
    const scanned = await scanAs(afterwards(action));
    expectError(scanned, cause);
    expect(scanned.seconds).toBeLessThan(20);
  });

  it("gets an error for a report of Safety's", async () => {
    const file = JSON.stringify(join(ROOT, "__tests__", "fixtures", "safety", "clean", "report-0.json"));
    expectError(await scanAs(afterwards(`open(report, "w").write(open(${file}).read())`)), /report of Bandit cannot be read/u);
  });

  it("is believed when it puts its own report back", async () => {
    expect(verdictOf(await scanAs(afterwards("os.rename(aside, report)")))).toEqual([0, "pass"]);
  });
});

/**
 * What cannot be shown, because it does not hold: a process of the same user can change the report of another scanner after that one has written it and
 * before we read it, and can lie in that scanner's name. It can as well change that scanner's memory or program.
 */
describe("a scanner that writes into the directories of another", () => {
  /** Python that waits for `name` in the directory of Safety's run and then does `action`, with `path` and its directory `run`. */
  const intrude = (name: string, action: string): string => `
import os, sys, time
runs = os.path.dirname(os.path.dirname(sys.argv[sys.argv.index("-o") + 1]))
def found():
    paths = [os.path.join(runs, run, ${JSON.stringify(name)}) for run in os.listdir(runs) if run.startswith("safety-")]
    return [path for path in paths if os.path.exists(path)]
end = time.monotonic() + 20
while not found() and time.monotonic() < end:
    time.sleep(0.01)
path = found()[0]
${action}
`;
  const EMPTY = '{"report_meta": {}, "scanned_packages": {}, "vulnerabilities": [], "ignored_vulnerabilities": []}';

  async function scanBoth(code: string): Promise<Report> {
    const mark = newFile();
    await bandit.release(`${code}\n${leaveMark(mark)}`);
    const { report } = await watchedScan(makeProject(VULNERABLE), bandit.cache, ["--scanners", "bandit,safety"]);
    expect(existsSync(mark)).toBe(true);
    return report;
  }

  function foundBySafety({ findings }: Report): readonly (string | undefined)[] {
    return findings.filter(({ scanners }) => scanners.includes("safety")).map(({ package: pin }) => pin?.name);
  }

  it("before that one has written its report does not hide what it finds", async () => {
    const report = await scanBoth(intrude("tmp", `open(os.path.join(os.path.dirname(path), "report.json"), "w").write('${EMPTY}')`));
    expect(report.runs.map(({ scanner, status }) => `${scanner} ${status}`)).toEqual(["bandit completed", "safety completed"]);
    expect(foundBySafety(report)).toEqual(["jinja2"]);
  });

  it("and takes a package out of what that one is given makes the scan an error, or comes too late", async () => {
    const emptied = 'lines = [line for line in open(path) if "jinja2" not in line]\nopen(path, "w").writelines(lines)';
    const report = await scanBoth(intrude("sarif-gate-requirements.txt", emptied));
    expect(report.reasons.some(({ message }) => message.includes("jinja2==2.10 was taken up by no scanner"))).toBe(
      foundBySafety(report).length === 0,
    );
    expect(report.verdict).not.toBe("pass");
  });
});
