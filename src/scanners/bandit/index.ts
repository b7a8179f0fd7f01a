// Bandit: checks Python code. See command.ts for how it is started, decode.ts for what is believed of its report.

import type { Scanner } from "../scanner.ts";
import { banditCommands } from "./command.ts";
import { decodeBandit } from "./decode.ts";

export const bandit: Scanner = {
  run: "bandit",
  scanner: "bandit",
  name: "Bandit",
  informationUri: "https://bandit.readthedocs.io/",
  appliesTo: ({ python }) => (python.length > 0 ? { applies: true } : { applies: false, because: "there are no Python files" }),
  commands: banditCommands,
  /** An uncaught exception of Bandit's ends it with 1 too; its report is then empty. */
  classifyExit: (code) => (code === 0 ? "clean" : code === 1 ? "findings" : "error"),
  decode: decodeBandit,
};
