// A git that notes how it is started and what it starts in turn, for tests of what must not be seen in a list of processes.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface RecordingGit {
  /** A PATH on which it is found first. */
  readonly searchPath: string;
  /** Every argument and variable so far, of git and of every process that it started. */
  readonly seen: () => string;
}

/** Puts the recorder into a directory of its own; needs a POSIX shell. */
export function recordingGit(): RecordingGit {
  const directory = mkdtempSync(join(tmpdir(), "sarif-gate-git-"));
  const log = join(directory, "log");
  const git = execFileSync("/bin/sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const lines = [
    "#!/bin/sh",
    `printf '%s\\n' "$@" >> '${log}'`,
    `/usr/bin/env >> '${log}'`,
    `GIT_TRACE2_EVENT='${log}' exec '${git}' "$@"`,
    "",
  ];
  writeFileSync(join(directory, "git"), lines.join("\n"), { mode: 0o755 });
  return { searchPath: [directory, process.env["PATH"] ?? ""].join(delimiter), seen: () => readFileSync(log, "utf8") };
}
