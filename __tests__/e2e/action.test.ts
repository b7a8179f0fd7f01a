// The Action as the runner runs it: the built dist/main.js, real scanners.

import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { OUTPUT_NAMES } from "../../src/action/outputs.ts";
import { freshDatabases } from "../support/fresh-databases.ts";
import { type ActionResult, runAction } from "../support/run-action.ts";
import { makeProject, ROOT, SAFETY_DATABASE, TRIVY_DATABASE } from "../support/run-cli.ts";
import { runnerCommands } from "../support/runner-commands.ts";

describe("the action on the vulnerable shop", () => {
  let result: ActionResult;

  beforeAll(async () => {
    result = await runAction(ROOT, { path: "examples/vulnerable-shop", upload: "never", ...freshDatabases() });
  });

  it("fails the step because of findings", () => {
    expect(result.log).toMatch(/^::error::fail/mu);
    expect([result.status, result.outputs.get("verdict")]).toEqual([1, "fail"]);
  });

  it("sets every output and no other", () => {
    expect([...result.outputs.keys()].sort()).toEqual([...OUTPUT_NAMES].sort());
    expect(Number(result.outputs.get("findings"))).toBeGreaterThan(20);
    expect([result.outputs.get("sarif-id"), result.outputs.get("new-findings"), result.outputs.get("suppressed")]).toEqual(["", "", "4"]);
  });

  it("writes the files its outputs name", () => {
    for (const name of ["sarif-file", "upload-file", "report-file"]) expect(existsSync(result.outputs.get(name) ?? "")).toBe(true);
    const report = JSON.parse(readFileSync(result.outputs.get("report-file") ?? "", "utf8")) as { verdict: string };
    expect(report.verdict).toBe("fail");
  });

  it("starts the summary with the verdict and why", () => {
    expect(result.summary).toMatch(/^## sarif-gate: fail$/mu);
    expect(result.summary).toMatch(/CVE-2019-14234/u);
  });

  it("changes nothing for later steps: no PATH, no state, no variable", () => {
    expect([result.path, result.state, [...result.exported.keys()]]).toEqual(["", "", []]);
  });

  it("prints no command but its own, and never the token", () => {
    const foreign = runnerCommands(result.log).filter(({ name }) => !["group", "endgroup", "error", "warning", "debug"].includes(name));
    expect(foreign).toEqual([]);
    expect(result.log + result.summary).not.toContain("ghs_made-up-token-of-the-test");
  });
});

describe("the action on a clean tree", () => {
  it("passes the step", async () => {
    const workspace = makeProject({ "app.py": "VALUE = 1\n", "requirements.txt": "six==1.16.0\n" });
    const { status, outputs } = await runAction(workspace, { upload: "never", ...freshDatabases() });
    expect([status, outputs.get("verdict"), outputs.get("findings")]).toEqual([0, "pass", "0"]);
  });
});

describe("the action on a tree that cannot be looked at whole", () => {
  it("fails the step with verdict error, counts and a summary that names the cause", async () => {
    const workspace = makeProject({ "app.py": "VALUE = 1\n", "broken.py": "def (:\n" });
    const { status, outputs, summary } = await runAction(workspace, { scanners: "bandit", ...freshDatabases() });
    expect([status, outputs.get("verdict"), outputs.get("findings"), outputs.get("upload-file")]).toEqual([1, "error", "0", ""]);
    expect(summary).toMatch(/^## sarif-gate: error$/mu);
    expect(summary).toContain("broken.py");
  });
});

describe("the action with a place for its SARIF that cannot be written", () => {
  it("fails the step, and neither summary nor counts are lost", async () => {
    const workspace = makeProject({ "app.py": "VALUE = 1\n" });
    const { status, log, outputs, summary } = await runAction(workspace, { scanners: "bandit", "sarif-file": "app.py/all.sarif" });
    expect(log).toMatch(/all\.sarif cannot be written/u);
    expect([status, outputs.get("verdict"), outputs.get("findings"), outputs.get("sarif-file")]).toEqual([1, "error", "0", ""]);
    expect(summary).toMatch(/^## sarif-gate: error\n\n.*cannot be written[\s\S]*\n## sarif-gate: pass$/mu);
  });
});

describe("the action with bad input", () => {
  const workspace = makeProject({ "app.py": "VALUE = 1\n" });

  it.each([
    [{ path: ".." }, /outside the workspace/u],
    [{ "fail-on": "sometimes" }, /`fail-on` is `sometimes`/u],
    [{ path: "no-such-place" }, /directory to scan cannot be found/u],
    [{ upload: "sometimes" }, /`upload` is `sometimes`/u],
  ])("%j fails the step, and the outputs are set all the same", async (inputs, message) => {
    const { status, log, outputs, summary } = await runAction(workspace, inputs);
    expect(log).toMatch(message);
    expect(summary).toMatch(/^## sarif-gate: error$/mu);
    expect([status, outputs.get("verdict")]).toEqual([1, "error"]);
    expect([...outputs.keys()].sort()).toEqual([...OUTPUT_NAMES].sort());
  });

  it("a path that leads out of the workspace by a link is refused", async () => {
    const linked = makeProject({ "app.py": "VALUE = 1\n" });
    symlinkSync("/etc", join(linked, "out"));
    const { log, outputs } = await runAction(linked, { path: "out", ...{ "safety-db": SAFETY_DATABASE, "trivy-db": TRIVY_DATABASE } });
    expect(log).toMatch(/outside the workspace/u);
    expect(outputs.get("verdict")).toBe("error");
  });
});
