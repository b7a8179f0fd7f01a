// Starts a process that may hang, flood or leave children behind, and guarantees an end: of it, of its process group, and of what left the group (see
// process-group.ts), before `run` resolves and before our own process ends. Uses no shell, inherits no environment and keeps only the tail of the output.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../errors.ts";
import { lastWords } from "../text/last-words.ts";
import { type Clean, redactor } from "../text/redact.ts";
import { MARK_VARIABLE } from "./marked-processes.ts";
import type { ProcessEnd, ProcessExit, Processes, ProcessRequest } from "./ports.ts";
import { livingGroups, type ProcessGroup, processGroupOf } from "./process-group.ts";

/** What ends processes early, and how patiently. */
export interface SupervisionOptions {
  /** Ends every running process when aborted, and lets none start afterwards. Abort it on the signals that stop us: a group of its own gets neither. */
  readonly stop?: AbortSignal;
  /** `%SystemRoot%`; needed on Windows only. */
  readonly systemRoot?: string;
  /** Milliseconds between asking a group to end and ending it. */
  readonly graceMs?: number;
  /** Milliseconds between two looks at the watched file. */
  readonly pollMs?: number;
  /** What takes the secrets out of last words; those with the shape of one by default. */
  readonly clean?: Clean;
}

/** How much of each stream is kept, bytes: Bandit logs a stack trace with every check that fails, 400 KiB where 265 did. */
const TAIL_BYTES = 1024 * 1024;
/** How long output may still arrive after the end, milliseconds: only a process that left the group can hold the pipes open. */
const DRAIN_MS = 500;

/** Builds the supervisor of processes. */
export function supervisedProcesses(options: SupervisionOptions = {}): Processes {
  const { stop, systemRoot = "", graceMs = 2000, pollMs = 200, clean = redactor([]) } = options;
  const living = livingGroups();
  return {
    run: async (request) => {
      const startedAt = performance.now();
      const unstarted = (end: ProcessEnd): ProcessExit => ({
        end,
        durationMs: performance.now() - startedAt,
        stdoutTail: "",
        stderrTail: "",
        lastWords: "",
        stderrDropped: false,
      });
      if (stop?.aborted) return unstarted({ kind: "interrupted" });
      const mark = randomUUID();
      const child = await start(request, mark);
      if (child instanceof Error) return unstarted({ kind: "not-started", message: child.message });
      const group = processGroupOf(child.process, { mark, systemRoot });
      living.add(group);
      try {
        const exit = await supervise(child, group, { request, stop, graceMs, pollMs, clean });
        return { ...exit, durationMs: performance.now() - startedAt };
      } finally {
        living.remove(group);
      }
    },
  };
}

interface Child {
  readonly process: ChildProcess;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Resolves with the error when there is no process: a missing file, a missing directory, an argument the system refuses. */
function start({ argv, env, cwd }: ProcessRequest, mark: string): Promise<Child | Error> {
  return new Promise((resolve) => {
    const [file = "", ...words] = argv;
    const refuse = (cause: unknown) => resolve(new Error(`${file} (in ${cwd}): ${messageOf(cause)}`));
    try {
      const child = spawn(file, words, {
        cwd,
        env: { ...env, [MARK_VARIABLE]: mark },
        detached: process.platform !== "win32",
        shell: false,
        stdio: ["ignore", "pipe", "pipe"],
        windowsHide: true,
      });
      child.once("error", refuse);
      child.once("spawn", () => {
        child.on("error", () => {}); // a failed signal; the group is signalled by itself
        resolve({ process: child, stdout: child.stdout, stderr: child.stderr });
      });
    } catch (cause) {
      refuse(cause);
    }
  });
}

interface Supervision {
  readonly request: ProcessRequest;
  readonly stop: AbortSignal | undefined;
  readonly graceMs: number;
  readonly pollMs: number;
  readonly clean: Clean;
}

async function supervise(child: Child, group: ProcessGroup, supervision: Supervision): Promise<Omit<ProcessExit, "durationMs">> {
  const { request, graceMs } = supervision;
  const exited = exitOf(child.process);
  const closed = new Promise((resolve) => child.process.once("close", resolve));
  const output = readOutput(child, request.outputLimitBytes);
  const over = new AbortController();
  const cut = reasonsToCut(supervision, output, over.signal);
  const end = await Promise.race([exited, cut]);
  over.abort();
  if (!isOwnEnd(end)) {
    group.terminate();
    await Promise.race([exited, pause(graceMs)]);
  }
  group.kill(); // also after an orderly end: nothing it started may stay behind
  await Promise.race([closed, pause(DRAIN_MS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  child.process.unref();
  const { stdout, stderr } = output.tails;
  const [stdoutTail, stderrTail] = [stdout.text(), stderr.text()];
  return {
    end: await lastLook(end, request, output),
    stdoutTail,
    stderrTail,
    lastWords: lastWords(stderrTail.trim() === "" ? stdoutTail : stderrTail, supervision.clean),
    stderrDropped: stderr.hasDropped(),
  };
}

function exitOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) =>
      resolve(code === null ? { kind: "signalled", signal: signal ?? "unknown" } : { kind: "exited", code }),
    );
  });
}

