// The guarantees of a supervised process, with real children: node itself, whose absolute path is known. Children that must be dead are looked for by pid.

import { spawn } from "node:child_process";
import { getEventListeners, once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProcessExit, ProcessRequest } from "../../src/host/ports.ts";
import { supervisedProcesses } from "../../src/host/supervised-process.ts";
import { isAlive } from "../support/live-processes.ts";

let directory = "";

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "supervised-")));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function node(script: string, overrides: Partial<ProcessRequest> = {}): ProcessRequest {
  return { argv: [process.execPath, "-e", script], env: {}, cwd: directory, timeoutMs: 20_000, outputLimitBytes: 1_000_000, ...overrides };
}

const SLEEP = "setInterval(() => {}, 1000)";
const STUBBORN = `process.on("SIGTERM", () => {}); ${SLEEP}`;

/** A child that starts a grandchild which writes its pid to a file, waits for the file, and goes on with `then`. */
function withGrandchild(grandchild: string, then: string, options = '{ stdio: "inherit" }'): string {
  const script = `require("fs").writeFileSync("grandchild.tmp", String(process.pid)); require("fs").renameSync("grandchild.tmp", "grandchild"); ${grandchild}`;
  return `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(script)}], ${options}).unref();
    const wait = setInterval(() => { if (require("fs").existsSync("grandchild")) { clearInterval(wait); ${then} } }, 10);`;
}

function grandchildPid(): number {
  return Number(readFileSync(join(directory, "grandchild"), "utf8"));
}

async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!isAlive(pid)) return true;
    await delay(20);
  }
  return false;
}

describe("supervisedProcesses", () => {
  it("reports the exit status and the output of an orderly process", async () => {
    const exit = await supervisedProcesses().run(node('console.log("out"); console.error("err"); process.exitCode = 3'));

    expect(exit).toMatchObject({ end: { kind: "exited", code: 3 }, stdoutTail: "out\n", stderrTail: "err\n" });
    expect(exit.durationMs).toBeGreaterThan(0);
  });

  it("reports the signal that killed a process", async () => {
    const exit = await supervisedProcesses().run(node('process.kill(process.pid, "SIGKILL")'));

    expect(exit.end).toEqual({ kind: "signalled", signal: "SIGKILL" });
  });

  it.skipIf(process.platform === "win32")(
    "gives the child exactly the environment it was given, and the mark by which it is found",
    async () => {
      const exit = await supervisedProcesses().run({ ...node(""), argv: ["/usr/bin/env"], env: { ONLY: "this", EMPTY: "" } });

      expect(exit.stdoutTail.trimEnd().split("\n").sort()).toEqual([
        "EMPTY=",
        "ONLY=this",
        expect.stringMatching(/^SARIF_GATE_PROCESS=[-0-9a-f]{36}$/),
      ]);
    },
  );

  it.skipIf(process.platform === "win32")("marks every process differently", async () => {
    const marks = await Promise.all(
      [1, 2].map(async () => (await supervisedProcesses().run({ ...node(""), argv: ["/usr/bin/env"] })).stdoutTail),
    );

    expect(new Set(marks).size).toBe(2);
  });

  it("passes arguments without a shell", async () => {
    const words = ["$HOME", "`id`", "; echo x", "a b", '"', "*", ""];
    const exit = await supervisedProcesses().run({
      ...node(""),
      argv: [process.execPath, "-p", "JSON.stringify(process.argv.slice(1))", "--", ...words],
    });

    expect(JSON.parse(exit.stdoutTail)).toEqual(words);
  });

  it("runs in the working directory it was given", async () => {
    const exit = await supervisedProcesses().run(node("process.stdout.write(process.cwd())"));

    expect(exit.stdoutTail).toBe(directory);
  });

  it("gives the child an empty standard input", async () => {
    const exit = await supervisedProcesses().run(node('process.stdin.on("end", () => console.log("end")).resume()'));

    expect(exit.stdoutTail).toBe("end\n");
  });

  it.each(["stdout", "stderr"] as const)("keeps only the last MiB of %s", async (name) => {
    const flooding = node(`process.${name}.write("a".repeat(3000000) + "end")`, { outputLimitBytes: 4_000_000 });
    const exit = await supervisedProcesses().run(flooding);
    const { length } = exit[`${name}Tail`];

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
    expect(length).toBe(1024 * 1024);
    expect(exit[`${name}Tail`].slice(-4)).toBe("aend");
    expect(exit.stderrDropped).toBe(name === "stderr");
  });

  it("drops nothing of a log that is as long as what is kept", async () => {
    const exit = await supervisedProcesses().run(
      node('process.stderr.write("a".repeat(1024 * 1024 - 1)); process.stderr.write("b")', { outputLimitBytes: 2_000_000 }),
    );

    expect(exit.stderrTail).toBe(`${"a".repeat(1024 * 1024 - 1)}b`);
    expect(exit.stderrDropped).toBe(false);
  });

  it("decodes invalid UTF-8 with replacement characters", async () => {
    const exit = await supervisedProcesses().run(node("process.stdout.write(Buffer.from([0x61, 0xff, 0x62]))"));

    expect(exit.stdoutTail).toBe("a\uFFFDb");
  });
});

