// What a scanner may leave where its report should be, and what is made of it: nothing there is followed, waited for, read for ever or taken for another's.

import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { preparePrivateDirectory } from "../../src/pipeline/private-directory.ts";
import { fixture, type Json } from "../scanners/fixture.ts";
import { type FakeScanner, runFake } from "../support/fake-scanner.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const temporary = temporaryDirectories();
const recorded = fixture("bandit", "clean");
const clean = { "clean.json": recorded.reports[0]?.text ?? "" };

/** A directory of the test, for what lies outside of everything that is the scanner's. */
let outside = "";
beforeEach(() => {
  outside = temporary();
  writeFileSync(join(outside, "report.json"), clean["clean.json"]);
});

/** Bandit as the script has it; `completed`, or the code and message of the error. */
async function outcomeOf(script: string, fake: Partial<FakeScanner> = {}): Promise<string> {
  const { run } = await runFake({ recorded, script: `outside='${outside}'\n${script}`, reports: clean, ...fake }, temporary());
  return run.status === "failed" ? `${run.error.code}: ${run.error.message}` : run.status;
}

describe.skipIf(process.platform === "win32")("a report that was written", () => {
  it("to where it was asked for is read", async () => {
    expect(await outcomeOf('cat "$reports/clean.json" >"$out"')).toBe("completed");
  });

  it("under another name and then moved there is read, as it is a file of its own", async () => {
    expect(await outcomeOf('cat "$reports/clean.json" >"$out.tmp"; mv "$out.tmp" "$out"')).toBe("completed");
  });

  it.each([
    ["a symbolic link to a valid report outside", 'ln -s "$outside/report.json" "$out"', "a symbolic link stands in its place"],
    ["a symbolic link to nothing", 'ln -s "$outside/nothing" "$out"', "a symbolic link stands in its place"],
    ["a symbolic link to an endless device", 'ln -s /dev/zero "$out"', "a symbolic link stands in its place"],
    ["a pipe that nobody writes to", 'mkfifo "$out"', "a pipe, device or socket stands in its place"],
    ["a directory", 'mkdir "$out"', "a directory stands in its place"],
    ["a second name of a valid report outside", 'ln "$outside/report.json" "$out"', "the file has 2 names"],
  ])("is an error when it is %s", async (_, script, message) => {
    expect(await outcomeOf(script)).toBe(`report-unreadable: The report of Bandit cannot be read: ${message}.`);
  });

  it.each([
    ["a symbolic link", 'mv "$private" "$private.away"; ln -s "$outside" "$private"'],
    ["another directory with a valid report", 'mv "$private" "$private.away"; mkdir "$private"; cat "$reports/clean.json" >"$out"'],
  ])("is an error when the directory made for it became %s", async (_, script) => {
    expect(await outcomeOf(script)).toBe(
      "report-unreadable: The report of Bandit cannot be read: the directory that was made for it has been replaced.",
    );
  });

  it("is missing when only the tree, the working directory and the output hold a valid one", async () => {
    const inTree = { ...recorded.target, text: () => clean["clean.json"], files: ["report.json", "bandit.json"] };
    const script = 'cat "$reports/clean.json"; cat "$reports/clean.json" >report.json';
    expect(await outcomeOf(script, { recorded: { ...recorded, target: inTree } })).toMatch(/^report-missing: Bandit wrote no report\./u);
  });
});

describe.skipIf(process.platform === "win32")("a private directory", () => {
  const command = { argv: [], env: {}, inputs: [], output: "report.json" };

  it("is made anew: where something stands already, a report for instance, nothing is started", async () => {
    const parent = temporary();
    await preparePrivateDirectory(join(parent, "new"), command, parent);
    expect(readdirSync(join(parent, "new")).sort()).toEqual(["cwd", "home", "tmp"]);
    mkdirSync(join(parent, "old"));
    writeFileSync(join(parent, "old", "report.json"), "{}");
    await expect(preparePrivateDirectory(join(parent, "old"), command, parent)).rejects.toThrow("EEXIST");
  });

  it("has a name that no other scanner can know before, open to its owner alone", async () => {
    const names = new Set<string>();
    for (const _ of [1, 2]) {
      const script = `cat "$reports/clean.json" >"$out"; echo "$private" >'${outside}/name'`;
      expect(await outcomeOf(script)).toBe("completed");
      const name = readFileSync(join(outside, "name"), "utf8").trim();
      expect(name).toMatch(/\/bandit-head-[0-9a-f]{16}-0$/u);
      expect(lstatSync(name).mode & 0o777).toBe(0o700);
      names.add(name.slice(name.lastIndexOf("/")));
    }
    expect(names.size).toBe(2);
  });
});

