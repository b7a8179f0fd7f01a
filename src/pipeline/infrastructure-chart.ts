// Whether a Helm chart must turn up in Trivy's report. Trivy renders a chart with its default values and leaves out all of it when that fails; it names the
// templates that rendered to something.

import { posix } from "node:path";
import { readChartArchive } from "./chart-archive.ts";
import type { InfrastructureClass } from "./infrastructure-class.ts";

/**
 * A chart is provable when a template of its own is a resource whatever the values are. A chart in another's `charts/` is rendered, or switched off, by
 * that one; a library chart is never rendered.
 */
export function classifyChart(path: string, files: readonly string[], text: (path: string) => string | undefined): InfrastructureClass {
  const folder = path.slice(0, path.length - posix.basename(path).length);
  const chart = text(path) ?? "";
  if (isPartOfChart(folder, files) || /^type:[ \t]*["']?library\b/m.test(chart)) return "possible";
  return templatesOf(folder, files).some((template) => isUnconditional(text(template) ?? "")) ? "helm" : "possible";
}

/** What an archive is to Trivy, or `unreadable` when it may be that of a chart. One that is a chart must turn up also when it can be read in part only. */
export function classifyArchive(path: string, bytes: Buffer, files: readonly string[]): InfrastructureClass | "unreadable" {
  const archive = readChartArchive(bytes);
  if (archive === null) return null;
  const { texts, isWhole } = archive;
  if (!texts.has("Chart.yaml")) return isWhole ? null : "unreadable";
  if (isPartOfChart(path, files)) return "possible";
  return isWhole ? classifyChart("Chart.yaml", [...texts.keys()], (name) => texts.get(name)) : "helm";
}

/** Whether a chart's folder, or its archive, lies in the `charts/` of another. */
function isPartOfChart(path: string, files: readonly string[]): boolean {
  const [, outer] = /^(.*\/|)charts\/[^/]+\/?$/s.exec(path) ?? [];
  return outer !== undefined && files.includes(`${outer}Chart.yaml`);
}

function templatesOf(folder: string, files: readonly string[]): string[] {
  return files.filter((path) => path.startsWith(`${folder}templates/`) && /\/[^_/][^/]*\.ya?ml$/.test(path));
}

/** Its first line that is neither blank nor a comment is a top-level key of a manifest: no `if`, `range` or `with` stands around it. */
function isUnconditional(template: string): boolean {
  return /^(?:(?:---)?[ \t]*(?:#.*)?\r?\n)*(?:apiVersion|kind|metadata):/.test(template);
}
