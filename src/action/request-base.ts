// What a run of the Action compares with, and whether it may look at what is checked out at all. Asked before any scanner starts and anything is fetched.

import { realpathSync } from "node:fs";
import { baseOfInput } from "../config/base-of-input.ts";
import type { BaseRequest } from "../config/base-request.ts";
import type { Config } from "../config/config.ts";
import { inputsRefusedForChange } from "../config/inputs-refused-for-change.ts";
import { ConfigError } from "../errors.ts";
import { decideBase, isJudgedAsChange } from "../github/base-of-event.ts";
import type { RunEvent } from "../github/event.ts";
import { refuseUntrustedCheckout } from "../github/untrusted-checkout.ts";
import type { Checkout } from "../pipeline/checkout.ts";

/** What the decision rests on. */
export interface BaseQuestion {
  readonly event: RunEvent;
  readonly config: Config;
  readonly token: string;
}

/**
 * Returns what to compare with: what the event says, or the base that the user names where that is allowed. Throws a ConfigError for a checkout that may be
 * anybody's beside a token, and for inputs that would let a change choose what it is judged by.
 */
export function requestBase({ event, config, token }: BaseQuestion, { root, revision }: Pick<Checkout, "root" | "revision">): BaseRequest {
  const refusal = refuseUntrustedCheckout(event, revision, token);
  if (refusal !== null) throw new ConfigError([`${refusal.message} ${refusal.remedy}`]);
  const ofEvent = decideBase(event, revision);
  if (isJudgedAsChange(ofEvent)) {
    const problems = inputsRefusedForChange(
      { ...config, safetyDatabase: realPath(config.safetyDatabase), trivyDatabase: realPath(config.trivyDatabase) },
      root,
    );
    if (problems.length > 0) throw new ConfigError(problems);
  }
  return config.baseRevision === null ? ofEvent : baseOfInput(config.baseRevision);
}

/** A directory that is not there is reported where it is used. */
function realPath(directory: string | null): string | null {
  if (directory === null) return null;
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}
