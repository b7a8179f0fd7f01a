// Lock files of other ecosystems, which only Trivy reads. It passes over one it cannot parse as silently as over one that locks nothing, so what it does
// not list is told apart here, as far as it can be without parsers of our own.

import { posix } from "node:path";
import type { Gap, Notice } from "../../findings/coverage.ts";
import type { ScanTarget } from "../scanner.ts";
import { treePath } from "./layout.ts";
import type { TrivyResult } from "./report.ts";

/** File names (https://trivy.dev/docs/latest/coverage/language/), and whether the format is JSON. */
const LOCK_FILES: ReadonlyMap<string, "json" | "other"> = new Map([
  ["package-lock.json", "json"],
  ["composer.lock", "json"],
  ["packages.lock.json", "json"],
  ["yarn.lock", "other"],
  ["pnpm-lock.yaml", "other"],
  ["go.mod", "other"],
  ["Gemfile.lock", "other"],
  ["Cargo.lock", "other"],
  ["Podfile.lock", "other"],
  ["pubspec.lock", "other"],
  ["mix.lock", "other"],
]);

/** What is to be said of the lock files that Trivy does not list. */
export interface UnlistedLocks {
  /** Those that are broken for certain. */
  readonly gaps: readonly Gap[];
  readonly notices: readonly Notice[];
}

/** Finds the lock files of the target that have no result of packages, in the order of the target. */
export function unlistedLocks(results: readonly TrivyResult[], { files, text }: ScanTarget): UnlistedLocks {
  const listed = new Set(results.flatMap(({ Class, Target }) => (Class === "lang-pkgs" ? (treePath(Target) ?? []) : [])));
  const unlisted = files.filter((path) => isLockFile(path) && !listed.has(path));
  const isBroken = (path: string) => LOCK_FILES.get(posix.basename(path)) === "json" && !isJson(text(path));
  return {
    gaps: unlisted.filter(isBroken).map((path) => ({
      path,
      reason: "cannot be parsed as JSON, so Trivy looked up none of its packages",
      remedy: "Write it anew with the tool that made it.",
    })),
    notices: unlisted
      .filter((path) => !isBroken(path))
      .map((path) => ({ path, message: "Trivy lists no package of it: it locks none, or Trivy cannot read it" })),
  };
}

/** Whether Trivy reads a file as a lock file. It passes over what is installed, on purpose. */
export function isLockFile(path: string): boolean {
  return LOCK_FILES.has(posix.basename(path)) && !path.split("/").includes("node_modules");
}

function isJson(text: string | undefined): boolean {
  try {
    JSON.parse(text ?? "");
    return true;
  } catch {
    return false;
  }
}
