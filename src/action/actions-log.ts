// The only writer of the job log. Whatever a line is made of, it passes the sink here: secrets are taken out first, because nothing would recognise
// them once they are escaped or cut, and then no text of a repository or a scanner is left that the runner reads as a command.

import { type AnnotationProperties, debug, endGroup, error, info, notice, setFailed, startGroup, warning } from "@actions/core";
import type { Logger, Progress } from "../host/ports.ts";
import { printable, printableProse } from "../text/printable.ts";
import type { Clean } from "../text/redact.ts";

/** The job log and its annotations. Texts are taken as they are; every one becomes one line. */
export interface ActionsLog extends Logger, Progress {
  notice(message: string): void;
  /** An annotation, at a place of the change when `properties` name one. Longer than `maxLength` UTF-16 units, it is cut and says so. */
  error(message: string, properties?: AnnotationProperties, maxLength?: number): void;
  /** Fails the step. */
  fail(message: string): void;
  /** Lines that are closed until someone opens them. */
  group(title: string, lines: readonly string[]): void;
}

/** Of a message; the summary has more. */
const MESSAGE_LENGTH = 4_000;
const TITLE_LENGTH = 200;

/** Builds the log of a job whose secrets `clean` knows. */
export function actionsLog(clean: Clean): ActionsLog {
  const line = (text: string) => printable(clean(text));
  const prose = (text: string, maxLength = MESSAGE_LENGTH) => printableProse(clean(text), maxLength);
  const shown = ({ title, file, ...place }: AnnotationProperties): AnnotationProperties => ({
    ...place,
    ...(title === undefined ? {} : { title: prose(title, TITLE_LENGTH) }),
    ...(file === undefined ? {} : { file: clean(file) }),
  });
  return {
    debug: (message) => debug(line(message)),
    say: (message) => info(line(message)),
    warn: (message) => warning(prose(message)),
    notice: (message) => notice(prose(message)),
    error: (message, properties = {}, maxLength = MESSAGE_LENGTH) => error(prose(message, maxLength), shown(properties)),
    fail: (message) => setFailed(line(message)),
    started: (run, doing) => info(line(`${run}: ${doing}`)),
    finished: (run, outcome) => info(line(`${run}: ${outcome}`)),
    group: (title, lines) => {
      startGroup(line(title));
      for (const text of lines) info(line(text));
      endGroup();
    },
  };
}
