// Trivy on the tree: vulnerable packages and misconfigured infrastructure in one part (command.ts, decode.ts), secrets in another (tree-secrets.ts). See
// layout.ts for what it is shown; image.ts is its other run.

import type { Scanner } from "../scanner.ts";
import { trivyCommands } from "./command.ts";
import { decodeTrivy } from "./decode.ts";
import { treeSecrets } from "./tree-secrets.ts";

export const trivy: Scanner = {
  run: "trivy",
  scanner: "trivy",
  name: "Trivy",
  informationUri: "https://trivy.dev/",
  appliesTo: ({ files, pins }) => (files.length + pins.length > 0 ? { applies: true } : { applies: false, because: "there are no files" }),
  /** Findings leave the status at 0; 1 is an error, 2 a crash. */
  classifyExit: (code) => (code === 0 ? "clean" : "error"),
  parts: [{ commands: trivyCommands, decode: decodeTrivy }, treeSecrets],
};
