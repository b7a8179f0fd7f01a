// Runs pip so that only hashes decide what it delivers: wheels only, nothing resolved, nothing built, no configuration of the user's.
// The machine's global pip configuration still applies, because it may name the mirror or the certificate that this network needs.

import { join } from "node:path";
import { InstallError } from "../errors.ts";
import type { Host, ProcessExit } from "../host/ports.ts";
import { diskFull } from "./install-failure.ts";
import { describeExit, requireStep, runStep, succeeded } from "./install-step.ts";
import { environmentPython } from "./python-environment.ts";
import type { PythonInterpreter } from "./python-interpreter.ts";

export interface PipRun {
  /** What it delivers, for messages: "Bandit 1.9.4". */
  readonly what: string;
  /** The command and its own options. */
  readonly command: readonly string[];
  /** An absolute path of a requirements file in which every line has hashes. */
  readonly requirements: string;
  readonly indexUrl: string | null;
  readonly interpreter: PythonInterpreter;
  /** As in InstallStep. */
  readonly workDirectory: string;
  readonly timeoutMs: number;
}

const SAFE_OPTIONS = ["--quiet", "--no-input", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check"];
/** pip's own are five retries and 15 s: eight seconds for an index that refuses connections. */
const NETWORK_OPTIONS = ["--retries", "2", "--timeout", "20"];

/** Throws an InstallError that tells apart: nothing reachable, other bytes than the hashes say, no fitting wheel, a full disk. */
export async function runPip(run: PipRun, host: Host): Promise<void> {
  const { what, command, requirements, indexUrl, workDirectory, timeoutMs } = run;
  const index = indexUrl === null ? [] : ["--index-url", indexUrl];
  const argv = [
    ...(await pipLaunch(run, host)),
    "--isolated",
    ...command,
    ...SAFE_OPTIONS,
    ...NETWORK_OPTIONS,
    ...index,
    "-r",
    requirements,
  ];
  const exit = await runStep({ argv, workDirectory, network: true, timeoutMs }, host);
  if (!succeeded(exit)) throw pipFailure(what, exit, workDirectory);
}

/** The interpreter's own pip, of any version; where it has none (Debian packages it apart), the one that ensurepip brings, in an environment for this run. */
async function pipLaunch({ interpreter, workDirectory, timeoutMs }: PipRun, host: Host): Promise<readonly string[]> {
  const { executable, version, hasPip, hasEnsurepip } = interpreter;
  if (hasPip) return [executable, "-I", "-m", "pip"];
  if (!hasEnsurepip) {
    throw new InstallError("install-unsupported", `${executable} (Python ${version}) has neither pip nor ensurepip.`, {
      remedy: "Install python3-pip or python3-venv for it, or name another interpreter with `python`.",
    });
  }
  const directory = join(workDirectory, "pip");
  const step = { argv: [executable, "-I", "-m", "venv", directory], workDirectory, network: false, timeoutMs };
  await requireStep(`Getting pip from ${executable}'s ensurepip`, step, host);
  return [environmentPython(directory, host.platform), "-I", "-m", "pip"];
}

/** pip's words for each cause, in every version since 21 (measured); the first that fits decides. */
const UNREACHABLE =
  /Retrying \(|NewConnectionError|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries exceeded|HTTP error 5\d\d/;
const OTHER_BYTES = /DO NOT MATCH THE HASHES/;
const NO_WHEEL = /No matching distribution found/;

function pipFailure(what: string, exit: ProcessExit, place: string): InstallError {
  const words = `${exit.stdoutTail}\n${exit.stderrTail}`;
  const full = diskFull(what, words, place);
  if (full !== null) return full;
  const fail = (code: "digest-mismatch" | "download-failed" | "install-failed", because: string, remedy: string) =>
    new InstallError(code, `${what} could not be installed: ${because}: ${describeExit(exit)}`, { remedy });
  if (OTHER_BYTES.test(words)) {
    const remedy = "Do not use this index until you know why: a mirror that rebuilds wheels, or someone who tampers with them.";
    return fail("digest-mismatch", "the package index delivered other files than the lock names", remedy);
  }
  if (UNREACHABLE.test(words)) {
    const remedy = "Check the network and the proxy variables, or name an index that can be reached with `python-index-url`.";
    return fail("download-failed", "the package index cannot be reached", remedy);
  }
  if (NO_WHEEL.test(words)) {
    const remedy = "Name an index that has all wheels with `python-index-url`, or another interpreter with `python`.";
    return fail("download-failed", "the package index has no wheel that fits", remedy);
  }
  return fail("install-failed", "pip failed", "Run again; if it fails again, try another interpreter with `python`.");
}
