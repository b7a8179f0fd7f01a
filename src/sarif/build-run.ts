// One scanner run as a SARIF run, with the scanner as its driver.

import type { Result, Run, ToolComponent } from "sarif";
import type { TriagedFinding } from "../findings/triaged-finding.ts";
import type { LogSource, RunContent, StreamedRun, Tool } from "./log.ts";
import { buildNotifications } from "./notifications.ts";
import { buildResult, SOURCE_ROOT } from "./results.ts";
import { buildRules } from "./rules.ts";
import { gapsOf, isAccepted } from "./upload-runs.ts";

/** Semantic Versioning 2.0.0, as far as tools use it. */
const SEMANTIC_VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;

/** Builds the run. It is successful when its scanner completed, or had nothing to look at, and left no gap that is not accepted. */
export function buildRun(source: LogSource, content: RunContent): StreamedRun {
  const { run, findings, ruleId, truncation } = content;
  const rules = buildRules(findings, ruleId);
  const gaps = gapsOf(run.run, source.gaps);
  const notices = [...run.notices, ...(run.run === "trivy-image" ? [] : source.notices)];
  return {
    tool: { driver: { ...driver(source.tools[run.run], run.status === "skipped" ? null : run.version), rules } },
    automationDetails: { id: `${source.category}/${run.run}/` },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: "The root of the scanned tree." } } },
    ...provenance(source),
    invocations: [
      {
        executionSuccessful: run.status !== "failed" && gaps.every(isAccepted),
        startTimeUtc: source.startedAt.toISOString(),
        toolExecutionNotifications: buildNotifications({ run, gaps, notices, truncation }),
      },
    ],
    results: resultsOf(source, content, new Map(rules.map(({ id }, index) => [id, index]))),
  };
}

function driver({ name, informationUri }: Tool, version: string | null): ToolComponent {
  if (version === null) return { name, informationUri };
  return { name, informationUri, ...(SEMANTIC_VERSION.test(version) ? { semanticVersion: version } : { version }) };
}

function provenance({ repositoryUri, revision }: LogSource): Pick<Run, "versionControlProvenance"> {
  if (repositoryUri === null || revision === null) return {};
  return { versionControlProvenance: [{ repositoryUri, revisionId: revision, mappedTo: { uriBaseId: SOURCE_ROOT } }] };
}

/** The names of the scanners that report a finding, its own first. */
function sourcesOf({ scanner, triage }: TriagedFinding, tools: LogSource["tools"]): string[] {
  const others = triage.state === "duplicate" ? [] : triage.scanners.filter((other) => other !== scanner);
  return [scanner, ...others].map((id) => tools[id].name);
}

function resultsOf(
  { fingerprint, tools }: LogSource,
  { findings, ruleId, countedAs, stateOf }: RunContent,
  indices: ReadonlyMap<string, number>,
): Iterable<Result> {
  return {
    *[Symbol.iterator]() {
      for (const finding of findings) {
        const id = ruleId(finding);
        const counted = countedAs(finding);
        yield buildResult(
          finding,
          { ruleId: id, ruleIndex: indices.get(id) ?? -1 },
          { primaryLocationLineHash: fingerprint(finding), sources: sourcesOf(counted, tools), state: stateOf(counted) },
        );
      }
    },
  };
}
