// From what the user asks to gate, and what there is to compare with, to what gates. It never compares with nothing in silence.

import { ConfigError } from "../errors.ts";
import type { Scope } from "../policy/policy.ts";
import type { BaseRequest } from "./base-request.ts";
import type { ScopeChoice } from "./config.ts";

/** Decides the scope of a run. Throws a ConfigError for `new` where there is nothing to compare with. */
export function decideScope(choice: ScopeChoice, request: BaseRequest): Scope {
  if (request.kind === "compare") return choice === "auto" ? "new" : choice;
  if (choice !== "new") return "all";
  throw new ConfigError([
    `\`scope\` is \`new\`, but there is nothing to compare with: ${request.because}. Name a revision with \`base\`, or leave \`scope\` out.`,
  ]);
}
