// What a run leaves behind when it is told to stop, with real processes and real signals: a program that opens a run directory and then waits.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withRunDirectory } from "../../src/host/run-directory.ts";
import { isAlive } from "../support/live-processes.ts";

let directory = "";

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "run-directory-")));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A body that ends when it is told to. */
const OBEYING = "await new Promise((resolve) => { stop.addEventListener('abort', resolve); setTimeout(() => {}, 60_000).unref(); });";
/** A body that never ends. */
const HANGING = "await new Promise((resolve) => setTimeout(resolve, 60_000));";

interface Ended {
  readonly code: number | null;
  readonly ms: number;
  /** Process ids that the program wrote. */
  readonly pids: readonly number[];
}

/** Runs a program with `body` inside a run directory, sends it the signals once it is there, and returns how it ended. */
async function interrupt(body: string, signals: readonly NodeJS.Signals[]): Promise<Ended> {
  const module = new URL("../../src/host/run-directory.ts", import.meta.url).href;
  const program = `import { withRunDirectory } from ${JSON.stringify(module)}; import { writeFileSync } from "node:fs"; import { spawn } from "node:child_process";
    setInterval(() => {}, 1000).unref();
    const alive = setTimeout(() => {}, 60_000);
    process.exitCode = await withRunDirectory(${JSON.stringify(directory)}, async ({ scratch, stop, interruptedBy }) => {
      writeFileSync(scratch + "/file", "");
      const child = ${body.includes("CHILD") ? 'spawn("/bin/sleep", ["60"], { stdio: "ignore" })' : "null"};
      console.log("ready", child?.pid ?? "");
      ${body.replace("CHILD", "")}
      return interruptedBy();
    });
    clearTimeout(alive);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  while (!said.includes("\n")) await delay(10);
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const start = performance.now();
  for (const signal of signals) {
    child.kill(signal);
    await delay(100);
  }
  const code = await ended;
  return { code, ms: performance.now() - start, pids: (said.match(/\d+/gu) ?? []).map(Number) };
}

describe("a parent that cannot hold it", () => {
  it.each(["/does/not/exist", "/dev/null"])("is a configuration error that names it: %s", async (parent) => {
    await expect(withRunDirectory(parent, async () => "never")).rejects.toMatchObject({
      code: "config-invalid",
      message: expect.stringMatching(new RegExp(`^No private directory can be made in ${parent}: .*TMPDIR`, "u")),
    });
  });
});

describe("withRunDirectory", () => {
  it("gives an empty directory that is gone afterwards", async () => {
    const during = await withRunDirectory(directory, async ({ scratch }) => [readdirSync(directory).length, readdirSync(scratch).length]);

    expect(during).toEqual([1, 0]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("removes the directory when the body fails", async () => {
    const failing = withRunDirectory(directory, async () => {
      throw new Error("no further");
    });

    await expect(failing).rejects.toThrow("no further");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("leaves no listener behind", async () => {
    const count = () => ["SIGHUP", "SIGINT", "SIGTERM", "exit"].map((name) => process.listenerCount(name));
    const before = count();
    const during = await withRunDirectory(directory, async () => count());

    expect(during).toEqual(before.map((listeners) => listeners + 1));
    expect(count()).toEqual(before);
  });
});

describe.skipIf(process.platform === "win32")("a run that is told to stop", () => {
  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends in order on %s with the status that a shell expects", async (signal, status) => {
    const { code, ms } = await interrupt(OBEYING, [signal]);

    expect(code).toBe(status);
    expect(ms).toBeLessThan(2000);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ["SIGINT", "SIGINT", 130],
    ["SIGINT", "SIGTERM", 130],
    ["SIGHUP", "SIGHUP", 129],
  ] as const)("ends at once on %s and then %s, and leaves no directory", async (first, second, status) => {
    const { code, ms } = await interrupt(HANGING, [first, second]);

    expect(code).toBe(status);
    expect(ms).toBeLessThan(2000);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("ends before the second signal of a runner when it hangs, and leaves no directory", async () => {
    const { code, ms } = await interrupt(HANGING, ["SIGINT"]);

    expect(code).toBe(130);
    expect(ms).toBeGreaterThan(4500);
    expect(ms).toBeLessThan(7000);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("ends the children that nobody supervises when it ends at once", async () => {
    const { pids } = await interrupt(`CHILD ${HANGING}`, ["SIGINT", "SIGINT"]);

    expect(pids).toHaveLength(1);
    expect(pids.map(isAlive)).toEqual([false]);
  });
});