/** Does not keep our own process alive. */
function pause(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false });
}

/** Resolves with the first reason to end the process. Rejects when `over` is aborted, to which nobody listens any more. */
function reasonsToCut({ request, stop, pollMs }: Supervision, output: Output, over: AbortSignal): Promise<ProcessEnd> {
  const { timeoutMs, watch } = request;
  const interruption = new Promise<ProcessEnd>((resolve) => {
    if (stop?.aborted) resolve({ kind: "interrupted" });
    stop?.addEventListener("abort", () => resolve({ kind: "interrupted" }), { once: true, signal: over });
  });
  const reasons = [interruption, output.flood, delay<ProcessEnd>(timeoutMs, { kind: "timed-out", timeoutMs }, { signal: over })];
  return Promise.race(watch === undefined ? reasons : [...reasons, fileFlood(watch, pollMs, over)]);
}

interface Output {
  /** Resolves when there is more than allowed. */
  readonly flood: Promise<ProcessEnd>;
  readonly isFlooded: () => boolean;
  readonly tails: { readonly stdout: Tail; readonly stderr: Tail };
}

function readOutput(child: Child, limitBytes: number): Output {
  let bytes = 0;
  const tails = { stdout: emptyTail(), stderr: emptyTail() };
  const flood = new Promise<ProcessEnd>((resolve) => {
    for (const name of ["stdout", "stderr"] as const) {
      child[name].on("error", () => {}); // a broken pipe ends the output, not us
      child[name].on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        tails[name].add(chunk);
        if (bytes > limitBytes) resolve(outputFlood(limitBytes));
      });
    }
  });
  return { flood, isFlooded: () => bytes > limitBytes, tails };
}

/** The end of a stream. */
interface Tail {
  readonly add: (chunk: Buffer) => void;
  readonly text: () => string;
  readonly hasDropped: () => boolean;
}

/** Keeps chunks as they come and lets the oldest go once those after it are enough, so a flood is not copied over and over. */
function emptyTail(): Tail {
  const chunks: Buffer[] = [];
  let kept = 0;
  let total = 0;
  return {
    add: (chunk) => {
      chunks.push(chunk);
      kept += chunk.length;
      total += chunk.length;
      while (kept - (chunks[0]?.length ?? 0) >= TAIL_BYTES) kept -= chunks.shift()?.length ?? 0;
    },
    text: () => Buffer.concat(chunks).subarray(-TAIL_BYTES).toString("utf8"),
    hasDropped: () => total > TAIL_BYTES,
  };
}

function outputFlood(limitBytes: number): ProcessEnd {
  return { kind: "flooded", limitBytes, where: "its output streams" };
}

type WatchedFile = NonNullable<ProcessRequest["watch"]>;

async function fileFlood(watch: WatchedFile, pollMs: number, over: AbortSignal): Promise<ProcessEnd> {
  while (!(await isTooLarge(watch))) await delay(pollMs, undefined, { signal: over });
  return watchedFlood(watch);
}

function watchedFlood({ path, limitBytes }: WatchedFile): ProcessEnd {
  return { kind: "flooded", limitBytes, where: path };
}

async function isTooLarge({ path, limitBytes }: WatchedFile): Promise<boolean> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size > limitBytes;
}

/** A process may flood and end between two looks, or before all of its output was read. */
async function lastLook(end: ProcessEnd, { outputLimitBytes, watch }: ProcessRequest, output: Output): Promise<ProcessEnd> {
  if (!isOwnEnd(end)) return end;
  if (output.isFlooded()) return outputFlood(outputLimitBytes);
  return watch !== undefined && (await isTooLarge(watch)) ? watchedFlood(watch) : end;
}

function isOwnEnd({ kind }: ProcessEnd): boolean {
  return kind === "exited" || kind === "signalled";
}
