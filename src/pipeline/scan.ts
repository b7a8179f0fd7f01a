// The whole algorithm on one page: what is scanned, by whom, what they proved and found, and the verdict.

import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../errors.ts";
import { deduplicate } from "../findings/deduplicate.ts";
import type { Host } from "../host/ports.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import { bySeverityThenPlace, evaluateGate } from "../policy/gate.ts";
import type { ScanReport } from "../report/scan-report.ts";
import { SCANNERS } from "../scanners/registry.ts";
import type { ScanTarget } from "../scanners/scanner.ts";
import { installToolchain } from "../tools/install-toolchain.ts";
import { VERSION } from "../version.ts";
import { collectGaps, collectNotices } from "./coverage.ts";
import { openImage } from "./image-archive.ts";
import { runScanner } from "./run-scanner.ts";
import { describeWorkspace, type Workspace } from "./workspace.ts";

/** A policy file of this name would be expected to count, so its presence is an error as long as none is read. */
const POLICY_FILE = ".github/sarif-gate.yml";

/** The report, and the text of the scanned files for whoever needs more of them (fingerprints). */
export interface ScanResult {
  readonly report: ScanReport;
  readonly text: Workspace["text"];
}

/**
 * Scans `config.path` with the requested scanners, side by side. Rejects with a ConfigError or a GateError `workspace-unreadable` when there is nothing
 * that could be scanned; everything that goes wrong later becomes a failed run or a gap of the report.
 */
export async function scan(config: Config, host: Host): Promise<ScanResult> {
  const startedAt = host.clock.now();
  const started = host.clock.monotonic();
  const workspace = await describeWorkspace({ ...config, secrets: config.scanners.includes("trivy"), git: host.git });
  refusePolicyFile(workspace);
  const toolchain = installToolchain(config, host);
  const manifests = readManifests(workspace);
  const target: ScanTarget = { ...workspace, pins: manifests.pins, image: null };
  const image = openImage(config.image, host.surroundings.scratch).then((opened) => ({ ...target, image: opened }));
  const requested = SCANNERS.filter(
    ({ run, scanner }) => config.scanners.includes(scanner) && (run !== "trivy-image" || config.image !== null),
  );
  const deadline = started + config.timeoutMs;
  const outcomes = await Promise.all(
    requested.map((scanner) => {
      const looksAt = scanner.run === "trivy-image" ? image : Promise.resolve(target);
      return runScanner({ scanner, target: looksAt, installation: toolchain(scanner.scanner), deadline, jobs: config.jobs }, host);
    }),
  );
  const runs = outcomes.map(({ run }) => run);
  const found = deduplicate(runs.flatMap((run) => (run.status === "completed" ? run.findings : [])));
  const findings = found.sort(bySeverityThenPlace(config.gate.unknownAs));
  const gaps = collectGaps(workspace, manifests, outcomes);
  const report: ScanReport = {
    toolVersion: VERSION,
    root: workspace.root,
    within: workspace.within,
    revision: workspace.revision,
    startedAt,
    durationMs: Math.round(host.clock.monotonic() - started),
    category: config.category,
    policy: `fail-on: ${config.gate.failOn}`,
    runs,
    findings,
    gaps,
    notices: collectNotices(workspace, manifests),
    gate: evaluateGate(findings, runs, gaps, config.gate),
  };
  return { report, text: workspace.text };
}

function refusePolicyFile({ root, exists }: Workspace): void {
  if (exists(POLICY_FILE) === "missing") return;
  throw new ConfigError([
    `${join(root, POLICY_FILE)} exists, and this version reads no policy files. Move it away and set the gate with \`fail-on\`.`,
  ]);
}
