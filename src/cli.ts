#!/usr/bin/env node
// The terminal entry: it keeps our memory small, and calls one function.

import { runCli } from "./cli/run-cli.ts";
import { keepHeapSmall } from "./host/small-heap.ts";

keepHeapSmall();
process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  directory: process.cwd(),
  home: import.meta.dirname,
  writeOut: (text) => process.stdout.write(text),
  writeErr: (text) => process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  width: process.stdout.columns ?? process.stderr.columns ?? 100,
});
