// The errors a user can act on. Every one carries a code from a closed union and what to do about it; anything else that is thrown is a bug of ours.

/** What went wrong, as a closed set: codes are stable and appear in report.json. */
export type GateErrorCode =
  | "config-invalid"
  | "install-failed"
  | "install-offline"
  | "install-unsupported"
  | "download-failed"
  | "digest-mismatch"
  | "database-unusable"
  | "database-stale"
  | "scanner-not-started"
  | "scanner-crashed"
  | "scanner-timed-out"
  | "scanner-flooded"
  | "scanner-killed"
  | "report-missing"
  | "report-unreadable"
  | "canary-missed"
  | "workspace-unreadable"
  | "base-unavailable"
  | "output-unwritable"
  | "interrupted";

/** Ends the remedies of `base-unavailable`: the way out for who does not need the comparison. */
export const WITHOUT_COMPARISON = "With `scope: all` nothing of the base is needed but its policy.";

/** What an error carries besides its message. */
export interface ErrorFacts {
  /** One sentence that tells the user what to do; empty when the message already does. */
  remedy?: string;
  cause?: unknown;
}

/** The base of all errors whose message is written for the user. `message` says what happened and where; `remedy` what to do. */
export class GateError extends Error {
  override readonly name: string = "GateError";
  readonly code: GateErrorCode;
  readonly remedy: string;

  constructor(code: GateErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.remedy = facts.remedy ?? "";
  }
}

/** The user asked for something that cannot be: all problems at once, one sentence each. Exit status 2. */
export class ConfigError extends GateError {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[], facts: ErrorFacts = {}) {
    super("config-invalid", problems.join("\n"), facts);
    this.problems = problems;
  }
}

/** A scanner or a database could not be installed, verified or downloaded. */
export class InstallError extends GateError {
  override readonly name = "InstallError";
}

/** A scanner did not do its work, or what it wrote cannot be believed. Its run is failed; the others go on. */
export class ScannerError extends GateError {
  override readonly name = "ScannerError";
}

/** Returns the message of anything that was thrown, without its stack. An object that is no error has none, and may not even have a text. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "object" && thrown !== null ? "neither a message nor an error" : String(thrown);
}

/** Returns the stack of anything that was thrown, for the report of a bug. */
export function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
}
