// Installs Bandit and Safety from their locks, each into an environment of its own, and hands out how to start them.
// Refuses any wheel that is not in the lock, and code that would run at the start of the interpreter.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Notice } from "../findings/coverage.ts";
import type { Host } from "../host/ports.ts";
import { refuseDenied } from "./deny-list.ts";
import { ensureInstalled, type Installable } from "./ensure-installed.ts";
import { textDigest } from "./file-digest.ts";
import { describeExit, requireStep, runStep, succeeded } from "./install-step.ts";
import { type Lock, type PythonTool, readLock, requireWheels, TITLES } from "./locks.ts";
import { runPip } from "./pip.ts";
import { platformKey } from "./platform-key.ts";
import { environmentPackages, environmentPython, refuseStartupCode } from "./python-environment.ts";
import type { PythonInterpreter } from "./python-interpreter.ts";
import { recordTree, verifyTree } from "./tree-manifest.ts";

export interface PythonToolRequest {
  readonly tool: PythonTool;
  readonly interpreter: PythonInterpreter;
  /** Null: the index pip is configured for. */
  readonly indexUrl: string | null;
  readonly offline: boolean;
  /** For every single step. */
  readonly timeoutMs: number;
}

export interface InstalledPythonTool {
  /** As in Installation. -B keeps the interpreter from writing into the verified environment. */
  readonly launch: readonly string[];
  readonly version: string;
  readonly notices: readonly Notice[];
}

/** Installs the tool unless it is there and whole. Throws an InstallError. */
export async function installPythonTool(request: PythonToolRequest, host: Host): Promise<InstalledPythonTool> {
  const { lock, item } = await describePythonTool(request, host);
  const notices = await ensureInstalled(item, request.offline, host);
  const python = environmentPython(join(item.directory, ENVIRONMENT), host.platform);
  return { launch: [python, "-I", "-B", "-c", START[request.tool]], version: lock.version, notices };
}

/** Bandit passes over a check that it cannot load, without a word, and then finds less. */
const REQUIRE_CHECKS = `
import sys
from importlib.metadata import entry_points
from bandit.core.extension_loader import MANAGER
for group, manager in (("bandit.plugins", MANAGER.plugins_mgr), ("bandit.blacklists", MANAGER.blacklists_mgr)):
    missing = {point.name for point in entry_points(group=group)} - set(manager.names())
    if missing or not manager.names():
        sys.stderr.write(f"{group}: {', '.join(sorted(missing)) or 'nothing'} could not be loaded\\n")
        sys.exit(2)`;

/**
 * How a tool is started: as its own script does it, so that it has as much of the stack as on a command line (bandit and safety, entry_points.txt). Cycles are
 * not looked for: a process ends before that would pay, and it takes a sixth of the time of both. What is alive at the peak, the tree of a large file, is the same.
 */
const START: Readonly<Record<PythonTool, string>> = {
  bandit: `import gc\ngc.disable()${REQUIRE_CHECKS}\nfrom bandit.cli.main import main\nmain()`,
  safety: "import gc\ngc.disable()\nfrom safety.cli import cli\ncli(prog_name='safety')",
};

const ENVIRONMENT = "environment";
const MANIFEST = "manifest.json";

/** Returns what the tool is, installed or not. Throws as `describePythonTool`. */
export async function identifyPythonTool(request: PythonToolRequest, host: Host): Promise<{ version: string; digest: string }> {
  const { lock } = await describePythonTool(request, host);
  const { base, version } = request.interpreter;
  return { version: lock.version, digest: textDigest(JSON.stringify([lock.tool, lock.text, base, version, platformKey(host.platform)])) };
}

/** The lock of the tool, and how it is installed and verified; nothing is started or written by this. Throws an InstallError for what must not or cannot be installed. */
export async function describePythonTool(
  request: PythonToolRequest,
  host: Host,
): Promise<{ readonly lock: Lock; readonly item: Installable }> {
  const { tool, interpreter } = request;
  const lock = await readLock(host.surroundings.locksDirectory, tool, interpreter.minor);
  for (const { name, version } of lock.pins) refuseDenied(name, version);
  await requireWheels(host.surroundings.locksDirectory, lock, interpreter.minor, host.platform);
  const directory = join(host.surroundings.cacheDirectory, "python", directoryName(lock, interpreter, host));
  const what = `${TITLES[tool]} ${lock.version} for Python ${interpreter.minor}`;
  return {
    lock,
    item: {
      scanner: tool,
      what,
      directory,
      verify: () => verifyTree(join(directory, ENVIRONMENT), join(directory, MANIFEST)),
      build: (partial) => build({ ...request, partial, what, lock }, host),
    },
  };
}

/** The digest stands for all an environment is made of: the wheels and the interpreter, whose path is written into it. */
function directoryName({ tool, version, text }: Lock, { base, version: python, minor }: PythonInterpreter, { platform }: Host): string {
  const digest = textDigest(JSON.stringify([text, base, python])).slice(0, 12);
  return `${tool}-${version}-${digest}-cp${minor.replace(".", "")}-${platformKey(platform)}`;
}

interface Build extends PythonToolRequest {
  readonly partial: string;
  readonly what: string;
  readonly lock: Lock;
}

/**
 * pip installs with `--target`, so pip need not be in the environment, nor be as new as 22.3, where `--python` appeared (Ubuntu 22.04 has 22.0).
 * Bytecode is compiled here, by the interpreter itself and without starting the environment's: it halves Safety's start. `unchecked-hash` makes it
 * independent of the times of the sources, which a restored copy changes.
 */
async function build({ partial, what, lock, interpreter, indexUrl, timeoutMs }: Build, host: Host): Promise<void> {
  const environment = join(partial, ENVIRONMENT);
  const packages = environmentPackages(environment, host.platform, interpreter.minor);
  const workDirectory = join(partial, "work");
  const python = (...argv: string[]) => ({ argv: [interpreter.executable, "-I", ...argv], workDirectory, network: false, timeoutMs });
  const requirements = join(workDirectory, "lock.txt");
  await mkdir(workDirectory, { mode: 0o700 });
  await writeFile(requirements, lock.text);
  await requireStep(`Creating an environment for ${what}`, python("-m", "venv", "--without-pip", environment), host);
  await runPip(
    { what, command: ["install", "--target", packages, "--no-compile"], requirements, indexUrl, interpreter, workDirectory, timeoutMs },
    host,
  );
  await refuseStartupCode(packages, what);
  const compiled = await runStep(python("-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", packages), host);
  if (!succeeded(compiled)) host.logger.debug(`${what} will start slowly, compiling it failed: ${describeExit(compiled)}`);
  await rm(workDirectory, { recursive: true, force: true });
  await recordTree(environment, join(partial, MANIFEST));
}
