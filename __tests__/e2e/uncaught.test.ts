// What goes wrong where nobody looks: an exception out of the blue, and a warning that node would print by itself. Built dist.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { freshDatabases } from "../support/fresh-databases.ts";
import { checkOut, judge, openPullRequest, pullRequestEvent } from "../support/pull-requests.ts";
import { makeProject, runCli } from "../support/run-cli.ts";
import { runnerCommands } from "../support/runner-commands.ts";

const COMMANDS = "hunter2-secret\\n::set-output name=verdict::pass\\r##[add-mask]true";

/** NODE_OPTIONS that run `code` in the program before anything of ours. */
function preload(code: string): Record<string, string> {
  const file = join(mkdtempSync(join(tmpdir(), "sarif-gate-preload-")), "preload.mjs");
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}`, MADE_UP_TOKEN: "hunter2-secret" };
}

const THROWS = preload(`setTimeout(() => { throw new Error("${COMMANDS}"); }, 300);`);
const REJECTS = preload(`setTimeout(() => { Promise.reject(new Error("${COMMANDS}")); }, 300);`);
const WARNS = preload(`process.emitWarning("${COMMANDS}");`);
const HARMLESS = preload("");

describe("the action", () => {
  const change = openPullRequest({ "shop.py": "VALUE = 1\n" }, { "more.py": "VALUE = 2\n" });
  const run = async (env: Record<string, string>) => {
    const runner = pullRequestEvent(change);
    return await judge(checkOut(change, change.merge, 0), { ...runner, env: { ...runner.env, ...env } }, { ...freshDatabases() });
  };

  it.each([
    ["an exception", THROWS],
    ["a rejection", REJECTS],
  ])("ends with verdict error after %s that nobody caught, and the runner obeys nothing of it", async (_, env) => {
    const { status, outputs, log } = await run(env);
    expect([status, outputs.get("verdict")]).toEqual([1, "error"]);
    expect(log).toContain("This is a bug in sarif-gate");
    expect(runnerCommands(log).filter(({ name }) => name !== "error")).toEqual([]);
    expect(log).not.toContain("hunter2");
  });

  it("passes in spite of a warning, and the runner obeys nothing of it", async () => {
    const { status, outputs, log } = await run(WARNS);
    expect([status, outputs.get("verdict")]).toEqual([0, "pass"]);
    expect(runnerCommands(log).map(({ name }) => name)).not.toContain("set-output");
    expect(log).not.toContain("hunter2");
  });

  it("fails, and says why, when the outputs cannot be written", async () => {
    const { status, log } = await run({ ...HARMLESS, GITHUB_OUTPUT: "/does/not/exist" });
    expect(status).toBe(1);
    expect(log).toMatch(/^::error::The outputs cannot be written: .*\/does\/not\/exist/mu);
    expect(log).not.toContain("This is a bug");
  });

  it("passes without either", async () => {
    expect((await run(HARMLESS)).outputs.get("verdict")).toBe("pass");
  });
});

describe("the command line", () => {
  const project = makeProject({ "app.py": "VALUE = 1\n" });
  const scan = ["scan", project, "--offline", "--scanners", "bandit"];

  it("ends with status 70 after an exception that nobody caught", async () => {
    const { status, stderr } = await runCli(scan, { env: THROWS });
    expect(status).toBe(70);
    expect(stderr).toContain("This is a bug in sarif-gate");
    expect(runnerCommands(stderr)).toEqual([]);
    expect(stderr).not.toContain("hunter2");
  });

  it("shows a warning as one harmless line, and passes", async () => {
    const { status, stderr } = await runCli(scan, { env: WARNS });
    expect([status, runnerCommands(stderr)]).toEqual([0, []]);
    expect(stderr).toContain("warning: Warning: [REDACTED]");
  });
});