describe("a process that cannot start", () => {
  it.each([
    ["does not exist", { argv: ["/nowhere/scanner"] }, "ENOENT"],
    ["is a directory", { argv: [tmpdir()] }, "EACCES"],
    ["has a working directory that does not exist", { cwd: "/nowhere" }, "/nowhere"],
    ["is given a NUL byte", { argv: [process.execPath, "a\0b"] }, "null bytes"],
    ["has no name", { argv: [] }, "argument"],
  ])("is reported as not started when it %s", async (_reason, overrides, message) => {
    const exit = await supervisedProcesses().run(node("", overrides));

    expect(exit.end).toMatchObject({ kind: "not-started", message: expect.stringContaining(message) });
  });
});

describe.skipIf(process.platform === "win32")("the end of a process group", () => {
  it("ends a process and its descendants when the time is up", async () => {
    const exit = await supervisedProcesses().run(node(withGrandchild(SLEEP, SLEEP), { timeoutMs: 1000 }));

    expect(exit.end).toEqual({ kind: "timed-out", timeoutMs: 1000 });
    expect(await isGone(grandchildPid())).toBe(true);
  });

  it("kills what does not listen to SIGTERM", async () => {
    const exit = await supervisedProcesses({ graceMs: 100 }).run(node(withGrandchild(STUBBORN, STUBBORN), { timeoutMs: 1000 }));

    expect(exit.end.kind).toBe("timed-out");
    expect(exit.durationMs).toBeLessThan(5000);
    expect(await isGone(grandchildPid())).toBe(true);
  });

  it("lets a process clean up on SIGTERM", async () => {
    const script = `process.on("SIGTERM", () => { console.log("cleaned up"); process.exit(0); }); ${SLEEP}`;
    const exit = await supervisedProcesses().run(node(script, { timeoutMs: 500 }));

    expect(exit).toMatchObject({ end: { kind: "timed-out" }, stdoutTail: "cleaned up\n" });
  });

  it("ends what a process left behind when it ended by itself", async () => {
    const exit = await supervisedProcesses().run(node(withGrandchild(STUBBORN, "process.exit(0)", '{ stdio: "ignore" }')));

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
    expect(await isGone(grandchildPid())).toBe(true);
  });

  it("does not wait for an orphan that left the group with another environment and keeps the pipes open", async () => {
    const script = withGrandchild(SLEEP, "process.exit(0)", '{ stdio: "inherit", detached: true, env: {} }');
    const exit = await supervisedProcesses().run(node(script));
    const pid = grandchildPid();

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
    expect(exit.durationMs).toBeLessThan(5000);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });
});

