import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InstallError } from "../../src/errors.ts";
import type { ProcessExit } from "../../src/host/ports.ts";
import { MAX_FINDINGS } from "../../src/pipeline/run-result.ts";
import { runScanner } from "../../src/pipeline/run-scanner.ts";
import type { Command, Installation, Part, Scanner, ScanTarget } from "../../src/scanners/scanner.ts";
import type { InstalledScanner } from "../../src/tools/install-toolchain.ts";
import { codeFinding } from "../support/findings.ts";
import { type FakeProcess, type RecordingHost, testHost } from "../support/hosts.ts";

const INSTALLATION: Installation = { launch: ["/opt/bandit"], version: "1.9.4", databaseDirectory: null, database: null, python: "3.11" };

function treeWith(files: Readonly<Record<string, string>>): ScanTarget {
  const root = mkdtempSync(join(tmpdir(), "sarif-gate-tree-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const python = Object.keys(files).sort();
  return {
    root,
    files: python,
    python,
    pins: [],
    infrastructure: [],
    possibleInfrastructure: [],
    image: null,
    text: (path) => files[path],
    size: () => 0,
  };
}

/** A scanner of one command whose report is the finding's message. */
function scannerWith(command: Partial<Command> = {}, overrides: Partial<Scanner & Part> = {}): Scanner {
  const { commands, decode, ...others } = { ...partWith(command), ...overrides };
  return {
    run: "bandit",
    scanner: "bandit",
    name: "Bandit",
    informationUri: "https://example.com",
    appliesTo: () => ({ applies: true }),
    classifyExit: (code) => (code === 0 ? "clean" : code === 1 ? "findings" : "error"),
    parts: [{ commands, decode }],
    ...others,
  };
}

function partWith(command: Partial<Command>): Part {
  return {
    commands: () => [{ argv: ["/opt/bandit", "a"], env: { LANG: "C" }, inputs: [], output: "report.json", ...command }],
    decode: (reports) => ({
      findings: [...reports].map(({ text }) => codeFinding({ message: text })),
      coverage: { expected: 1, covered: 1, unit: "files", missing: [] },
      notices: [],
      pinsTakenUp: ["six==0!1"],
      comments: [],
    }),
  };
}

const writesReport: FakeProcess = ({ watch }) => {
  writeFileSync(watch?.path ?? "", "found");
  return {};
};

const INSTALLED: InstalledScanner = { installation: INSTALLATION, databaseGap: null, notices: [] };

function run(host: RecordingHost, scanner: Scanner, target = treeWith({ "a.py": "x\n" }), install = async () => INSTALLED) {
  const identify = async () => ({ version: INSTALLATION.version, digest: "0".repeat(64) });
  return runScanner(
    { scanner, side: "head", target: Promise.resolve(target), identify, install, kept: null, deadline: 60_000, jobs: 2 },
    host,
  );
}

async function failureOf(fake: FakeProcess): Promise<{ code: string; message: string }> {
  const { run: outcome } = await run(testHost(fake), scannerWith());
  if (outcome.status !== "failed") throw new Error(`the run is ${outcome.status}`);
  return { code: outcome.error.code, message: outcome.error.message };
}

describe("runScanner", () => {
  it("completes when the scanner ends as allowed and leaves a report", async () => {
    const { run: outcome, pinsTakenUp } = await run(testHost(writesReport), scannerWith());
    expect(outcome).toMatchObject({ status: "completed", version: "1.9.4", findings: [{ message: "found" }] });
    expect(pinsTakenUp).toEqual(["six==0!1"]);
  });

  it("gives every finding an id", async () => {
    const { run: outcome } = await run(testHost(writesReport), scannerWith());
    expect(outcome.status === "completed" && outcome.findings.every(({ id }) => /^[0-9a-f]{20}$/u.test(id))).toBe(true);
  });

  it("is skipped, with the reason, when there is nothing to look at, and starts and installs nothing", async () => {
    const host = testHost();
    const scanner = scannerWith({}, { appliesTo: () => ({ applies: false, because: "no files" }) });
    const { run: outcome } = await run(host, scanner, treeWith({}), () => Promise.reject(new Error("nobody asked for it")));
    expect(outcome).toMatchObject({ status: "skipped", reason: "no files" });
    expect(host.requests).toEqual([]);
  });

  it.each<[string, Partial<ProcessExit>, string, RegExp]>([
    [
      "an exit status that is not listed",
      { end: { kind: "exited", code: 2 }, stderrTail: "usage: bad" },
      "scanner-crashed",
      /exit status 2.*usage: bad/u,
    ],
    ["a signal", { end: { kind: "signalled", signal: "SIGKILL" } }, "scanner-killed", /killed by SIGKILL/u],
    ["a timeout", { end: { kind: "timed-out", timeoutMs: 3000 } }, "scanner-timed-out", /within 3\.0 s/u],
    ["a flood", { end: { kind: "flooded", limitBytes: 1024 * 1024, where: "stdout" } }, "scanner-flooded", /1 MiB to stdout/u],
    ["an interruption", { end: { kind: "interrupted" } }, "scanner-killed", /interrupted/u],
    ["a start that failed", { end: { kind: "not-started", message: "ENOENT" } }, "scanner-not-started", /ENOENT/u],
  ])("fails on %s even when a report is there", async (_, exit, code, message) => {
    const failure = await failureOf(async (request) => ({ ...(await writesReport(request)), ...exit }));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  it("fails when the scanner wrote no report or an empty one", async () => {
    expect((await failureOf(() => ({}))).code).toBe("report-missing");
    const empty = await failureOf(({ watch }) => {
      writeFileSync(watch?.path ?? "", "");
      return {};
    });
    expect(empty).toMatchObject({ code: "report-missing", message: expect.stringContaining("empty report") });
  });

  it("fails when installing failed, and starts nothing", async () => {
    const host = testHost();
    const install = () => Promise.reject(new InstallError("install-offline", "Bandit is not installed"));
    const { run: outcome } = await run(host, scannerWith(), treeWith({}), install);
    expect(outcome).toMatchObject({ status: "failed", version: "1.9.4", error: { code: "install-offline" } });
    expect(host.requests).toEqual([]);
  });

  it("fails with the stack when our own code throws, and calls it our bug", async () => {
    const scanner = scannerWith(
      {},
      {
        decode: () => {
          throw new TypeError("oops");
        },
      },
    );
    const { run: outcome } = await run(testHost(writesReport), scanner);
    expect(outcome).toMatchObject({
      status: "failed",
      error: { message: expect.stringContaining("oops"), remedy: expect.stringContaining("bug in sarif-gate") },
    });
  });

  it("runs the command in a private directory with empty places for all it may write, and with exactly its environment", async () => {
    const host = testHost((request) => {
      const home = join(request.cwd, "..");
      expect(statSync(home).mode & 0o777).toBe(0o700);
      for (const name of ["cwd", "home", "tmp"]) expect(existsSync(join(home, name))).toBe(true);
      expect(readFileSync(join(home, "in", "rules.ini"), "utf8")).toBe("rules");
      expect(request.env).toEqual({ LANG: "C" });
      return writesReport(request);
    });
    const { run: outcome } = await run(host, scannerWith({ inputs: [{ name: "in/rules.ini", text: "rules" }] }));
    expect(outcome.status).toBe("completed");
  });

  it("shows the scanner a view of exactly the named files, and never follows a link in it", async () => {
    const target = treeWith({ "a.py": "A", "dev/b.py": "B", "ignored.py": "C" });
    symlinkSync("/etc/hostname", join(target.root, "link"));
    const host = testHost((request) => {
      const view = join(request.cwd, "..", "view");
      expect(readFileSync(join(view, "dev", "b.py"), "utf8")).toBe("B");
      expect(existsSync(join(view, "ignored.py"))).toBe(false);
      return writesReport(request);
    });
    const { run: outcome } = await run(host, scannerWith({ view: { name: "view", files: ["a.py", "dev/b.py"] } }), target);
    expect(outcome.status).toBe("completed");
  });

  it("fails when a file of the view has gone", async () => {
    const { run: outcome } = await run(testHost(writesReport), scannerWith({ view: { name: "view", files: ["gone.py"] } }));
    expect(outcome).toMatchObject({
      status: "failed",
      error: { code: "scanner-not-started", message: expect.stringContaining("gone.py") },
    });
  });

  it("runs every command and decodes their reports in order", async () => {
    const commands = () => ["1", "2", "3"].map((name) => ({ argv: ["/opt/bandit", name], env: {}, inputs: [], output: "report.json" }));
    const host = testHost(({ argv, watch }) => {
      writeFileSync(watch?.path ?? "", `report ${argv[1]}`);
      return {};
    });
    const { run: outcome } = await run(host, scannerWith({}, { commands }));
    expect(outcome.status === "completed" && outcome.findings.map(({ message }) => message)).toEqual(["report 1", "report 2", "report 3"]);
  });

  it("fails as a whole when one of its commands fails", async () => {
    const commands = () => ["1", "2"].map((name) => ({ argv: ["/opt/bandit", name], env: {}, inputs: [], output: "report.json" }));
    const host = testHost((request) => (request.argv[1] === "2" ? { end: { kind: "exited", code: 3 } } : writesReport(request)));
    expect((await run(host, scannerWith({}, { commands }))).run.status).toBe("failed");
  });

  it("fails when there are more findings than can be held in memory, and says what to do", async () => {
    const finding = codeFinding();
    const withFindings = (count: number) => {
      const { decode } = partWith({});
      const output: Part["decode"] = (...given) => ({ ...decode(...given), findings: Array(count).fill(finding) });
      return run(testHost(writesReport), scannerWith({}, { decode: output }));
    };
    expect((await withFindings(MAX_FINDINGS)).run.status).toBe("completed");
    expect((await withFindings(MAX_FINDINGS + 1)).run).toMatchObject({
      status: "failed",
      error: {
        code: "scanner-flooded",
        message: "Bandit has more than 250000 findings.",
        remedy: expect.stringContaining("`exclude` in the policy"),
      },
    });
  });

  it("gives network and credentials only to the process that pulls an image", async () => {
    const surroundings = { ...testHost().surroundings, network: { HTTPS_PROXY: "http://proxy:1" }, dockerConfig: "/home/me/.docker" };
    const environments = async (scanner: Scanner, target: ScanTarget) => {
      const host = testHost(writesReport, { surroundings: { ...surroundings, scratch: testHost().surroundings.scratch } });
      await run(host, scanner, target);
      return host.requests.map(({ env }) => env);
    };
    const target: ScanTarget = { ...treeWith({ "a.py": "x" }), image: { kind: "reference", reference: "shop:1" } };
    const pulled = await environments(scannerWith({ env: {} }, { run: "trivy-image", scanner: "trivy" }), target);
    expect(pulled).toEqual([{ HTTPS_PROXY: "http://proxy:1", DOCKER_CONFIG: "/home/me/.docker" }]);
    expect(await environments(scannerWith({ env: {} }), target)).toEqual([{}]);
  });
});
