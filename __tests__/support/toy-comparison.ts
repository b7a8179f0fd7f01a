// A whole comparison in memory with toy scanners that go line by line: what the pipeline does on two trees, without git or real tools.

import { join } from "node:path";
import type { DecodedFinding, Finding } from "../../src/findings/finding.ts";
import { packageKey, pypiPackage } from "../../src/findings/package-ref.ts";
import type { RunId } from "../../src/findings/scanner-id.ts";
import type { CompletedRun } from "../../src/findings/scanner-run.ts";
import type { Novelty } from "../../src/findings/triaged-finding.ts";
import type { Pin } from "../../src/manifests/pin.ts";
import { readManifests } from "../../src/manifests/read-manifests.ts";
import { readBaseManifests } from "../../src/pipeline/base-manifests.ts";
import { type BaseNeed, planBase } from "../../src/pipeline/base-target.ts";
import { describeChange } from "../../src/pipeline/change.ts";
import { type Comparison, compareWith } from "../../src/pipeline/comparison.ts";
import { identify, readLines } from "../../src/pipeline/identify.ts";
import { findInfrastructure } from "../../src/pipeline/infrastructure.ts";
import { materialiseBase } from "../../src/pipeline/materialise-base.ts";
import { type BaseScan, type ComparedFinding, compareFindings } from "../../src/pipeline/novelty.ts";
import type { ScanTarget } from "../../src/scanners/scanner.ts";
import { withoutSpace } from "../../src/text/without-space.ts";
import { type FakeTree, fakeHistory, fakeWorkTree } from "./fake-history.ts";
import { codeFinding, completedRun, coverage, dependencyFinding, misconfigurationFinding, rule, secretFinding } from "./findings.ts";
import { textsOf } from "./source-lines.ts";

export const TOY_RUNS = ["bandit", "safety", "trivy"] as const;

/** Packages whose every version below 9 is open to these advisories. */
const ADVISORIES: Readonly<Record<string, readonly string[]>> = { django: ["CVE-1", "CVE-2"], flask: ["CVE-3"] };

export type ToyTarget = Pick<ScanTarget, "files" | "python" | "pins" | "infrastructure" | "possibleInfrastructure" | "text">;

