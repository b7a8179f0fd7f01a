// What every scan of dependencies and secrets must find besides the project's own: proof that database and rules work. An empty database,
// one of another ecosystem and rules that were not loaded all look like a clean project otherwise.

import { ScannerError } from "../errors.ts";
import { packageKey } from "../findings/package-ref.ts";

const NAME = "django";
const VERSION = "2.2.0";

/** A line of a requirements file: a package that every database of Python advisories has something on. */
export const CANARY_REQUIREMENT = `${NAME}==${VERSION}`;

export const CANARY_KEY = packageKey(NAME, VERSION);

/** The Trivy rule that must find the secret. */
export const CANARY_SECRET_RULE = "github-pat";

/** A made-up token in the shape of that rule, put together here so that none stands in a source file. */
export function canarySecret(): string {
  return ["ghp", "0123456789".repeat(4).slice(0, 36)].join("_");
}

/** The error for a canary that was not found. `what` continues "did not report"; `cause` names what must be broken then. */
export function canaryMissed(scanner: string, what: string, cause: string): ScannerError {
  return new ScannerError("canary-missed", `${scanner} did not report ${what}, which is there to be found: ${cause}.`, {
    remedy: "Nothing it says can be believed. Remove the cached tools and databases, or give another database, and run again.",
  });
}
