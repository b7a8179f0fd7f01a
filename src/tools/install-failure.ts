// What goes wrong while something is put into the cache, as errors a user can act on. Anything that is not the machine's doing stays what it is.

import { GateError, InstallError, messageOf } from "../errors.ts";

/** The system's code of an error (`ENOSPC`), or undefined for anything else that was thrown. */
export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
}

/** How to go on when the place of the cache is to blame. */
const REMEDIES = new Map([
  ["ENOSPC", "Make room on the disk that holds the cache directory, then run again."],
  ["EACCES", "Make the cache directory writable for this user, or choose another."],
  ["EPERM", "Make the cache directory writable for this user, or choose another."],
  ["EROFS", "The cache directory lies on a read-only disk: choose another."],
]);

/** Whether the disk was full, also where an error only passes that on. */
export function isDiskFull(thrown: unknown): boolean {
  const code = systemCode(thrown);
  if (code === "ENOSPC" || code === "EDQUOT") return true;
  return thrown instanceof Error && thrown.cause !== undefined && isDiskFull(thrown.cause);
}

/** Returns the error to throw when installing `what` failed: errors of the system become an InstallError, all others are returned as they are. */
export function installFailure(what: string, thrown: unknown): unknown {
  const code = isDiskFull(thrown) ? "ENOSPC" : systemCode(thrown);
  if (code === undefined || (thrown instanceof GateError && code !== "ENOSPC")) return thrown;
  const remedy = REMEDIES.get(code);
  return new InstallError("install-failed", `${what} could not be installed: ${messageOf(thrown)}`, {
    cause: thrown,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** A full disk as programs report it (Python, Go). */
const DISK_FULL = /No space left on device|There is not enough space on the disk|Disk quota exceeded/i;

/** Returns the InstallError for a program that died of a full disk, or null when its words are about something else. */
export function diskFull(what: string, words: string, place: string): InstallError | null {
  if (!DISK_FULL.test(words)) return null;
  return new InstallError("install-failed", `${what} could not be installed: the disk that holds ${place} is full.`, {
    remedy: "Make room there, then run again.",
  });
}
