// `doctor`: what is installed, how old the databases are, and whether a scan could run. Installs, downloads and repairs nothing.

import type { Config } from "../config/config.ts";
import type { Host } from "../host/ports.ts";
import { defaultPolicy } from "../policy/parse-policy.ts";
import { printable } from "../text/printable.ts";
import { describeToolchain, type ToolDescription } from "../tools/describe-toolchain.ts";
import { VERSION } from "../version.ts";

/** How much of a digest tells two apart for a person. */
const SHOWN_DIGEST = 16;

/** Writes one block per part of the toolchain and returns whether a scan with this configuration could come to a verdict. */
export async function doctor(config: Config, host: Host, writeOut: (text: string) => void): Promise<boolean> {
  const { os, arch, cores } = host.platform;
  const { databaseAgeDays } = defaultPolicy("high", "").limits;
  const parts = await describeToolchain({ ...config, maxDatabaseAgeDays: config.maxDatabaseAgeDays ?? databaseAgeDays }, host);
  const blockers = parts.filter((part) => blocksScan(part, config.offline));
  const lines = [
    `sarif-gate ${VERSION}, Node ${process.version}, ${os} ${arch}, ${cores} cores`,
    `cache ${host.surroundings.cacheDirectory}`,
    "",
    ...parts.flatMap(describe),
    "",
    blockers.length === 0 ? readiness(parts) : `A scan could not come to a verdict: see ${blockers.map(({ what }) => what).join(", ")}.`,
  ];
  writeOut(lines.map((line) => `${printable(line)}\n`).join(""));
  return blockers.length === 0;
}

/** What is absent or damaged is installed by a scan, unless it may not download; a stale database is renewed under the same condition. */
function blocksScan({ state }: ToolDescription, offline: boolean): boolean {
  return state === "unusable" || (offline && state !== "ready");
}

/** What is still to come is not tried here: a download may fail all the same. */
function readiness(parts: readonly ToolDescription[]): string {
  const toCome = parts.filter(({ state }) => state !== "ready").map(({ what }) => what);
  return toCome.length === 0 ? "A scan can run." : `A scan can run if these can be downloaded: ${toCome.join(", ")}.`;
}

function describe({ what, state, where, digest, remark }: ToolDescription): string[] {
  const sum = digest === null ? "" : `  sha256 ${digest.slice(0, SHOWN_DIGEST)}…`;
  return [`${state.padEnd(9)}${what}: ${remark}`, ...(where === null ? [] : [`${" ".repeat(9)}${where}${sum}`])];
}
