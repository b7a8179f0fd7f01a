// Checkers of workflows that others wrote: zizmor (security), the JSON Schemas of workflows and actions, actionlint (semantics).
// Installed once into the tests' tool cache, the first two by hash, actionlint by Go's checksums. None of them uses the network when it runs.

import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import type { Ajv as AjvDraft07 } from "ajv";
import type addFormats from "ajv-formats";
import { parse } from "yaml";
import { TOOL_CACHE } from "./installed-tools.ts";

/** Whether a Go toolchain is on PATH, which actionlint is built with. */
export const HAS_GO = spawnSync("go", ["version"]).status === 0;

const LOCK = join(import.meta.dirname, "workflow-checkers.txt");
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
/** Another directory when Go appears or goes, so that none lacks actionlint where it is wanted. */
const DIGEST = createHash("sha256")
  .update(readFileSync(LOCK))
  .update(HAS_GO ? ACTIONLINT : "")
  .digest("hex")
  .slice(0, 16);
const DIRECTORY = join(TOOL_CACHE, `workflow-checkers-${DIGEST}`);
const PYTHONS = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

const require = createRequire(import.meta.url);

/** Installs the checkers unless an earlier run of the tests did. Throws with the installer's own words. */
export function installCheckers(): void {
  if (existsSync(DIRECTORY)) return;
  mkdirSync(TOOL_CACHE, { recursive: true });
  const staging = mkdtempSync(`${DIRECTORY}.new-`);
  try {
    const options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:"];
    run(python(), ["-m", "pip", "install", ...options, "--target", staging, "--requirement", LOCK]);
    if (HAS_GO) run("go", ["install", ACTIONLINT], { GOBIN: join(staging, "bin") });
    renameSync(staging, DIRECTORY);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Returns what zizmor says about workflow files or an action.yml, as `file: audit: description`; empty when there is nothing. */
export function auditFindings(paths: readonly string[]): string[] {
  const options = ["--offline", "--no-progress", "--no-config", "--quiet", "--strict-collection", "--no-exit-codes"];
  const output = run(join(DIRECTORY, "bin", "zizmor"), [...options, "--persona", "pedantic", "--format", "json-v1", ...paths]);
  return (JSON.parse(output) as AuditFinding[]).map(({ ident, desc, locations }) => {
    const path = locations[0]?.symbolic.key.Local?.verbatim_path ?? "";
    return `${basename(path)}: ${ident}: ${desc}`;
  });
}

/** The part of zizmor's JSON (v1) that is read here. */
interface AuditFinding {
  readonly ident: string;
  readonly desc: string;
  readonly locations: readonly { readonly symbolic: { readonly key: { readonly Local?: { readonly verbatim_path: string } } } }[];
}

/** Returns how a file violates the JSON Schema of its kind, one line each; empty for a valid one. */
export function schemaErrors(kind: "workflows" | "actions", path: string): string[] {
  const Ajv: typeof AjvDraft07 = require("ajv");
  const withFormats: typeof addFormats.default = require("ajv-formats");
  const schema = join(DIRECTORY, "check_jsonschema", "builtin_schemas", "vendor", `github-${kind}.json`);
  const ajv = withFormats(new Ajv({ strict: false, allErrors: true }));
  ajv.validate(JSON.parse(readFileSync(schema, "utf8")), parse(readFileSync(path, "utf8")));
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${basename(path)}: ${instancePath || "/"} ${message}`);
}

/** Returns what actionlint says about workflow files, as `file: message`; needs Go. Shell scripts are left out: no other tool is asked. */
export function lintErrors(paths: readonly string[]): string[] {
  const { stdout, stderr, status, error } = spawnSync(
    join(DIRECTORY, "bin", "actionlint"),
    ["-shellcheck=", "-pyflakes=", "-format", "{{json .}}", ...paths],
    { encoding: "utf8" },
  );
  if (status !== 0 && status !== 1) throw new Error(`actionlint did not run: ${error?.message ?? stderr}`);
  return (JSON.parse(stdout) as { filepath: string; message: string }[]).map(
    ({ filepath, message }) => `${basename(filepath)}: ${message}`,
  );
}

/** The first Python on PATH that pip and the wheels accept. */
function python(): string {
  const probe = "import pip, sys; sys.exit(sys.version_info < (3, 10))";
  const found = PYTHONS.find((name) => spawnSync(name, ["-c", probe]).status === 0);
  if (found === undefined) throw new Error("No Python 3.10 or newer with pip is on PATH.");
  return found;
}

function run(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  return execFileSync(command, args, { encoding: "utf8", env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
}
