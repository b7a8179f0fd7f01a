// Makes waiting short in a program under test, so that deadlines, polls and timeouts need no real seconds. `node --import` loads it.
// One clock for all: timers, AbortSignal.timeout, performance.now and Date. Work takes its real time, and a wait is skipped to its end.
// Nothing is skipped before the program's first request to a server on loopback (child processes started before need real time), nor while
// such a server is about to answer. A slow machine thus makes no deadline pass.
//
// FAST_CLOCK           how many times shorter a wait is (1000)
// FAST_CLOCK_PATIENCE  real milliseconds that a server has for an answer before waits are short again (1000): a hang is told by that

import { subscribe } from "node:diagnostics_channel";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";

const FACTOR = Number(process.env.FAST_CLOCK ?? 1000);
const PATIENCE_MS = Number(process.env.FAST_CLOCK_PATIENCE ?? 1000);

const RealDate = Date;
const realNow = performance.now.bind(performance);
const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
/** Timers that have not fired, each with the time of this clock that it is due at. */
const pending = new Set();
/** Requests that wait for their answer, and the clock's patience with each. */
const awaited = new Map();
/** How much shorter waits are at present, the milliseconds skipped so far, and the real timer of the next timer. */
const clock = { speed: 1, skipped: 0, tick: undefined };
const epoch = RealDate.now() - realNow();

function now() {
  return realNow() + clock.skipped;
}

function setSpeed(speed) {
  clock.speed = speed;
  schedule();
}

/** Only the next timer has a real one: what it starts may change when the one after it is due. */
function schedule() {
  real.clearTimeout(clock.tick);
  const timers = [...pending];
  if (timers.length === 0) return;
  const next = timers.reduce((first, timer) => (timer.due < first.due ? timer : first));
  clock.tick = real.setTimeout(fire, Math.max(0, (next.due - now()) / clock.speed), next);
  if (!timers.some(({ held }) => held)) clock.tick.unref();
}

function fire(timer) {
  const early = timer.due - now();
  // The event loop counts in whole milliseconds, and may be early by a part of one.
  if (early > 0 && clock.speed === 1) return schedule();
  clock.skipped += Math.max(0, early);
  pending.delete(timer);
  if (timer.repeats) restart(timer);
  else schedule();
  timer.callback();
}

function restart(timer) {
  timer.due = now() + timer.delay;
  pending.add(timer);
  schedule();
}

function stop(timer) {
  if (pending.delete(timer)) schedule();
  else real.clearTimeout(timer);
}

/** Returns what Node's timers return: an object that can be held, refreshed and cleared. */
function startTimer(callback, delay, repeats) {
  const timer = { callback, delay: delay >= 1 ? Number(delay) : 1, repeats, held: true };
  const hold = (held) => {
    timer.held = held;
    schedule();
    return timer;
  };
  Object.assign(timer, {
    ref: () => hold(true),
    unref: () => hold(false),
    hasRef: () => timer.held,
    refresh: () => {
      restart(timer);
      return timer;
    },
    close: () => stop(timer),
    [Symbol.dispose ?? Symbol.for("dispose")]: () => stop(timer),
  });
  restart(timer);
  return timer;
}

function delayed(delay, value, { signal, ref = true } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      stop(timer);
      reject(Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" }));
    };
    const timer = startTimer(() => {
      signal?.removeEventListener("abort", abort);
      resolve(value);
    }, delay);
    if (!ref) timer.unref();
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function timeoutSignal(delay) {
  const controller = new AbortController();
  const expire = () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  startTimer(expire, delay).unref();
  return controller.signal;
}

const patches = {
  setTimeout: (callback, delay, ...argv) => startTimer(() => callback(...argv), delay, false),
  setInterval: (callback, delay, ...argv) => startTimer(() => callback(...argv), delay, true),
  clearTimeout: stop,
  clearInterval: stop,
};
patches.setTimeout[promisify.custom] = delayed;
Object.assign(globalThis, patches);
Object.assign(timers, patches);
timersPromises.setTimeout = delayed;
syncBuiltinESMExports();
AbortSignal.timeout = timeoutSignal;
performance.now = now;
RealDate.now = () => Math.floor(epoch + now());
globalThis.Date = new Proxy(RealDate, {
  construct: (target, argv, newTarget) => Reflect.construct(target, argv.length === 0 ? [RealDate.now()] : argv, newTarget),
  apply: (target) => new target(RealDate.now()).toString(),
});

function isLoopback(origin) {
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/u.test(new URL(origin).hostname);
}

function answered(request) {
  if (!awaited.has(request)) return;
  real.clearTimeout(awaited.get(request));
  awaited.delete(request);
  if (awaited.size === 0) setSpeed(FACTOR);
}

// Both Node's own fetch and the undici package announce their requests here.
subscribe("undici:request:create", ({ request }) => {
  if (!isLoopback(request.origin)) return;
  awaited.set(request, real.setTimeout(answered, PATIENCE_MS, request).unref());
  setSpeed(1);
});
subscribe("undici:request:trailers", ({ request }) => answered(request));
subscribe("undici:request:error", ({ request }) => answered(request));
