// What is kept of earlier runs, and which of it this run may use: nothing of a file that a change touched, for whoever made the change may have kept it.

import type { Config } from "../config/config.ts";
import type { Host } from "../host/ports.ts";
import type { Prepared } from "./prepare.ts";
import { programDigest } from "./program-digest.ts";
import { firstSights, type SightsOf } from "./sights.ts";
import { RESULTS_LIMIT_BYTES, trimCache } from "./trim-cache.ts";

/** The results of earlier runs. */
export interface KeptResults {
  /** Absolute; resolves when what other machines kept is there. */
  readonly directory: Promise<string>;
  /** Whether what this run finds out may be kept. */
  readonly keeps: boolean;
  readonly usable: Promise<UsableResults>;
  /** How files looked when this run first asked. */
  readonly sightsOf: SightsOf;
  /** Digest of the program: what another version has kept means nothing to this one. */
  readonly program: string;
  /** `YYYY-MM-DD` (UTC). */
  readonly day: string;
  /** Removes what was not used for longest where there is too much of it. For when all is kept. */
  trim(): void;
}

/** What of the kept results may be used. */
export interface UsableResults {
  /** Whether what is kept of a file may be. */
  readonly ofFile: (path: string) => boolean;
  /** Whether what is kept of a run may be, which looked at these files: not where one of them is changed, or any file is gone. */
  readonly ofWhole: (files: readonly string[]) => boolean;
}

/** What decides about the use of kept results. */
export interface KeptResultsOptions {
  readonly config: Pick<Config, "useCache">;
  /** What the run is compared with, as far as it is known. */
  readonly comparing: Pick<Prepared, "request" | "change" | "wasInScan">;
  readonly day: string;
}

/** Returns null when the user wants none, or the run may have none. Starts to bring back what other machines kept. */
export function keptResults({ config, comparing, day }: KeptResultsOptions, { carried, clock, surroundings }: Host): KeptResults | null {
  if (!config.useCache || carried.results === null) return null;
  const { directory, keeps, decideAlone } = carried.results;
  return {
    directory: carried.restore("results").then(() => directory),
    keeps,
    usable: usableResults(comparing, decideAlone),
    sightsOf: firstSights(),
    program: programDigest(surroundings.programDirectory),
    day,
    trim: () => trimCache(directory, RESULTS_LIMIT_BYTES, clock.now()),
  };
}

const ALL: UsableResults = { ofFile: () => true, ofWhole: () => true };
const NONE: UsableResults = { ofFile: () => false, ofWhole: () => false };

/** Where nothing is compared, all or none; otherwise those of what is at the base as it is, under the same name. None when that cannot be told. */
async function usableResults(
  { request, change, wasInScan }: KeptResultsOptions["comparing"],
  decideAlone: boolean,
): Promise<UsableResults> {
  if (request.kind === "none") return decideAlone ? ALL : NONE;
  if (change === null) return NONE;
  return change.then(
    ({ basePaths, counterpart, headPath, isSame }) => {
      const ofFile = (path: string) => wasInScan(path) && counterpart(path)?.path === path && isSame(path);
      const isWhole = basePaths.every((path) => headPath(path) === path);
      return { ofFile, ofWhole: (files) => isWhole && files.every(ofFile) };
    },
    () => NONE,
  );
}
