// Files that Trivy's misconfiguration checks take together, so that a finding in one may come from a change to another: a Helm chart, which is rendered as
// one, and Azure templates, whose findings may stand in another's place because Trivy loses their names.

import { posix } from "node:path";
import type { Change } from "./change.ts";
import type { Workspace } from "./workspace.ts";

/** One chart, or all Azure templates. */
export interface InfrastructureGroup {
  /** Whether a file of the head belongs to it. */
  readonly has: (path: string) => boolean;
  /** Whether any of it differs, or was deleted. */
  readonly isTouched: () => boolean;
  /** Everything of it at the base, sorted. */
  readonly basePaths: () => readonly string[];
}

/** Finds the groups of the head. A chart in another one's `charts/` belongs to that. */
export function infrastructureGroups(
  workspace: Pick<Workspace, "files" | "infrastructure" | "possibleInfrastructure">,
  change: Change,
): InfrastructureGroup[] {
  const folders = chartFolders(workspace.files);
  const charts = folders.map((folder) =>
    once(() => {
      const members = workspace.files.filter((path) => path.startsWith(folder));
      return { members, basePaths: chartAtBase(members, change) };
    }),
  );
  const azure = azureTemplates(workspace);
  return [
    ...charts.map((chart, index) => groupOf((path) => path.startsWith(folders[index] ?? ""), chart, change)),
    groupOf(
      (path) => azure.includes(path),
      once(() => ({ members: azure, basePaths: counterparts(azure, change) })),
      change,
    ),
  ];
}

interface Members {
  readonly members: readonly string[];
  readonly basePaths: readonly string[];
}

function groupOf(has: (path: string) => boolean, members: () => Members, change: Change): InfrastructureGroup {
  return {
    has,
    basePaths: () => members().basePaths,
    isTouched: once(() => {
      const group = members();
      const isGone = (basePath: string) => !has(change.headPath(basePath) ?? "\0");
      return group.members.some((path) => !change.isSame(path)) || group.basePaths.some(isGone);
    }),
  };
}

/** The outermost folders with a `Chart.yaml`, with a `/` at the end; empty for the root. */
function chartFolders(files: readonly string[]): string[] {
  const all = files.filter((path) => posix.basename(path) === "Chart.yaml").map((path) => path.slice(0, -"Chart.yaml".length));
  return all.filter((folder) => !all.some((other) => other !== folder && folder.startsWith(other)));
}

/** What the files of a chart were at the base, and the rest of the charts that those were in. */
function chartAtBase(members: readonly string[], change: Change): string[] {
  const ofBase = counterparts(members, change);
  const folders = chartFolders(change.basePaths).filter((folder) => ofBase.some((path) => path.startsWith(folder)));
  const rest = change.basePaths.filter((path) => folders.some((folder) => path.startsWith(folder)));
  return [...new Set([...ofBase, ...rest])].sort();
}

function counterparts(paths: readonly string[], change: Change): string[] {
  return paths.flatMap((path) => change.counterpart(path)?.path ?? []).sort();
}

/** Azure templates, what may be one, and the file that stands for one without a name where there is no other. */
function azureTemplates({
  infrastructure,
  possibleInfrastructure,
}: Pick<Workspace, "infrastructure" | "possibleInfrastructure">): string[] {
  const templates = infrastructure.filter(({ type }) => type === "azure-arm").map(({ path }) => path);
  const possible = possibleInfrastructure.filter((path) => path.endsWith(".json"));
  if (templates.length + possible.length === 0) return [];
  const standIn = infrastructure[0]?.path ?? possibleInfrastructure[0] ?? "";
  return [...new Set([...templates, ...possible, standIn])].sort();
}

function once<Value>(compute: () => Value): () => Value {
  let kept: { readonly value: Value } | null = null;
  return () => {
    kept ??= { value: compute() };
    return kept.value;
  };
}