/** What a toy scanner says of a target. `bad NAME` in Python is a finding of the rule NAME, `SYNTAX` a file it cannot read, `# nosec` a comment. */
export function toyRun(run: RunId, target: ToyTarget): { run: CompletedRun; pinsTakenUp: string[] } {
  const lines = (path: string) => textsOf(readLines(run, target.text)(path)).map((text, index) => ({ path, text, line: index + 1 }));
  const python = target.python.filter((path) => !target.text(path)?.includes("SYNTAX"));
  const broken = target.python.filter((path) => !python.includes(path)).map((path) => ({ path, reason: "cannot be parsed" }));
  const located = ({ path, line }: { path: string; line: number }) => ({ location: { path, startLine: line, endLine: line } });
  const code = python
    .flatMap(lines)
    .flatMap((at) => [...at.text.matchAll(/bad (\w+)/g)].map(([, id = ""]) => codeFinding({ ...located(at), rule: rule({ id }) })));
  const secrets = target.files
    .flatMap(lines)
    .filter(({ text }) => text.includes("token"))
    .map((at) => secretFinding(located(at)));
  const infrastructure = [...target.infrastructure.map(({ path }) => path), ...target.possibleInfrastructure];
  const charts = target.files.filter((path) => /(?:^|\/)templates\//.test(path));
  const values = target.files
    .filter((path) => path.endsWith("values.yaml"))
    .map((path) => target.text(path))
    .join("\n");
  const misconfigurations = [...new Set([...infrastructure, ...charts])]
    .flatMap(lines)
    .filter(({ text }) => text.includes("USER root") || (text.includes("privileged") && values.includes("privileged: true")))
    .map((at) => misconfigurationFinding(located(at)));
  const pins = run === "trivy" ? [...target.pins, ...pinsInTree(target)] : target.pins;
  const dependencies = pins.flatMap(({ name, version, path, startLine }) =>
    (Number.parseInt(version, 10) < 9 ? (ADVISORIES[name] ?? []) : []).map((id) =>
      dependencyFinding({
        run,
        scanner: run === "safety" ? "safety" : "trivy",
        rule: rule({ id }),
        package: pypiPackage(name, version),
        ...located({ path, line: startLine }),
      }),
    ),
  );
  const found: Record<string, DecodedFinding[]> = {
    bandit: code,
    safety: dependencies,
    trivy: [...secrets, ...misconfigurations, ...dependencies],
  };
  const comments = python
    .flatMap(lines)
    .filter(({ text }) => text.includes("# nosec"))
    .map(({ path, line, text }) => ({ scanner: "bandit" as const, path, line, text: withoutSpace(text) }));
  return {
    run: {
      ...completedRun(run),
      coverage: coverage({ missing: run === "bandit" ? broken : [] }),
      comments: run === "bandit" ? comments : [],
      findings: identify(
        (found[run] ?? []).map(({ ...finding }) => finding),
        readLines(run, target.text),
      ),
    },
    pinsTakenUp: target.pins.filter(({ version }) => version !== "0.0").map(({ name, version }) => packageKey(name, version)),
  };
}

/** Like Trivy, the toy reads manifests that it is shown, whether or not it is asked for their pins. */
function pinsInTree({ files, text, pins }: ToyTarget): readonly Pin[] {
  const known = new Set(pins.map(({ path, startLine }) => `${path}:${startLine}`));
  const found = readManifests({ files, text, exists: () => "missing" }).pins;
  return found.filter(({ path, startLine }) => !known.has(`${path}:${startLine}`));
}

export interface ToyCase {
  readonly base: FakeTree;
  readonly work: Readonly<Record<string, string>>;
  readonly similar?: Readonly<Record<string, string>>;
  /** An empty directory of the test. */
  readonly directory: string;
}

/** The head as scanned, and all that is known of both sides. */
export async function toyHead({ base, work, similar = {} }: ToyCase) {
  const tree = fakeWorkTree(work);
  const history = fakeHistory({ base, head: work }, { similar });
  const change = await describeChange({ history, base: "base", head: "head", files: tree.files, tree, wasInScan: () => true });
  const text = (path: string) => tree.read(path, Number.MAX_SAFE_INTEGER)?.toString("utf8");
  const manifests = readManifests({ files: tree.files, text, exists: (path) => (tree.kind(path) === "file" ? "file" : "missing") });
  const baseManifests = await readBaseManifests({
    change,
    history,
    head: { files: tree.files, text },
    reading: manifests,
    wasInScan: () => true,
  });
  const { provable, possible } = findInfrastructure(tree.files, tree.read);
  const workspace = { files: tree.files, infrastructure: provable, possibleInfrastructure: possible, text };
  const python = tree.files.filter((path) => path.endsWith(".py"));
  const runs = TOY_RUNS.map((run) => toyRun(run, { ...workspace, python, pins: manifests.pins }).run);
  const comparison = compareWith({ change, workspace, manifests, baseManifests });
  return { runs, comparison, history, tree };
}

export interface ToyResult {
  readonly runs: readonly CompletedRun[];
  readonly needs: ReadonlyMap<RunId, BaseNeed>;
  readonly scans: readonly BaseScan[];
  readonly comparison: Comparison;
  readonly compared: ReadonlyMap<string, ComparedFinding>;
  readonly novelty: ReadonlyMap<string, Novelty>;
}

/** Classifies with a scan of only what the plan asks for. */
export async function compareToys(toy: ToyCase): Promise<ToyResult> {
  const { runs, comparison, history, tree } = await toyHead(toy);
  const needs = planBase(runs, comparison);
  const targets = await materialiseBase({ needs, change: comparison.change, history, tree, directory: join(toy.directory, "base") });
  const scans = [...targets].map(([run, target]) => ({ ...toyRun(run, target), target }));
  const found = compareFindings(runs, scans, comparison);
  const novelty = new Map([...found.compared].map(([id, { novelty: one }]) => [id, one]));
  return { runs: found.runs.filter((run) => run.status === "completed"), needs, scans, comparison, compared: found.compared, novelty };
}

/** Each finding of the head as `path:line rule novelty`, sorted; those of one run only. */
export function told({ runs, novelty }: Pick<ToyResult, "runs" | "novelty">, run: RunId): string[] {
  const findings: readonly Finding[] = runs.find((found) => found.run === run)?.findings ?? [];
  return findings.map(({ id, rule: { id: name }, location }) => `${location.path}:${location.startLine} ${name} ${novelty.get(id)}`).sort();
}
