// Asks executables which Python they are. An answer is remembered in the cache as long as the executable stays the same file, because asking costs a start
// each (a pyenv shim: 0.13 s) and a warm scan need not start any Python. Of what is not the interpreter itself no answer is believed for more than a day.

import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import type { Host } from "../host/ports.ts";
import { replaceFile } from "./cache-directory.ts";
import { describeExit, runStep, succeeded } from "./install-step.ts";

const Interpreter = z.object({
  /** `cpython`, `pypy`, … */
  implementation: z.string(),
  /** major, minor, patch. */
  version: z.tuple([z.int(), z.int(), z.int()]),
  /** Absolute path to start it by. */
  executable: z.string().refine(isAbsolute),
  /** Real path of the executable below any virtual environment; an environment made of it stops working when this is gone. */
  base: z.string().refine(isAbsolute),
  hasPip: z.boolean(),
  hasEnsurepip: z.boolean(),
  freeThreaded: z.boolean(),
});

/** What an interpreter says of itself. */
export type Interpreter = z.infer<typeof Interpreter>;

/** An interpreter, or in words why the executable is none. */
export type Answer = { readonly interpreter: Interpreter } | { readonly refusal: string };

/** Runs on every Python 3.4 or later; earlier ones do not know -I and end with an error. */
const QUESTION = `
import importlib.util, json, os, sys
print(json.dumps({
    "implementation": sys.implementation.name,
    "version": list(sys.version_info[:3]),
    "executable": sys.executable,
    "base": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "hasPip": importlib.util.find_spec("pip") is not None,
    "hasEnsurepip": importlib.util.find_spec("ensurepip") is not None,
    "freeThreaded": "t" in getattr(sys, "abiflags", ""),
}))`;

const QUESTION_TIMEOUT_MS = 20_000;
const MEMORY_MS = 24 * 60 * 60 * 1000;

const Memory = z.array(
  z.object({
    path: z.string(),
    /** The file that is started by that path: its own path, and its state. */
    real: z.string(),
    state: z.string(),
    askedMs: z.number(),
    answer: z.union([z.object({ interpreter: Interpreter }), z.object({ refusal: z.string() })]),
  }),
);
type Memory = z.infer<typeof Memory>;

/** Asks every executable, those that are not remembered side by side. Answers are in the order of `paths`. */
export async function askInterpreters(paths: readonly string[], host: Host): Promise<readonly Answer[]> {
  const memoryPath = join(host.surroundings.cacheDirectory, "python", "interpreters.json");
  const memory = await recall(memoryPath);
  const nowMs = host.clock.now().getTime();
  const asked = await Promise.all(
    paths.map(async (path): Promise<Memory[number]> => {
      const file = { path, ...(await fileOf(path)) };
      const known = memory.find((entry) => entry.path === path && entry.real === file.real && entry.state === file.state);
      return known !== undefined && stillHolds(known, nowMs) ? known : { ...file, askedMs: nowMs, answer: await ask(path, host) };
    }),
  );
  // A cache that cannot be written costs time in the next run; whoever installs there reports it.
  const others = memory.filter((entry) => !paths.includes(entry.path) && stillHolds(entry, nowMs));
  if (asked.some((entry) => !memory.includes(entry))) await remember(memoryPath, [...asked, ...others]).catch(() => undefined);
  return asked.map(({ answer }) => answer);
}

async function ask(path: string, host: Host): Promise<Answer> {
  const { scratch, searchPath } = host.surroundings;
  const exit = await runStep(
    // A shim looks for the interpreter it stands for on the user's own PATH.
    {
      argv: [path, "-I", "-c", QUESTION],
      workDirectory: join(scratch, "python"),
      network: false,
      timeoutMs: QUESTION_TIMEOUT_MS,
      searchPath,
    },
    host,
  );
  if (!succeeded(exit)) return { refusal: `does not answer: ${describeExit(exit)}` };
  try {
    return { interpreter: Interpreter.parse(JSON.parse(exit.stdoutTail)) };
  } catch {
    return { refusal: "does not answer as Python does" };
  }
}

async function fileOf(path: string): Promise<Pick<Memory[number], "real" | "state">> {
  const { size, mtimeMs, ctimeMs } = await stat(path);
  return { real: await realpath(path), state: `${size}:${mtimeMs}:${ctimeMs}` };
}

function stillHolds({ real, askedMs, answer }: Memory[number], nowMs: number): boolean {
  const age = nowMs - askedMs;
  const isRecent = age >= 0 && age <= MEMORY_MS;
  if ("refusal" in answer) return isRecent;
  const { executable, base } = answer.interpreter;
  return existsSync(executable) && existsSync(base) && (isRecent || isItself(real, answer.interpreter));
}

/**
 * Whether the executable is the interpreter that answered, and no shim whose answer depends on more than its own file. One that has no pip yet is asked
 * again all the same: a package that brings it does not touch the executable.
 */
function isItself(real: string, { base, hasPip, hasEnsurepip }: Interpreter): boolean {
  return (hasPip || hasEnsurepip) && real === base;
}

async function recall(path: string): Promise<Memory> {
  try {
    return Memory.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return [];
  }
}

async function remember(path: string, asked: Memory): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, JSON.stringify(asked));
}
