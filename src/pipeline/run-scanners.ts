// Runs the requested scanners, side by side: on the head, and then those that must on parts of the base. They are installed once, while the tree is read.

import type { Config } from "../config/config.ts";
import type { RunId } from "../findings/scanner-id.ts";
import type { Host } from "../host/ports.ts";
import type { Policy } from "../policy/policy.ts";
import { SCANNERS } from "../scanners/registry.ts";
import type { Scanner, ScanTarget } from "../scanners/scanner.ts";
import { installToolchain } from "../tools/install-toolchain.ts";
import type { KeptResults } from "./kept-results.ts";
import type { Side } from "./run-commands.ts";
import { type RunOutcome, runScanner } from "./run-scanner.ts";

/** The scanners, installed or being installed. */
export interface RunningScanners {
  /** One outcome for each requested run, in the order of the registry. `image` is what the run on an image looks at. */
  readonly scanHead: (target: ScanTarget, image: Promise<ScanTarget>) => Promise<readonly RunOutcome[]>;
  /** One outcome for each target. */
  readonly scanBase: (targets: ReadonlyMap<RunId, ScanTarget>) => Promise<readonly RunOutcome[]>;
}

/** What to run, and until when. */
export interface ScannersOptions {
  readonly config: Config;
  readonly policies: readonly Policy[];
  /** Results of earlier runs on the head; null: none are used or kept. What is of the base has changed since, or it would not be looked at. */
  readonly kept: KeptResults | null;
  /** On the host's monotonic clock. */
  readonly deadline: number;
}

/** Starts the installations. */
export function startScanners({ config, policies, kept, deadline }: ScannersOptions, host: Host): RunningScanners {
  const toolchain = installToolchain({ ...config, maxDatabaseAgeDays: config.maxDatabaseAgeDays ?? strictestAges(policies) }, host);
  const run = (scanner: Scanner, side: Side, target: Promise<ScanTarget>): Promise<RunOutcome> => {
    const identify = () => toolchain.identify(scanner.scanner);
    const install = () => toolchain.install(scanner.scanner);
    const { jobs } = config;
    return runScanner({ scanner, side, target, identify, install, kept: side === "head" ? kept : null, deadline, jobs }, host);
  };
  const requested = SCANNERS.filter(
    ({ run: id, scanner }) => config.scanners.includes(scanner) && (id !== "trivy-image" || config.image !== null),
  );
  return {
    scanHead: (target, image) =>
      Promise.all(requested.map((scanner) => run(scanner, "head", scanner.run === "trivy-image" ? image : Promise.resolve(target)))),
    scanBase: (targets) =>
      Promise.all(
        requested.flatMap((scanner) => {
          const target = targets.get(scanner.run);
          return target === undefined ? [] : [run(scanner, "base", Promise.resolve(target))];
        }),
      ),
  };
}

/** Returns the oldest that a database may be, in days: one that is too old for one of the policies is too old. */
export function strictestAges(policies: readonly Policy[]): { safety: number; trivy: number } {
  const ages = policies.map(({ limits }) => limits.databaseAgeDays);
  return { safety: Math.min(...ages.map(({ safety }) => safety)), trivy: Math.min(...ages.map(({ trivy }) => trivy)) };
}
