// Installs the real scanners once for the whole test run, through the product's own command, into a cache directory that all end-to-end tests share.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** XDG_CACHE_HOME and RUNNER_TOOL_CACHE of the tests; it survives between runs and is verified like any other cache. */
export const TOOL_CACHE = join(ROOT, "node_modules", ".cache", "sarif-gate-tests");

/** Vitest calls this once before any test. The demo exits with 1 when all is well, because the sample is vulnerable; so does a program that cannot start. */
export default function setup(): void {
  mkdirSync(TOOL_CACHE, { recursive: true });
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "dist", "cli.js"), "demo", "--quiet", "--format", "json"], {
    env: { ...process.env, XDG_CACHE_HOME: TOOL_CACHE },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 1 || !stdout.includes('"verdict": "fail"'))
    throw new Error(`the demo, which installs the scanners, ended with status ${status}`);
}
