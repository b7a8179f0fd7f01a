// Reads the action's inputs, once.

import { getInput } from "@actions/core";
import { INPUT_NAMES, INPUTS, type RawInputs } from "../config/inputs.ts";

/**
 * Returns the text of every input. One that the runner does not pass at all (an older copy of action.yml) has its default; one that is passed
 * empty stays empty. The token is taken out of the environment, so that nothing started later can read it there.
 */
export function readInputs(environment: NodeJS.ProcessEnv): RawInputs {
  const entries = INPUT_NAMES.map((name) => [name, variableName(name) in environment ? getInput(name) : INPUTS[name].default] as const);
  delete environment[variableName("token")];
  return Object.fromEntries(entries) as RawInputs;
}

/** The runner upper-cases the name and keeps hyphens. */
function variableName(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}
