// Puts together what was not looked at: gaps of the tree, of manifests, of databases and of every run. A pin counts as looked at when any scanner took it up.

import type { Notice, RunGap } from "../findings/coverage.ts";
import { packageKey } from "../findings/package-ref.ts";
import { SCANNER_IDS, type ScannerId } from "../findings/scanner-id.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { ManifestReading, Pin } from "../manifests/pin.ts";
import type { Policy } from "../policy/policy.ts";
import type { RunOutcome } from "./run-scanner.ts";
import type { Workspace } from "./workspace.ts";

/** Returns every gap once, those of the tree first, then in the order of runs. */
export function collectGaps(workspace: Pick<Workspace, "gaps">, manifests: ManifestReading, outcomes: readonly RunOutcome[]): RunGap[] {
  const gaps: RunGap[] = [...workspace.gaps, ...manifests.gaps, ...pinGaps(manifests.pins, outcomes), ...outcomes.flatMap(runGaps)];
  return [...new Map(gaps.map((gap) => [JSON.stringify([gap.run, gap.path, gap.line, gap.reason]), gap])).values()];
}

/** Notices that concern the tree, not a run. Dependencies without a version are left out where a policy makes them gaps. */
export function collectNotices(workspace: Pick<Workspace, "notices">, manifests: ManifestReading, policies: readonly Policy[]): Notice[] {
  const areGaps = policies.some(({ gate }) => gate.unpinned === "fail");
  const gaps = new Set(areGaps ? manifests.unpinned : []);
  return [...workspace.notices, ...manifests.notices.filter((notice) => !gaps.has(notice))];
}

/**
 * A pin that neither Safety nor Trivy took up is a gap. Nothing is said of pins when no scanner of dependencies completed: then a failed run says it,
 * or only Bandit was asked for.
 */
function pinGaps(pins: readonly Pin[], outcomes: readonly RunOutcome[]): RunGap[] {
  const looking = outcomes.filter(({ run }) => run.status === "completed" && (run.run === "safety" || run.run === "trivy"));
  if (looking.length === 0) return [];
  const takenUp = new Set(looking.flatMap(({ pinsTakenUp }) => pinsTakenUp));
  return pins
    .filter((pin) => !takenUp.has(packageKey(pin.name, pin.version)))
    .map((pin) => ({
      path: pin.path,
      line: pin.startLine,
      reason: `${pin.name}==${pin.version} was taken up by no scanner of dependencies`,
      remedy: "Check that this is a package on the package index and a version that exists.",
    }));
}

function runGaps({ run, databaseGap }: RunOutcome): RunGap[] {
  if (run.status !== "completed") return [];
  return [...run.coverage.missing, ...(databaseGap === null ? [] : [databaseGap])].map((gap) => ({ ...gap, run: run.run }));
}

/** Whether every scanner looked at the whole tree: only then does a suppression that matched nothing in it have no purpose there. */
export function looksAtEverything(within: string, runs: readonly ScannerRun[]): boolean {
  const hasRun = (id: ScannerId) => runs.some(({ run, status }) => run === id && status !== "failed");
  return within === "" && SCANNER_IDS.every(hasRun) && runs.every(({ status }) => status !== "failed");
}
