// Safety: looks pinned packages up in its vulnerability database. See command.ts for how it is started, decode.ts for what is believed of its report.

import type { Scanner } from "../scanner.ts";
import { safetyCommands } from "./command.ts";
import { decodeSafety } from "./decode.ts";

export const safety: Scanner = {
  run: "safety",
  scanner: "safety",
  name: "Safety",
  informationUri: "https://docs.safetycli.com/",
  appliesTo: ({ pins }) => (pins.length > 0 ? { applies: true } : { applies: false, because: "there are no pinned packages" }),
  /** 64 means vulnerabilities; 65 to 75 are errors of their own (safety/constants.py). 0 means none, which the canary makes an error when decoded. */
  classifyExit: (code) => (code === 0 ? "clean" : code === 64 ? "findings" : "error"),
  parts: [{ commands: safetyCommands, decode: decodeSafety }],
};
