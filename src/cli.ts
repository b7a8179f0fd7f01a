#!/usr/bin/env node
// The terminal entry: it keeps our memory small, ties the process's streams to the command line, and calls one function.

import { EXIT, runCli } from "./cli/run-cli.ts";
import { keepHeapSmall } from "./host/small-heap.ts";

keepHeapSmall();
// A reader that goes away (`| head`) ends the printing, not the verdict; a full disk behind stdout is an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
    process.exitCode = EXIT.error;
    if (stream === process.stdout) process.stderr.write(`error: the report cannot be printed: ${error.message}\n`);
  });
}
const status = await runCli(process.argv.slice(2), {
  environment: process.env,
  directory: workingDirectory(),
  home: import.meta.dirname,
  writeOut: (text) => process.stdout.write(text),
  writeErr: (text) => process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  width: process.stdout.columns ?? process.stderr.columns ?? (Number(process.env["COLUMNS"]) || 100),
});
process.exitCode ??= status;

/** Node throws where the directory was removed meanwhile. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write("error: The working directory does not exist any more. Change to one that does.\n");
    process.exit(EXIT.config);
  }
}