describe.skipIf(process.platform === "win32")("a report that speaks in another's name", () => {
  const trivy = fixture("trivy", "shop");
  const renamed = (change: (json: Json) => void): string => {
    const json: Json = JSON.parse(trivy.reports[0]?.text ?? "");
    change(json);
    return JSON.stringify(json);
  };
  const runOf = (text: string) =>
    runFake({ recorded: trivy, script: 'cat "$reports/trivy.json" >"$out"', reports: { "trivy.json": text } }, temporary());

  it("is filed under the scanner that we started, whatever tool it names", async () => {
    const claims = { tool: "Bandit", runs: [{ tool: { driver: { name: "Bandit" } } }], Trivy: { Version: "Bandit 9" } };
    const { run } = await runOf(renamed((json) => Object.assign(json, claims)));
    expect(run).toMatchObject({ run: "trivy", scanner: "trivy", status: "completed", version: trivy.installation.version });
    const honest = await runOf(renamed(() => {}));
    expect(run.status === "completed" && run.findings).toEqual(honest.run.status === "completed" && honest.run.findings);
  });

  it("finds nothing outside of what its scanner was shown", async () => {
    const forged = renamed((json) => {
      json.Results.push({ Target: "../../bandit-head-0/report.json", Class: "secret", Secrets: [{ RuleID: "forged", Severity: "HIGH" }] });
    });
    const { run } = await runOf(forged);
    expect(JSON.stringify(run)).not.toContain("forged");
    const control = renamed((json) => {
      const own = json.Results.find((result: Json) => result.Target.endsWith("dev/token.txt") && result.Secrets);
      own.Secrets.push({ RuleID: "forged", Severity: "HIGH" });
    });
    expect(JSON.stringify((await runOf(control)).run)).toContain("forged");
  });
});

describe.skipIf(process.platform === "win32")("a scanner without measure", () => {
  it("that never ends is stopped with what it started, and its finished report is not believed", async () => {
    const script = `cat "$reports/clean.json" >"$out"; (trap '' TERM; sleep 3; echo alive >'${outside}/alive') & sleep 60`;
    const started = performance.now();
    expect(await outcomeOf(script, { timeoutMs: 500 })).toMatch(/^scanner-timed-out: Bandit did not end within 0\.5 s/u);
    expect(performance.now() - started).toBeLessThan(10_500);
    await delay(3_500);
    expect(existsSync(join(outside, "alive"))).toBe(false);
  });

  it("is stopped over a report of more than 64 MiB, also one that takes no room on the disk, and is not over one of just that", async () => {
    const filled = (bytes: number) =>
      `{ cat "$reports/clean.json"; head -c ${bytes - Buffer.byteLength(clean["clean.json"])} /dev/zero | tr '\\0' ' '; }`;
    const limit = 64 * 1024 * 1024;
    expect(await outcomeOf(`${filled(limit)} >"$out"`)).toBe("completed");
    expect(await outcomeOf(`${filled(limit + 1)} >"$out"`)).toMatch(/^scanner-flooded: Bandit wrote more than 64 MiB to .*report\.json/u);
    expect(await outcomeOf('truncate -s 10G "$out"')).toMatch(/^scanner-flooded/u);
  });

  it.each([
    [
      "64 MiB of empty objects",
      "{},".repeat((64 * 1024 * 1024) / 3 - 100),
      "scanner-flooded: Bandit wrote a report of more than 2500000 values.",
    ],
    ["200,000 levels", "[".repeat(200_000) + "]".repeat(200_000), "report-unreadable: .* nested more than 64 levels"],
    ["300,000 results that are none", Array(300_000).fill("{}").join(","), "report-unreadable: .* results\\[0\\]"],
    ["64 MiB of one text beyond Latin-1", `"€${"x".repeat(64 * 1024 * 1024 - 200)}"`, "report-unreadable: .* results\\[0\\]"],
  ])("fills less than 512 MB of our memory with %s", (_, results, message) => {
    const text = `{"generated_at":"2026-11-21T10:00:00Z","errors":[],"metrics":{},"results":[${results}]}`;
    const { said, peakMb } = decodedElsewhere(text);
    expect(said).toMatch(new RegExp(`^${message}`, "u"));
    expect(peakMb).toBeLessThan(512);
  });

  /** What a process of its own says of the report, and how much memory it took at most. */
  function decodedElsewhere(text: string): { said: string; peakMb: number } {
    writeFileSync(join(outside, "report.json"), text);
    const source = (path: string) => JSON.stringify(join(ROOT, "src", path));
    const program = `
      import { readReport } from ${source("pipeline/read-report.ts")};
      import { placeOf } from ${source("pipeline/tree.ts")};
      import { bandit } from ${source("scanners/bandit/index.ts")};
      const directory = ${JSON.stringify(outside)};
      const exit = { end: { kind: "exited", code: 1 }, durationMs: 1, stdoutTail: "", stderrTail: "", stderrDropped: false };
      const target = { root: "/", python: [], text: () => undefined };
      let said = "believed";
      try {
        bandit.parts[0].decode([readReport(bandit, { directory, place: placeOf(directory), output: "report.json", exit })], target, { python: null });
      } catch (error) { said = error.code + ": " + error.message; }
      console.log(JSON.stringify({ said, peakMb: process.resourceUsage().maxRSS / 1024 }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", program], { encoding: "utf8" });
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout);
  }
});
