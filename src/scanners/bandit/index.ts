// Bandit: checks Python code. See command.ts for how it is started, decode.ts for what is believed of its report.

import type { ByFile, Scanner } from "../scanner.ts";
import { banditCommands } from "./command.ts";
import { PYTHON_FILES } from "./coverage.ts";
import { decodeBandit } from "./decode.ts";

/** A visitor of its own looks at each file (bandit/core/manager.py, _parse_file): no result depends on another file. */
const BY_FILE: ByFile = {
  unit: PYTHON_FILES,
  shared: true,
  files: ({ python }) => python,
  only: (target, python) => ({ ...target, python }),
};

export const bandit: Scanner = {
  run: "bandit",
  scanner: "bandit",
  name: "Bandit",
  informationUri: "https://bandit.readthedocs.io/",
  appliesTo: ({ python }) => (python.length > 0 ? { applies: true } : { applies: false, because: "there are no Python files" }),
  /** An uncaught exception of Bandit's ends it with 1 too; its report is then empty. */
  classifyExit: (code) => (code === 0 ? "clean" : code === 1 ? "findings" : "error"),
  parts: [{ byFile: BY_FILE, commands: banditCommands, decode: decodeBandit }],
};
