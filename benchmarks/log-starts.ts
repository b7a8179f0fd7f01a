// Loaded into sarif-gate with node's `--import`: writes every program that its process starts into the file that LOG_STARTS names, one a line.
// Started programs are few and short of breath here: what they start themselves is not seen.

import childProcess from "node:child_process";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const log = process.env["LOG_STARTS"] ?? "";

function note(file: unknown): void {
  appendFileSync(log, `${file}\n`);
}

/** Every asynchronous way to start a program ends here. */
const prototype = childProcess.ChildProcess.prototype as unknown as { spawn(options: { file: string }): number };
const { spawn } = prototype;
prototype.spawn = function (options) {
  note(options.file);
  return spawn.call(this, options);
};

const { spawnSync, execFileSync, execSync } = childProcess;
childProcess.spawnSync = ((file: string, ...rest: []) => {
  note(file);
  return spawnSync(file, ...rest);
}) as typeof spawnSync;
childProcess.execFileSync = ((file: string, ...rest: []) => {
  note(file);
  return execFileSync(file, ...rest);
}) as typeof execFileSync;
childProcess.execSync = ((command: string, ...rest: []) => {
  note(command);
  return execSync(command, ...rest);
}) as typeof execSync;
syncBuiltinESMExports();
