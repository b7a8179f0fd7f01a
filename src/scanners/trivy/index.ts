// Trivy on the tree: vulnerable packages, secrets and misconfigured infrastructure. See layout.ts for what it is shown, decode.ts for what is
// believed of its report; image.ts is its other run.

import type { Scanner } from "../scanner.ts";
import { trivyCommands } from "./command.ts";
import { decodeTrivy } from "./decode.ts";

export const trivy: Scanner = {
  run: "trivy",
  scanner: "trivy",
  name: "Trivy",
  informationUri: "https://trivy.dev/",
  appliesTo: ({ files, pins }) => (files.length + pins.length > 0 ? { applies: true } : { applies: false, because: "there are no files" }),
  commands: trivyCommands,
  /** Findings leave the status at 0; 1 is an error, 2 a crash. */
  classifyExit: (code) => (code === 0 ? "clean" : "error"),
  decode: decodeTrivy,
};
