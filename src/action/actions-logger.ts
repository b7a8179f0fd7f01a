// The job log: every line passes the sink, so that no text of a repository or a scanner is read by the runner as a command.

import { debug, info, warning } from "@actions/core";
import type { Logger, Progress } from "../host/ports.ts";
import { printable } from "../text/printable.ts";

/** Writes lines to the job log; a warning also becomes an annotation. */
export const actionsLogger: Logger & Progress = {
  debug: (message) => debug(printable(message)),
  say: (message) => info(printable(message)),
  warn: (message) => warning(printable(message)),
  started: (run, doing) => info(printable(`${run}: ${doing}`)),
  finished: (run, outcome) => info(printable(`${run}: ${outcome}`)),
};
