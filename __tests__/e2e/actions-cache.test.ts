// The caches of a repository between runs of the action on machines that are thrown away: what one leaves, the next finds, and no fault of the service is the run's.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FakeCacheServer, RUNTIME_TOKEN, startFakeCache } from "../support/fake-cache-server.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { TOOL_CACHE } from "../support/installed-tools.ts";
import { checkOut, openPullRequest, pullRequestEvent } from "../support/pull-requests.ts";
import { type RunnerOptions, runAction } from "../support/run-action.ts";
import { makeProject } from "../support/run-cli.ts";

const DATABASES = freshDatabases();
const PAYLOAD = JSON.stringify({ repository: { default_branch: "main" } });
const FILES = {
  "app.py": "import subprocess\nsubprocess.call(input(), shell=True)\n",
  "clean.py": "VALUE = 1\n",
  "requirements.txt": "six==1.16.0\n",
};

/** A tool cache with the installed scanners and nothing else. */
function newMachine(): string {
  const toolCache = mkdtempSync(join(tmpdir(), "sarif-gate-machine-"));
  mkdirSync(join(toolCache, "sarif-gate"));
  for (const name of ["python", "trivy"]) symlinkSync(join(TOOL_CACHE, "sarif-gate", name), join(toolCache, "sarif-gate", name));
  return toolCache;
}

/** One run on a new machine. */
async function runOn(
  server: FakeCacheServer,
  workspace: string,
  inputs: Readonly<Record<string, string>> = {},
  runner: RunnerOptions = {},
) {
  const toolCache = newMachine();
  const env = { ...runner.env, ...server.environment, RUNNER_TOOL_CACHE: toolCache };
  const result = await runAction(workspace, { upload: "never", ...DATABASES, ...inputs }, { payload: PAYLOAD, ...runner, env });
  expect(result.log).not.toContain(RUNTIME_TOKEN);
  expect(result.log).not.toContain("made-up-signature");
  const told = ["verdict", "findings", "high"].map((name) => result.outputs.get(name));
  return { ...result, told, results: join(toolCache, "sarif-gate", "results") };
}

describe("two runs on machines of their own", () => {
  it("find the same, the second with what the first left", async () => {
    const server = await startFakeCache();
    const workspace = makeProject(FILES);
    const first = await runOn(server, workspace);
    expect(first.log).toMatch(/^Into the cache of the repository: sarif-gate-results-/mu);
    const second = await runOn(server, workspace);
    expect(second.log).toMatch(/^From the cache of the repository: sarif-gate-results-/mu);
    expect([second.status, ...second.told]).toEqual([first.status, ...first.told]);
    expect(second.log).toContain("all from the cache");
    // Nor is anything left where a later step could change it for the next run.
    expect([existsSync(second.results), readdirSync(join(second.temp, "runner")).filter((name) => name.startsWith("sarif-gate-"))]).toEqual(
      [false, []],
    );
  });

  it("have nothing of each other with `cache: false`", async () => {
    const server = await startFakeCache();
    const workspace = makeProject(FILES);
    const first = await runOn(server, workspace, { cache: "false" });
    expect([first.outputs.get("verdict"), server.messages, existsSync(first.results)]).toEqual(["fail", [], false]);
  });

  it("have nothing of each other where they scan two parts of a repository with a category each", async () => {
    const server = await startFakeCache();
    const parts = { "api/app.py": FILES["app.py"], "web/app.py": FILES["app.py"] };
    const workspace = makeProject(parts);
    for (const part of ["api", "web"]) {
      const { log, told } = await runOn(server, workspace, { path: part, category: part });
      expect(log).not.toMatch(/^From the cache/mu);
      expect(told[0]).toBe("fail");
    }
    expect(server.objects.size).toBe(2);
    const again = await runOn(server, workspace, { path: "api", category: "api" });
    expect(again.log).toMatch(/^From the cache/mu);
  });
});

describe("a pull request", () => {
  it("takes results and leaves nothing", async () => {
    const server = await startFakeCache();
    const change = openPullRequest({ "app.py": "VALUE = 1\n" }, { "more.py": FILES["app.py"] });
    const runner = pullRequestEvent(change);
    const { status, log, told, results } = await runOn(server, checkOut(change, change.merge, 0), {}, runner);
    expect([status, told[0]]).toEqual([1, "fail"]);
    expect(log).not.toMatch(/^Into the cache/mu);
    expect([existsSync(results), server.messages.map(({ method }) => method)]).toEqual([false, ["GetCacheEntryDownloadURL"]]);
  });
});

describe("a fault of the cache service", () => {
  it.each([{ service: 500 }, { storage: 503 }])("(%o) changes neither verdict nor status", async (faults) => {
    const server = await startFakeCache(faults);
    const workspace = makeProject({ "clean.py": "VALUE = 1\n", "requirements.txt": "six==1.16.0\n" });
    const { status, told, log } = await runOn(server, workspace);
    expect([status, ...told]).toEqual([0, "pass", "0", "0"]);
    expect(log).not.toMatch(/^::(?:error|warning)/mu);
  });
});
