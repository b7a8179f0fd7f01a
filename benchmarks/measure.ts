// Runs one command and measures it: wall time, processor time and peak memory of its whole process tree. Linux only, because it reads /proc.

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Measurement {
  readonly wallMs: number;
  /** User and system time of the command and of every descendant that was waited for, in steps of 10 ms. */
  readonly cpuMs: number;
  /** The largest sum of resident memory seen over the tree, bytes. Pages that processes share count once for each. */
  readonly peakBytes: number;
  readonly status: number;
}

export interface MeasuredCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** File that takes the standard output; by default nobody reads it. */
  readonly output?: string;
  /** Exit statuses that are no failure. */
  readonly allowed: readonly number[];
}

const POLL_MS = 25;
/** USER_HZ, which is 100 on every Linux that Node runs on (proc(5)). */
const TICK_MS = 10;
const STDERR_KEPT = 2000;

/** Rejects with the end of what the command printed when its status is not allowed. Measure one command at a time. */
export async function measure({ argv, env, cwd, output, allowed }: MeasuredCommand): Promise<Measurement> {
  const [file = "", ...words] = argv;
  if (output !== undefined) mkdirSync(dirname(output), { recursive: true });
  const stdout = output === undefined ? "ignore" : openSync(output, "w");
  const cpuBefore = childrenCpuMs();
  const started = performance.now();
  const child = spawn(file, words, { env, cwd, stdio: ["ignore", stdout, "pipe"] });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = `${stderr}${text}`.slice(-STDERR_KEPT);
  });
  let peakBytes = 0;
  const poll = () => {
    peakBytes = Math.max(peakBytes, treeBytes(child.pid ?? 0));
  };
  const timer = setInterval(poll, POLL_MS);
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? -1));
    });
    const wallMs = performance.now() - started;
    if (!allowed.includes(status)) throw new Error(`${argv.slice(0, 6).join(" ")} … ended with ${status}: ${stderr}`);
    return { wallMs, cpuMs: childrenCpuMs() - cpuBefore, peakBytes, status };
  } finally {
    clearInterval(timer);
    if (typeof stdout === "number") closeSync(stdout);
  }
}

/** Of commands that ran one after the other: the sum of their times and the largest of their peaks. */
export function inSequence(done: readonly Measurement[]): Measurement {
  const sum = (of: (one: Measurement) => number) => done.reduce((total, one) => total + of(one), 0);
  return {
    wallMs: sum(({ wallMs }) => wallMs),
    cpuMs: sum(({ cpuMs }) => cpuMs),
    peakBytes: Math.max(...done.map(({ peakBytes }) => peakBytes)),
    status: 0,
  };
}

/** Share of the machine's time that its host gave to others since `before`, percent; see `cpuTimes`. */
export function stealPercent(before: CpuTimes, after: CpuTimes = cpuTimes()): number {
  const total = after.total - before.total;
  return total === 0 ? 0 : (100 * (after.steal - before.steal)) / total;
}

export interface CpuTimes {
  readonly total: number;
  readonly steal: number;
}

/** Processor time of the machine since it started, in ticks (proc_stat(5)). */
export function cpuTimes(): CpuTimes {
  const fields = readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.trim().split(/\s+/u).slice(1, 9).map(Number) ?? [];
  return { total: fields.reduce((sum, ticks) => sum + ticks, 0), steal: fields[7] ?? 0 };
}

/** Fields 16 and 17 of proc_pid_stat(5): time of children that were waited for. */
function childrenCpuMs(): number {
  const fields = afterName(readFileSync("/proc/self/stat", "utf8"));
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** The fields of a stat file from the third on; the second, a name in brackets, may hold anything. */
function afterName(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function treeBytes(pid: number): number {
  const own = residentBytes(pid);
  return childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), own);
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/u.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function childrenOf(pid: number): number[] {
  return tasksOf(pid).flatMap((task) =>
    readOr(`/proc/${pid}/task/${task}/children`)
      .split(" ")
      .filter((id) => id.trim() !== "")
      .map(Number),
  );
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it has ended
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}
