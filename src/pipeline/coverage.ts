// Puts together what was not looked at: gaps of the tree, of manifests, of databases and of every run. A pin counts as looked at when any scanner took it up.

import type { Notice, RunGap } from "../findings/coverage.ts";
import { packageKey } from "../findings/package-ref.ts";
import type { ManifestReading, Pin } from "../manifests/pin.ts";
import type { RunOutcome } from "./run-scanner.ts";
import type { Workspace } from "./workspace.ts";

/** Returns every gap once, those of the tree first, then in the order of runs. */
export function collectGaps(workspace: Pick<Workspace, "gaps">, manifests: ManifestReading, outcomes: readonly RunOutcome[]): RunGap[] {
  const gaps: RunGap[] = [...workspace.gaps, ...manifests.gaps, ...pinGaps(manifests.pins, outcomes), ...outcomes.flatMap(runGaps)];
  return [...new Map(gaps.map((gap) => [JSON.stringify([gap.run, gap.path, gap.line, gap.reason]), gap])).values()];
}

/** Notices that concern the tree, not a run. */
export function collectNotices(workspace: Workspace, manifests: ManifestReading): Notice[] {
  return [...workspace.notices, ...manifests.notices];
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
