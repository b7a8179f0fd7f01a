// Whether a Helm chart must turn up in Trivy's report. Trivy renders a chart with its default values and leaves out all of it when that fails; it names the
// templates that rendered to something.

import { posix } from "node:path";
import type { InfrastructureClass } from "./infrastructure-class.ts";

/**
 * A chart is provable when a template of its own is a resource whatever the values are. A chart in another's `charts/` is rendered, or switched off, by
 * that one; a library chart is never rendered.
 */
export function classifyChart(path: string, files: readonly string[], text: (path: string) => string | undefined): InfrastructureClass {
  const folder = path.slice(0, path.length - posix.basename(path).length);
  const chart = text(path) ?? "";
  if (/(?:^|\/)charts\/[^/]+\/$/.test(folder) || /^type:[ \t]*["']?library\b/m.test(chart)) return "possible";
  return templatesOf(folder, files).some((template) => isUnconditional(text(template) ?? "")) ? "helm" : "possible";
}

function templatesOf(folder: string, files: readonly string[]): string[] {
  return files.filter((path) => path.startsWith(`${folder}templates/`) && /\/[^_/][^/]*\.ya?ml$/.test(path));
}

/** Its first line that is neither blank nor a comment is a top-level key of a manifest: no `if`, `range` or `with` stands around it. */
function isUnconditional(template: string): boolean {
  return /^(?:(?:---)?[ \t]*(?:#.*)?\r?\n)*(?:apiVersion|kind|metadata):/.test(template);
}
