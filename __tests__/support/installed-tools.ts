// Installs the real scanners once for the whole test run, through the product's own command, into a cache directory that all end-to-end tests share.

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** XDG_CACHE_HOME and RUNNER_TOOL_CACHE of the tests; it survives between runs and is verified like any other cache. */
export const TOOL_CACHE = join(ROOT, "node_modules", ".cache", "sarif-gate-tests");

/** Vitest calls this once before any test. The demo exits with 1 when all is well, because the sample is vulnerable. */
export default function setup(): void {
  mkdirSync(TOOL_CACHE, { recursive: true });
  try {
    execFileSync(process.execPath, [join(ROOT, "dist", "cli.js"), "demo", "--quiet", "--format", "json"], {
      env: { ...process.env, XDG_CACHE_HOME: TOOL_CACHE },
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 1) return;
    throw error;
  }
}