describe.runIf(process.platform === "linux")("a process that leaves its group", () => {
  const ESCAPING = '{ stdio: "ignore", detached: true }';

  it("is ended when the one that started it ends by itself", async () => {
    const exit = await supervisedProcesses().run(node(withGrandchild(STUBBORN, "process.exit(0)", ESCAPING)));

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
    await expect.poll(() => isAlive(grandchildPid())).toBe(false); // a killed process ends when it is its turn
  });

  it("is ended when the time is up", async () => {
    const exit = await supervisedProcesses({ graceMs: 100 }).run(node(withGrandchild(STUBBORN, STUBBORN, ESCAPING), { timeoutMs: 1000 }));

    expect(exit.end.kind).toBe("timed-out");
    await expect.poll(() => isAlive(grandchildPid())).toBe(false); // a killed process ends when it is its turn
  });

  it("is ended when another process was started by it and it ended itself", async () => {
    const between = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`require("fs").writeFileSync("last", String(process.pid)); ${STUBBORN}`)}], ${ESCAPING}).unref();
      const seen = setInterval(() => { if (require("fs").existsSync("last")) { clearInterval(seen); process.exit(0); } }, 10);`;
    const exit = await supervisedProcesses().run(
      node(
        withGrandchild(
          between,
          'const ended = setInterval(() => { if (require("fs").existsSync("last")) process.exit(0); }, 10)',
          ESCAPING,
        ),
      ),
    );

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
    await expect.poll(() => isAlive(Number(readFileSync(join(directory, "last"), "utf8")))).toBe(false); // a killed process ends when it is its turn
  });

  it("is left alone when another supervisor started it", async () => {
    const processes = supervisedProcesses();
    const other = processes.run(node(withGrandchild(SLEEP, SLEEP, ESCAPING), { timeoutMs: 3000 }));
    while (!existsSync(join(directory, "grandchild"))) await delay(20);
    await processes.run(node(""));
    const survived = isAlive(grandchildPid());
    await other;

    expect(survived).toBe(true);
    await expect.poll(() => isAlive(grandchildPid())).toBe(false); // a killed process ends when it is its turn
  });
});

describe.skipIf(process.platform === "win32")("a fork bomb", () => {
  /** 2^6 - 1 shells and as many sleeps: many enough to show it, few enough for any machine. They all ignore SIGTERM and write their process ids. */
  const bomb = (leave: string) => `trap "" TERM
    echo $$ >> pids
    if [ "$1" -gt 0 ]; then for _ in 1 2; do ${leave} /bin/sh ./bomb $(($1 - 1)) & done; fi
    sleep 30`;
  const MEMBERS = 2 ** 6 - 1;

  async function explode(leave: string): Promise<{ exit: ProcessExit; pids: number[] }> {
    writeFileSync(join(directory, "bomb"), bomb(leave));
    const request = { argv: ["/bin/sh", "./bomb", "5"], env: { PATH: "/usr/bin:/bin" }, timeoutMs: 2500 };
    const exit = await supervisedProcesses({ graceMs: 200 }).run(node("", request));
    return { exit, pids: readFileSync(join(directory, "pids"), "utf8").trim().split("\n").map(Number) };
  }

  it("is ended with all of its processes when the time is up", async () => {
    const { exit, pids } = await explode("");

    expect(exit.end).toEqual({ kind: "timed-out", timeoutMs: 2500 });
    expect(exit.durationMs).toBeLessThan(6000);
    expect(pids).toHaveLength(MEMBERS);
    expect(await Promise.all(pids.map(isGone))).toEqual(pids.map(() => true));
  });

  it.runIf(process.platform === "linux")("is ended when each of its processes leaves the group of the one before", async () => {
    const { exit, pids } = await explode("setsid");

    expect(exit.end.kind).toBe("timed-out");
    expect(pids).toHaveLength(MEMBERS);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });
});

describe.skipIf(process.platform === "win32")("the end of our own process", () => {
  /** Runs a program of ours that supervises `script`, and calls `then` once a process that it started wrote its id. */
  async function supervisor(script: string, then: string): Promise<number | null> {
    const module = new URL("../../src/host/supervised-process.ts", import.meta.url).href;
    const request = JSON.stringify(node(script));
    const program = `import { supervisedProcesses } from ${JSON.stringify(module)}; import { existsSync } from "node:fs";
      void supervisedProcesses().run(${request});
      const wait = setInterval(() => { if (existsSync("grandchild")) { clearInterval(wait); ${then} } }, 10);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { cwd: directory, stdio: "ignore" });
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  it.each([
    ["is told to end at once", "process.exit(130)", 130],
    ["fails", 'throw new Error("a bug")', 1],
  ])("ends a process and its descendants when it %s", async (_way, then, code) => {
    expect(await supervisor(withGrandchild(STUBBORN, STUBBORN), then)).toBe(code);
    expect(await isGone(grandchildPid())).toBe(true);
  });

  it.runIf(process.platform === "linux")("ends a descendant that left the group", async () => {
    await supervisor(withGrandchild(STUBBORN, STUBBORN, '{ stdio: "ignore", detached: true }'), "process.exit(130)");

    await expect.poll(() => isAlive(grandchildPid())).toBe(false); // a killed process ends when it is its turn
  });

  it("is not listened to any more when nothing runs", async () => {
    const before = process.listenerCount("exit");
    const processes = supervisedProcesses();
    const runs = Promise.all([processes.run(node("setTimeout(() => {}, 300)")), processes.run(node("setTimeout(() => {}, 300)"))]);
    await vi.waitUntil(() => process.listenerCount("exit") > before);
    const during = process.listenerCount("exit");
    await runs;

    expect([during, process.listenerCount("exit")]).toEqual([before + 1, before]);
  });
});

