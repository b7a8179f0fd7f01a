// The whole algorithm on one page: what is compared and by which policies, what is scanned, by whom, what they proved and found, and the verdict.

import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { deduplicate } from "../findings/deduplicate.ts";
import type { ScannerRun } from "../findings/scanner-run.ts";
import type { Host } from "../host/ports.ts";
import type { ManifestReading } from "../manifests/pin.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import type { Facts } from "../policy/facts.ts";
import { bySeverityThenPlace } from "../policy/gate.ts";
import { judge } from "../policy/judge.ts";
import type { Judgement } from "../policy/judgement.ts";
import type { ScanReport } from "../report/scan-report.ts";
import type { ScanTarget } from "../scanners/scanner.ts";
import { dayOf } from "../text/day-of.ts";
import { VERSION } from "../version.ts";
import { type ComparisonOutcome, compareSides } from "./compare-with-base.ts";
import { collectGaps, collectNotices, looksAtEverything } from "./coverage.ts";
import { openImage } from "./image-archive.ts";
import { keptResults } from "./kept-results.ts";
import { type Prepared, prepare, type RequestBase } from "./prepare.ts";
import type { RunOutcome } from "./run-scanner.ts";
import { startScanners } from "./run-scanners.ts";
import type { Workspace } from "./workspace.ts";

/** The report, and the text of the scanned files for whoever needs more of them (fingerprints). */
export interface ScanResult {
  readonly report: ScanReport;
  readonly text: Workspace["text"];
}

/**
 * Scans `config.path` with the requested scanners, side by side. Rejects with a ConfigError when what is asked for cannot be, and with a GateError
 * `workspace-unreadable` when there is nothing that could be scanned; everything that goes wrong later becomes a failed run, a gap or a missing base.
 */
export async function scan(config: Config, requestBase: RequestBase, host: Host): Promise<ScanResult> {
  const startedAt = host.clock.now();
  const started = host.clock.monotonic();
  const { scratch } = host.surroundings;
  const today = dayOf(startedAt);
  const prepared = await prepare({ config, requestBase, today }, host);
  const { request, workspace, policies, history, change, wasInScan } = prepared;
  const kept = keptResults({ config, comparing: prepared, day: today }, host);
  const { scanHead, scanBase } = startScanners({ config, policies: policies.all, kept, deadline: started + config.timeoutMs }, host);
  const manifests = readManifests(workspace);
  const target: ScanTarget = { ...workspace, pins: manifests.pins, image: null };
  const outcomes = await scanHead(
    target,
    openImage(config.image, scratch).then((image) => ({ ...target, image })),
  );
  kept?.trim();
  const runs = outcomes.map(({ run }) => run);
  const directory = join(scratch, "base");
  const comparing = await compareSides(request, prepared.base, {
    change,
    history,
    workspace,
    manifests,
    runs,
    wasInScan,
    directory,
    scanBase,
  });
  const facts = gatherFacts({ prepared, manifests, outcomes, comparing, today });
  const judgement = judge(facts, policies.all);
  const { base, compared } = comparing;
  const report: ScanReport = {
    ...judgement,
    toolVersion: VERSION,
    root: workspace.root,
    within: workspace.within,
    revision: workspace.revision,
    startedAt,
    durationMs: Math.round(host.clock.monotonic() - started),
    category: config.category,
    policy: policies.all.map(({ source }) => source).join(" and "),
    policyChanges: policies.changes,
    changedWorkflows: compared.changedWorkflows,
    exclusions: prepared.exclusions,
    scope: facts.scope,
    base: base.kind === "found" ? { commit: base.commit, name: base.name } : null,
    noBase: base.kind === "found" ? null : base.kind === "none" ? base.because : "the base cannot be had",
    runs: withJudgedFindings(compared.runs, judgement),
    notices: [...collectNotices(workspace, manifests, policies.all), ...compared.notices],
  };
  return { report, text: workspace.text };
}

/** The judged findings of a run take the place of its own: they say more, and nobody needs to keep both. */
function withJudgedFindings(runs: readonly ScannerRun[], { findings }: Judgement): ScannerRun[] {
  return runs.map((run) =>
    run.status === "completed" ? { ...run, findings: findings.filter((finding) => finding.run === run.run) } : run,
  );
}

interface FactSources {
  readonly prepared: Prepared;
  readonly manifests: ManifestReading;
  readonly outcomes: readonly RunOutcome[];
  readonly comparing: ComparisonOutcome;
  readonly today: string;
}

/** Everything that was found out, before any policy is asked. */
function gatherFacts({ prepared, manifests, outcomes, comparing, today }: FactSources): Facts {
  const { workspace, policies, scope } = prepared;
  const { base, compared } = comparing;
  const { runs } = compared;
  const found = runs.flatMap((run) => (run.status === "completed" ? run.findings : []));
  const unknownAs = policies.all[0].gate.unknownAs;
  return {
    findings: deduplicate(found, compared.comparedOf).sort(bySeverityThenPlace(unknownAs)),
    runs,
    gaps: collectGaps(workspace, manifests, outcomes).map((gap) => ({ ...gap, unchanged: compared.isUnchangedGap(gap) })),
    unpinned: manifests.unpinned.map((notice) => ({ ...notice, unchanged: compared.isUnchangedUnpinned(notice) })),
    comments: compared.comments,
    // Without a base nothing is told apart, so everything gates.
    scope: base.kind === "none" ? "all" : scope,
    looksAtEverything: looksAtEverything(workspace.within, runs),
    baseError: base.kind === "missing" ? base.error : null,
    today,
  };
}
