// Installs the real scanners once for the whole test run, through the product's own command, into a cache directory that all end-to-end tests share.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** Where tests find what is installed; it survives between runs and is verified like any other cache. */
export const TOOL_CACHE = join(ROOT, "node_modules", ".cache", "sarif-gate-tests");

/** What a test may share with others: what is installed. */
const SHARED = ["python", "trivy", "digests"];

const caches: string[] = [];

/** A cache with what is installed and nothing else, so that no run answers for the one of another test. It is removed when the process of the tests ends. */
export function freshCache(): string {
  const cache = mkdtempSync(join(tmpdir(), "sarif-gate-cache-"));
  if (caches.push(cache) === 1) process.once("exit", () => caches.map((directory) => rmSync(directory, { recursive: true, force: true })));
  mkdirSync(join(cache, "sarif-gate"), { mode: 0o700 });
  for (const name of SHARED) symlinkSync(join(TOOL_CACHE, "sarif-gate", name), join(cache, "sarif-gate", name));
  return cache;
}

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
