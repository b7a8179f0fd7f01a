// What a program printed last, for the message of the error that it caused. Secrets go before anything is cut: nothing would recognise a half of one.

import { printableProse } from "./printable.ts";
import { type Clean, redactor } from "./redact.ts";

const LINES = 5;
const LENGTH = 600;

/** Returns the last five lines of a log as one printable line of at most 600 UTF-16 units; empty when it says nothing. */
export function lastWords(log: string, clean: Clean = redactor([])): string {
  const lines = clean(log)
    .split(/[\r\n]+/u)
    .filter((line) => line.trim() !== "");
  return printableProse(lines.slice(-LINES).join(" | ").slice(-LENGTH));
}
