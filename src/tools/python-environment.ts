// What is where in a virtual environment, and what must not be in one.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InstallError } from "../errors.ts";
import type { Platform } from "../host/ports.ts";

/** The interpreter of the environment at `directory`. */
export function environmentPython(directory: string, { os }: Platform): string {
  return os === "win32" ? join(directory, "Scripts", "python.exe") : join(directory, "bin", "python");
}

/** Where its packages are; `minor` as in "3.11". */
export function environmentPackages(directory: string, { os }: Platform, minor: string): string {
  return os === "win32" ? join(directory, "Lib", "site-packages") : join(directory, "lib", `python${minor}`, "site-packages");
}

/** Names that the interpreter runs at every start, `-I` or not (https://docs.python.org/3/library/site.html). The locked wheels hold none. */
const RUNS_AT_START = /(?:\.pth|\.start|^(?:site|user)customize(?:\..*)?)$/i;

/** Throws an InstallError when a package would run code at the mere start of the interpreter. Call it before the first start. */
export async function refuseStartupCode(packages: string, what: string): Promise<void> {
  const found = (await readdir(packages)).filter((name) => RUNS_AT_START.test(name)).sort();
  if (found.length === 0) return;
  throw new InstallError("install-failed", `${what} was not installed: ${found.join(", ")} would run code at every start of Python.`, {
    remedy: "No wheel of the lock holds such a file: find out where it comes from before you go on.",
  });
}
