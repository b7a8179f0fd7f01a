// The fast clock is what keeps the tests of retries and timeouts short: here it is shown to be fast when it should, and only then.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const CLOCK = pathToFileURL(join(import.meta.dirname, "..", "support", "fast-clock.mjs")).href;

/** Starts a server in a thread of its own, whose time is real, and returns its URL. It answers `/`, and leaves `/hang` unanswered. */
const SERVER = `
  import { Worker } from "node:worker_threads";
  import { once } from "node:events";
  import { setTimeout as sleep } from "node:timers/promises";
  const worker = new Worker(\`
    const { createServer } = require("node:http");
    const { parentPort } = require("node:worker_threads");
    const server = createServer((request, response) => request.url === "/" && response.end("{}"));
    server.listen(0, "127.0.0.1", () => parentPort.postMessage("http://127.0.0.1:" + server.address().port));
  \`, { eval: true, execArgv: [] });
  worker.unref();
  const [url] = await once(worker, "message");
  const from = { ticks: process.hrtime.bigint(), performance: performance.now(), date: Date.now(), newDate: +new Date() };
  const elapsed = () => ({
    real: Number(process.hrtime.bigint() - from.ticks) / 1e6,
    performance: performance.now() - from.performance,
    date: Date.now() - from.date,
    newDate: +new Date() - from.newDate,
  });
  const request = async (path = "/", options = {}) => (await fetch(url + path, options)).text();
`;

interface Elapsed {
  readonly real: number;
  readonly performance: number;
  readonly date: number;
  readonly newDate: number;
}

/** Runs a module body under the clock and returns what it prints: milliseconds that passed, by each clock. */
function run(body: string, env: Record<string, string> = {}): Elapsed & Record<string, unknown> {
  const argv = ["--import", CLOCK, "--input-type=module", "--eval", SERVER + body];
  const { stdout, stderr, status } = spawnSync(process.execPath, argv, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 100_000,
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout);
}

/** Longer than a run may take. */
const LONG = 300_000;

describe("the fast clock", () => {
  it.each([
    ["setTimeout", `await new Promise((resolve) => setTimeout(resolve, ${LONG}));`],
    ["setTimeout of node:timers/promises", `await sleep(${LONG});`],
    [
      "setInterval",
      `await new Promise((resolve) => { let n = 0; const t = setInterval(() => ++n === 30 && resolve(clearInterval(t)), 10000); });`,
    ],
    [
      "AbortSignal.timeout",
      `const held = setTimeout(() => {}, 1e8); await once(AbortSignal.timeout(${LONG}), "abort"); clearTimeout(held);`,
    ],
  ])("lets minutes of %s pass at once after a request to loopback", (_name, wait) => {
    const { performance, date, newDate } = run(`await request(); ${wait} console.log(JSON.stringify(elapsed()));`);
    expect(Math.min(performance, date + 1, newDate + 1)).toBeGreaterThanOrEqual(LONG);
  });

  it("also lets a timer pass that was set before the request, as that of a request is", () => {
    const body = `const waiting = sleep(${LONG}); await request(); await waiting; console.log(JSON.stringify(elapsed()));`;
    const { performance } = run(body);
    expect(performance).toBeGreaterThanOrEqual(LONG);
  });

  it("runs in real time without a request", () => {
    const { real, performance, date } = run(`await sleep(50); console.log(JSON.stringify(elapsed()));`);
    expect(performance).toBeGreaterThanOrEqual(50);
    expect(Math.abs(performance - real)).toBeLessThan(50);
    expect(Math.abs(date - real)).toBeLessThan(50);
  });

  it("runs in real time after a request that goes elsewhere", () => {
    // RFC 6761: a name below .invalid never resolves.
    const body = `await fetch("http://gate.invalid/").catch(() => {}); await sleep(50); console.log(JSON.stringify(elapsed()));`;
    const { real, performance } = run(body);
    expect(Math.abs(performance - real)).toBeLessThan(50);
  });

  it("expires the timeout of a request that hangs, at once", () => {
    const body = `
      const error = await request("/hang", { signal: AbortSignal.timeout(${LONG}) }).catch(({ name }) => name);
      console.log(JSON.stringify({ ...elapsed(), error }));`;
    const { performance, error } = run(body, { FAST_CLOCK_PATIENCE: "20" });
    expect(error).toBe("TimeoutError");
    expect(performance).toBeGreaterThanOrEqual(LONG);
  });

  it("leaves a server its real time for an answer", () => {
    const body = `
      await request();
      request("/hang").catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      const ticks = process.hrtime.bigint();
      const virtual = performance.now();
      while (Number(process.hrtime.bigint() - ticks) < 50e6);
      console.log(JSON.stringify({ waited: performance.now() - virtual, ...elapsed() }));
      process.exit();`;
    expect(run(body, { FAST_CLOCK_PATIENCE: "60000" })["waited"]).toBeLessThan(1000);
  });

  it("counts work at its real length, so that a slow machine makes no deadline pass", () => {
    const body = `
      await request();
      const ticks = process.hrtime.bigint();
      const before = performance.now();
      while (Number(process.hrtime.bigint() - ticks) < 50e6);
      console.log(JSON.stringify({ worked: performance.now() - before, ...elapsed() }));`;
    expect(run(body)["worked"]).toBeLessThan(1000);
  });

  it("fires timers in the order that they are due, after a pause too", () => {
    const body = `
      await request();
      const fired = [];
      const wait = (delay) => sleep(delay).then(() => fired.push(delay));
      const all = [wait(60000), wait(20), wait(3000).then(() => wait(1000))];
      const ticks = process.hrtime.bigint();
      while (Number(process.hrtime.bigint() - ticks) < 100e6);
      await Promise.all(all);
      console.log(JSON.stringify({ fired }));`;
    expect(run(body)["fired"]).toEqual([20, 3000, 1000, 60000]);
  });

  it("keeps what Node's timers can do", () => {
    const body = `
      await request();
      setTimeout(() => console.log("never"), 1e9).unref();
      clearTimeout(setTimeout(() => console.log("cleared"), 1));
      const fired = await new Promise((resolve) => setTimeout((...argv) => resolve(argv), 1, "a", "b"));
      const stopped = new AbortController();
      const sleeping = sleep(1e9, null, { signal: stopped.signal }).catch(({ name }) => name);
      stopped.abort();
      const timer = setTimeout(() => {}, 1);
      const held = [timer.hasRef(), timer.unref().hasRef(), timer.ref().hasRef()];
      console.log(JSON.stringify({ fired, aborted: await sleeping, held, isDate: new Date() instanceof Date, year: new Date(0).getUTCFullYear() }));`;
    const expected = { fired: ["a", "b"], aborted: "AbortError", held: [true, false, true], isDate: true, year: 1970 };
    expect(run(body)).toEqual(expected);
  });
});
