// A Bandit or Safety whose release is malicious and was accepted all the same: a copy of the installed environment with code of the attacker in front of
// the program, recorded as if the lock had named it. Trivy has no such double: its digest stands in our source, so no other binary is ever started.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { PythonTool } from "../../src/tools/locks.ts";
import { recordTree } from "../../src/tools/tree-manifest.ts";
import { TOOL_CACHE } from "./installed-tools.ts";
import { processesWith } from "./live-processes.ts";
import { type ScanResult, scanDirectory } from "./run-cli.ts";

export interface CompromisedScanner {
  /** XDG_CACHE_HOME and RUNNER_TOOL_CACHE. */
  readonly cache: string;
  /** The interpreter of one of its environments. */
  readonly python: string;
  /** Puts Python code in front of the program and records the tree anew. */
  readonly release: (code: string) => Promise<void>;
  /** Puts Python code in front of the program and leaves the record as it is. */
  readonly tamper: (code: string) => void;
}

/** Copies every installed environment of the tool to a fresh cache below `parent`, up to 150 MB; what else is installed is linked there. */
export function compromisedScanner(tool: PythonTool, parent: string): CompromisedScanner {
  const cache = mkdtempSync(join(parent, "cache-"));
  const from = join(TOOL_CACHE, "sarif-gate", "python");
  const to = join(cache, "sarif-gate", "python");
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith(".")) continue;
    if (name.startsWith(`${tool}-`) || name.endsWith(".json"))
      cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(from, name), join(to, name));
  }
  const copies = readdirSync(to).filter((name) => name.startsWith(`${tool}-`));
  const programs = copies.map((name) => programOf(join(to, name, "environment"), tool));
  const tamper = (code: string): void => {
    for (const { main, text, compiled } of programs) {
      rmSync(compiled, { recursive: true, force: true });
      writeFileSync(main, `${code}\n${text}`);
    }
  };
  const release = async (code: string): Promise<void> => {
    tamper(code);
    for (const name of copies) await recordTree(join(to, name, "environment"), join(to, name, "manifest.json"));
  };
  return { cache, python: join(to, copies[0] ?? "", "environment", "bin", "python"), release, tamper };
}

interface Program {
  readonly main: string;
  readonly text: string;
  /** Python would not look at the changed source beside it. */
  readonly compiled: string;
}

function programOf(environment: string, tool: PythonTool): Program {
  const [python = ""] = readdirSync(join(environment, "lib"));
  const directory = join(environment, "lib", python, "site-packages", tool);
  const main = join(directory, "__init__.py");
  return { main, text: readFileSync(main, "utf8"), compiled: join(directory, "__pycache__") };
}

export interface WatchedScan extends ScanResult {
  readonly seconds: number;
  /** The most memory that our own process had resident, bytes. */
  readonly peakBytes: number;
}

/** After this we end the command line ourselves, and the scan counts as hanging. */
const PATIENCE_MS = 45_000;

/** Scans a directory with the compromised Bandit alone and without results of earlier runs, and watches our own process. */
export async function watchedScan(directory: string, cache: string, argv: readonly string[] = []): Promise<WatchedScan> {
  let peakBytes = 0;
  const started = performance.now();
  const scanned = await scanDirectory(directory, ["--scanners", "bandit", "--no-cache", ...argv], {
    env: { XDG_CACHE_HOME: cache },
    during: (child) => {
      const look = setInterval(() => {
        peakBytes = Math.max(peakBytes, peakMemory(child.pid));
      }, 20);
      const end = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      child.on("close", () => {
        clearInterval(look);
        clearTimeout(end);
      });
    },
  });
  return { ...scanned, seconds: (performance.now() - started) / 1000, peakBytes };
}

/** Zero once it has ended. */
function peakMemory(pid: number | undefined): number {
  try {
    const [, kibibytes = "0"] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return 0;
  }
}

/** Returns the processes that hold `mark` in their command line or environment, once none is left or two seconds have passed. */
export async function processesLeft(mark: string): Promise<ReadonlyMap<number, string>> {
  const deadline = performance.now() + 2000;
  for (;;) {
    const left = processesWith(mark);
    if (left.size === 0 || performance.now() > deadline) return left;
    await delay(50);
  }
}

/** The descriptors of this process and what they are open on. */
export function openDescriptors(): ReadonlyMap<string, string> {
  return new Map(
    readdirSync("/proc/self/fd").flatMap((number) => {
      try {
        return [[number, readlinkSync(`/proc/self/fd/${number}`)] as const];
      } catch {
        return []; // that of the listing itself
      }
    }),
  );
}

/** What a program can see of itself. */
export interface Seen {
  readonly environment: Readonly<Record<string, string>>;
  readonly rawEnvironment: readonly string[];
  readonly arguments: readonly string[];
  readonly rawArguments: readonly string[];
  readonly searchPath: readonly string[];
  readonly isolated: boolean;
  readonly descriptors: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<"cwd" | "home" | "temporary", { path: string; mode: string; entries: readonly string[] }>>;
}

/** Python that evaluates to a dictionary in the shape of Seen. */
const LOOK = `
import json, os, stat, sys

def descriptors():
    found = {}
    for number in os.listdir("/proc/self/fd"):
        try:
            found[number] = os.readlink("/proc/self/fd/" + number)
        except OSError:
            pass  # that of the listing itself
    return found

def place(path):
    return {"path": path, "mode": oct(stat.S_IMODE(os.stat(path).st_mode)), "entries": os.listdir(path)}

def words(file):
    return open("/proc/self/" + file, errors="surrogateescape").read().split("\\0")[:-1]

seen = {
    "environment": dict(os.environ),
    "rawEnvironment": words("environ"),
    "arguments": sys.argv,
    "rawArguments": words("cmdline"),
    "searchPath": sys.path,
    "isolated": bool(sys.flags.isolated),
    "descriptors": descriptors(),
    "places": {"cwd": place(os.getcwd()), "home": place(os.environ["HOME"]), "temporary": place(os.environ["TMPDIR"])},
}
`;

/** Python that writes to `file` what it sees, and what a child sees to which it leaves all it has. */
export function lookAround(file: string): string {
  return `
import subprocess
LOOK = ${JSON.stringify(LOOK)}
exec(LOOK)
child = subprocess.run([sys.executable, "-I", "-c", LOOK + "print(json.dumps(seen))"], close_fds=False, stdout=subprocess.PIPE, check=True)
with open(${JSON.stringify(file)}, "w") as file:
    json.dump({"own": seen, "child": json.loads(child.stdout)}, file)
`;
}

/** Reads what `lookAround` wrote. */
export function readSeen(file: string): Record<"own" | "child", Seen> {
  return JSON.parse(readFileSync(file, "utf8")) as Record<"own" | "child", Seen>;
}
