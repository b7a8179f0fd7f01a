// A scanner that is a shell script of the test's: it is started as the real one would be, by the real supervisor, and does what the script says.

import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { supervisedProcesses } from "../../src/host/supervised-process.ts";
import { type RunOutcome, runScanner } from "../../src/pipeline/run-scanner.ts";
import type { Fixture } from "../scanners/fixture.ts";
import { testHost } from "./hosts.ts";

/** Finds out where the report is expected: `$out`; `$index` is the number of the command. */
const FIND_OUTPUT = `while [ $# -gt 0 ]; do
  case "$1" in
    -o | --save-json) out=$2 ;;
    --output) case "$2" in /*) out=$2 ;; esac ;;
  esac
  shift
done
private=\${out%/*}
index=\${private##*-}
`;

export interface FakeScanner {
  /** A recorded run: the scanner, what it looks at, and its database. */
  readonly recorded: Fixture;
  /** Shell commands; they see `$out`, `$private` (its directory), `$index`, and `$reports`, a directory with what `reports` names. */
  readonly script: string;
  readonly reports?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs the fake below `directory`, which is the test's, on the files of the recorded target. */
export async function runFake({ recorded, script, reports = {}, timeoutMs = 60_000 }: FakeScanner, directory: string): Promise<RunOutcome> {
  const place = mkdtempSync(join(directory, "run-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  };
  const { scanner, target, installation } = recorded;
  for (const path of target.files) write(`tree/${path}`, target.text(path) ?? "");
  for (const [name, text] of Object.entries(reports)) write(`reports/${name}`, text);
  write("scratch/.keep", "");
  write("scanner.sh", `reports='${join(place, "reports")}'\n${FIND_OUTPUT}${script}\n`);
  chmodSync(join(place, "scratch"), 0o700);
  const host = testHost(undefined, { processes: supervisedProcesses({ graceMs: 200 }) });
  const root = scanner.run === "bandit" ? target.root : join(place, "tree"); // Bandit's reports name files by absolute path
  return runScanner(
    {
      scanner,
      side: "head",
      target: Promise.resolve({ ...target, root }),
      identify: async () => ({ version: installation.version, digest: "0".repeat(64) }),
      install: async () => ({
        installation: { ...installation, launch: ["/bin/sh", join(place, "scanner.sh")] },
        notices: [],
        databaseGap: null,
      }),
      kept: null,
      deadline: timeoutMs,
      jobs: 2,
    },
    { ...host, clock: { ...host.clock, monotonic: () => 0 }, surroundings: { ...host.surroundings, scratch: join(place, "scratch") } },
  );
}
