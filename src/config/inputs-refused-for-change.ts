// The inputs that must not be set where a change is judged that may come from anybody: with them it could choose what it is judged by.

import type { Config } from "./config.ts";
import { leaves } from "./parse-config.ts";

/**
 * Lists what is wrong with the inputs where a change that may come from anybody is judged: one sentence each. `root`, and the directories of databases in
 * `config`, are real paths: a link must not hide what lies inside.
 */
export function inputsRefusedForChange(
  config: Pick<Config, "baseRevision" | "safetyDatabase" | "trivyDatabase">,
  root: string,
): readonly string[] {
  const problems: string[] = [];
  if (config.baseRevision !== null)
    problems.push("`base` is refused here, because the event decides what a change is compared with. Leave it out.");
  for (const [input, directory] of [["safety-db", config.safetyDatabase] as const, ["trivy-db", config.trivyDatabase] as const]) {
    if (directory !== null && !leaves(root, directory))
      problems.push(
        `\`${input}\` lies inside the scanned repository, where the change could alter it: ${directory}. Give a directory outside it.`,
      );
  }
  return problems;
}
