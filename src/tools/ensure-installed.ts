// The one way by which something executable gets into the cache and out of it: verified at every use, installed when absent, replaced when damaged,
// never used otherwise.

import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { InstallError } from "../errors.ts";
import type { Notice } from "../findings/coverage.ts";
import type { ScannerId } from "../findings/scanner-id.ts";
import type { Host } from "../host/ports.ts";
import { buildDirectory, discardDirectory } from "./cache-directory.ts";
import { installFailure } from "./install-failure.ts";

export interface Installable {
  readonly scanner: ScannerId;
  /** For people: "Bandit 1.9.4 for Python 3.11". */
  readonly what: string;
  /** Where it is when installed. */
  readonly directory: string;
  /** Null when what is installed there is what it must be, else the difference in words. */
  readonly verify: () => Promise<string | null>;
  /** Fills a private directory that becomes `directory`. */
  readonly build: (partial: string) => Promise<void>;
}

/** Resolves when the thing is installed and verified. Throws an InstallError otherwise: `install-offline` when a download would be needed and is forbidden. */
export async function ensureInstalled(item: Installable, offline: boolean, host: Host): Promise<readonly Notice[]> {
  try {
    return await ensure(item, offline, host);
  } catch (thrown) {
    throw installFailure(item.what, thrown);
  }
}

async function ensure({ scanner, what, directory, verify, build }: Installable, offline: boolean, host: Host): Promise<readonly Notice[]> {
  const installed = existsSync(directory);
  const damage = installed ? await verify() : null;
  if (installed && damage === null) return [];
  if (offline) throw forbidden(what, directory, damage);
  if (installed) await discardDirectory(directory);
  host.progress.started(scanner, `installing ${what}`);
  await buildDirectory({
    parent: dirname(directory),
    now: host.clock.now(),
    build: async (partial) => {
      await build(partial);
      return basename(directory);
    },
  });
  // Another process may have been first with the rename: what counts is what stands there now.
  const stillDamaged = await verify();
  if (stillDamaged !== null) throw new InstallError("install-failed", `${what} is damaged right after its installation: ${stillDamaged}.`);
  return damage === null ? [] : [{ message: `${what} in ${directory} was damaged (${damage}) and has been installed again.` }];
}

function forbidden(what: string, directory: string, damage: string | null): InstallError {
  const state = damage === null ? "is not installed" : `is damaged (${damage})`;
  return new InstallError("install-offline", `${what} ${state}, and \`offline\` forbids downloading it. Its place is ${directory}.`, {
    remedy: "Run once without `offline` on this machine, or copy the cache directory from one where it is installed.",
  });
}