describe("a process that writes too much", () => {
  it("is ended when its output streams exceed the limit together", async () => {
    const script = `setInterval(() => { process.stdout.write("a".repeat(600)); process.stderr.write("b".repeat(600)); }, 5)`;
    const exit = await supervisedProcesses().run(node(script, { outputLimitBytes: 1000 }));

    expect(exit.end).toEqual({ kind: "flooded", limitBytes: 1000, where: "its output streams" });
  });

  it("is ended when it floods without pause", async () => {
    const script =
      'const line = "y\\n".repeat(50000); const flood = () => { while (process.stdout.write(line)); process.stdout.once("drain", flood); }; flood()';
    const exit = await supervisedProcesses().run(node(script, { outputLimitBytes: 10_000_000 }));

    expect(exit.end.kind).toBe("flooded");
    expect(exit.stdoutTail.length).toBe(1024 * 1024);
  });

  it("is reported as flooding when it ended by itself before all was read", async () => {
    const exit = await supervisedProcesses().run(node('process.stdout.write("a".repeat(1001))', { outputLimitBytes: 1000 }));

    expect(exit.end.kind).toBe("flooded");
  });

  it("may write exactly as much as allowed", async () => {
    const exit = await supervisedProcesses().run(node('process.stdout.write("a".repeat(1000))', { outputLimitBytes: 1000 }));

    expect(exit.end.kind).toBe("exited");
  });

  it("is ended when the watched file grows over its limit", async () => {
    const path = join(directory, "report.json");
    const script = `setInterval(() => require("fs").appendFileSync("report.json", "a".repeat(600)), 5)`;
    const exit = await supervisedProcesses({ pollMs: 20 }).run(node(script, { watch: { path, limitBytes: 1000 } }));

    expect(exit.end).toEqual({ kind: "flooded", limitBytes: 1000, where: path });
  });

  it("is reported as flooding when it filled the watched file and ended between two looks", async () => {
    const path = join(directory, "report.json");
    const script = `require("fs").writeFileSync("report.json", "a".repeat(1001))`;
    const exit = await supervisedProcesses({ pollMs: 60_000 }).run(node(script, { watch: { path, limitBytes: 1000 } }));

    expect(exit.end).toEqual({ kind: "flooded", limitBytes: 1000, where: path });
  });

  it("need not write the watched file", async () => {
    const exit = await supervisedProcesses().run(node("", { watch: { path: join(directory, "none"), limitBytes: 0 } }));

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
  });
});

describe("an interruption", () => {
  it("ends running processes", async () => {
    const stop = new AbortController();
    const processes = supervisedProcesses({ stop: stop.signal });
    const exits = Promise.all([processes.run(node(SLEEP)), processes.run(node(SLEEP))]);
    await delay(200);
    stop.abort();

    expect((await exits).map(({ end }) => end.kind)).toEqual(["interrupted", "interrupted"]);
  });

  it("lets no process start afterwards", async () => {
    const stop = AbortSignal.abort();
    const exit = await supervisedProcesses({ stop }).run(node('require("fs").writeFileSync("started", "")'));

    expect(exit.end).toEqual({ kind: "interrupted" });
    expect(existsSync(join(directory, "started"))).toBe(false);
  });

  it("does not touch a process that has already ended", async () => {
    const stop = new AbortController();
    const exit = await supervisedProcesses({ stop: stop.signal }).run(node(""));
    stop.abort();

    expect(exit.end).toEqual({ kind: "exited", code: 0 });
  });

  it("leaves no listener behind on the stop signal", async () => {
    const { signal } = new AbortController();
    await supervisedProcesses({ stop: signal }).run(node(""));

    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
