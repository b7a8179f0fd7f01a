// Chooses the Python that Bandit and Safety run on: the one that was asked for, else the newest supported one on PATH.
// Never one from the scanned tree, and none for which there are no wheels.

import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, sep } from "node:path";
import { InstallError } from "../errors.ts";
import type { Host } from "../host/ports.ts";
import { type Answer, askInterpreters, type Interpreter } from "./ask-interpreter.ts";

/** Minor versions of Python 3 that the locks know. */
const OLDEST = 10;
const NEWEST = 14;

const COMMANDS = [...Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `python3.${NEWEST - index}`), "python3", "python"];

/** The interpreter to install and run scanners with. */
export interface PythonInterpreter {
  /** Absolute path to start it by. */
  readonly executable: string;
  /** Real path of the installed interpreter, which is not that of a virtual environment. */
  readonly base: string;
  /** `3.11.7` */
  readonly version: string;
  /** `3.11` */
  readonly minor: string;
  readonly hasPip: boolean;
  readonly hasEnsurepip: boolean;
}

export interface InterpreterRequest {
  /** Absolute path, command name, or version such as `3.12`; null: the newest on PATH. */
  readonly python: string | null;
  /** The scanned tree, absolute: nothing in it is started. */
  readonly path: string;
}

/** Throws an InstallError `install-unsupported` that lists what was found when nothing fits. */
export async function choosePython(request: InterpreterRequest, host: Host): Promise<PythonInterpreter> {
  const candidates = await findCandidates(request, host);
  const answers = await askInterpreters(candidates, host);
  const judged = answers.map((answer, index) => ({ path: candidates[index] ?? "", ...judge(answer) }));
  const fitting = judged.flatMap(({ interpreter }) => (interpreter === null ? [] : [interpreter]));
  // The sort is stable: of two with the same minor version the one that PATH names first is taken.
  const newest = fitting.sort((a, b) => b.version[1] - a.version[1])[0];
  if (newest === undefined) throw noneFits(request.python, judged);
  const [major, minor, patch] = newest.version;
  const { executable, base, hasPip, hasEnsurepip } = newest;
  return { executable, base, version: `${major}.${minor}.${patch}`, minor: `${major}.${minor}`, hasPip, hasEnsurepip };
}

interface Judgement {
  readonly interpreter: Interpreter | null;
  /** Why not, after the path: "is Python 3.9.2, …"; empty for one that fits. */
  readonly because: string;
}

function judge(answer: Answer): Judgement {
  if ("refusal" in answer) return { interpreter: null, because: answer.refusal };
  const { implementation, version, freeThreaded } = answer.interpreter;
  const [major, minor] = version;
  if (implementation !== "cpython") return { interpreter: null, because: `is ${implementation}, not CPython` };
  if (major !== 3 || minor < OLDEST) return { interpreter: null, because: `is Python ${version.join(".")}, older than 3.${OLDEST}` };
  if (minor > NEWEST) return { interpreter: null, because: `is Python ${version.join(".")}, newer than 3.${NEWEST}` };
  if (freeThreaded) return { interpreter: null, because: "is a free-threaded build, for which the scanners have no wheels" };
  return { interpreter: answer.interpreter, because: "" };
}

function noneFits(python: string | null, judged: readonly { path: string; because: string }[]): InstallError {
  const found = judged.length === 0 ? "none was found" : judged.map(({ path, because }) => `${path} ${because}`).join("; ");
  const wanted = python === null ? `No Python 3.${OLDEST} to 3.${NEWEST} is on PATH` : `The interpreter \`${python}\` cannot be used`;
  return new InstallError("install-unsupported", `${wanted}: ${found}.`, {
    remedy: `Bandit and Safety run on CPython 3.${OLDEST} to 3.${NEWEST}: install one (in a workflow: actions/setup-python), or name one with \`python\`.`,
  });
}

/** Absolute paths of executables, each real file once, in the order of PATH. */
async function findCandidates({ python, path }: InterpreterRequest, host: Host): Promise<readonly string[]> {
  if (python !== null && /[\\/]/.test(python)) return isAbsolute(python) && (await isExecutable(python)) ? [python] : [];
  const suffix = host.platform.os === "win32" ? ".exe" : "";
  const names = python === null ? COMMANDS : [/^\d/.test(python) ? `python${python}` : python];
  const directories = await trustedDirectories(host.surroundings.searchPath, await scannedTree(path, host));
  const byRealPath = new Map<string, string>();
  for (const candidate of directories.flatMap((directory) => names.map((name) => join(directory, name + suffix)))) {
    if (!(await isExecutable(candidate))) continue;
    const real = await realpath(candidate);
    if (!byRealPath.has(real)) byRealPath.set(real, candidate);
  }
  const found = [...byRealPath.values()];
  return python === null ? found : found.slice(0, 1);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The work tree that holds the path; where git cannot say, the path alone (the scan itself reports what is wrong with it). */
async function scannedTree(path: string, { git }: Host): Promise<string> {
  return (await git.topLevel(path).catch(() => null)) ?? path;
}

/** Entries of PATH that are absolute and, by name or after links, outside of the scanned tree. */
async function trustedDirectories(searchPath: string, tree: string): Promise<readonly string[]> {
  const within = (directory: string, root: string) => directory === root || directory.startsWith(root.endsWith(sep) ? root : root + sep);
  const realTree = await realpath(tree).catch(() => tree);
  const trusted: string[] = [];
  for (const entry of searchPath.split(delimiter).filter(isAbsolute)) {
    const real = await realpath(entry).catch(() => null);
    if (real !== null && !within(real, realTree) && !within(entry, tree)) trusted.push(entry);
  }
  return trusted;
}
