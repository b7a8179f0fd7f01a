// What the processes that a run starts are given, seen from outside while they live; git's may be too short to be seen. Linux only.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { freshDatabases } from "../support/fresh-databases.ts";
import { checkOut, openPullRequest, pullRequestEvent } from "../support/pull-requests.ts";
import { runAction, TOKEN } from "../support/run-action.ts";

const SECRET = "hunter2-of-the-job";
/** A part of what the runner and a careless job put into the environment of a node action. */
const JOB = Object.fromEntries(
  [
    "GITHUB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_CACHE_URL",
    "AWS_SECRET_ACCESS_KEY",
    "SAFETY_API_KEY",
    "TRIVY_TOKEN",
    "GIT_ASKPASS",
  ].map((name) => [name, `${SECRET}-${name}`]),
);

interface Seen {
  readonly program: string;
  readonly environment: string;
  readonly argv: string;
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** Looks at the descendants of `parent` until the returned function is called, which tells what was seen of each. */
function watchDescendants(parent: number): () => readonly Seen[] {
  const seen = new Map<string, Seen>();
  const family = new Set([String(parent)]);
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/u.test(name))) {
      const above = /^PPid:\t(\d+)$/mu.exec(read(pid, "status"))?.[1] ?? "";
      if (!family.has(above)) continue;
      family.add(pid);
      const [before, environment, argv] = [read(pid, "cmdline"), read(pid, "environ"), read(pid, "cmdline")];
      // Between fork and exec a child still is its parent.
      if (environment === "" || argv !== before || argv.includes("main.js")) continue;
      const words = argv.split("\0");
      const [, module] = /\0-m\0(\w+)|\bfrom (\w+)\.cli/u.exec(argv)?.filter((group) => group !== undefined) ?? [];
      const program = module ?? basename(words[0] ?? "");
      seen.set(`${pid} ${argv}`, { program, environment, argv });
    }
  }, 1);
  return () => {
    clearInterval(timer);
    return [...seen.values()];
  };
}

function names({ environment }: Seen): string[] {
  return environment
    .split("\0")
    .flatMap((entry) => (entry === "" ? [] : [entry.split("=", 1)[0] ?? ""]))
    .sort();
}

describe.runIf(process.platform === "linux")("the processes of a run on a pull request", () => {
  const change = openPullRequest({ "shop.py": "VALUE = 1\n", "requirements.txt": "six==1.16.0\n" }, { "more.py": "VALUE = 2\n" });

  const watch = async () => {
    let stop: (() => readonly Seen[]) | undefined;
    const runner = pullRequestEvent(change, JOB);
    const during = ({ pid = 0 }: { pid?: number | undefined }) => {
      stop = watchDescendants(pid);
    };
    const result = await runAction(checkOut(change, change.merge, 0), { upload: "never", ...freshDatabases() }, { ...runner, during });
    const seen = stop?.() ?? [];
    expect(result.outputs.get("verdict")).toBe("pass");
    return seen;
  };

  it("get no secret of the job, no address of the runner's services and none of its command files, and each scanner exactly what it needs", async () => {
    const seen = await watch();
    const programs = new Set(seen.map(({ program }) => program));
    expect([...programs]).toEqual(expect.arrayContaining(["bandit", "safety", "trivy"]));
    for (const { environment, argv } of seen) {
      expect(environment).not.toMatch(/(?:^|\0)(?:ACTIONS|INPUT|GITHUB|RUNNER|AWS)_/u);
      for (const secret of [SECRET, TOKEN]) expect(environment + argv).not.toContain(secret);
    }
    const scanners = seen.filter(({ program }) => ["bandit", "safety", "trivy"].includes(program));
    const common = ["HOME", "LANG", "PATH", "SARIF_GATE_PROCESS", "TEMP", "TMP", "TMPDIR", "USERPROFILE"];
    const own = new Map([
      ["safety", ["SAFETY_COLOR", "SAFETY_REQUEST_TIMEOUT", "SAFETY_SYSTEM_CONFIG_PATH"]],
      ["trivy", ["GOGC"]],
    ]);
    const expected = (program: string) => [...common, ...(own.get(program) ?? [])].sort();
    expect(scanners.map((scanner) => [scanner.program, names(scanner)])).toEqual(
      scanners.map(({ program }) => [program, expected(program)]),
    );
  });

  it("would be seen with a secret that they were given", async () => {
    const stop = watchDescendants(process.pid);
    const child = spawn("sleep", ["0.2"], { env: JOB });
    await once(child, "exit");
    const [sleeping] = stop().filter(({ program }) => program === "sleep");
    expect(sleeping?.environment).toContain(SECRET);
  });
});
