// Which files of the tree decide what a run reports: where a change touched one of them, the run is made afresh, whatever was kept of it.

import { manifestFormat } from "../manifests/manifest-format.ts";
import type { Command, ScanTarget } from "../scanners/scanner.ts";
import { compareText } from "../text/compare-text.ts";

/**
 * Returns the files by path, sorted, each once: those that its commands are shown, those with pins, and everything that is named like a manifest, as that may
 * include others. A file that was deleted is not among them: what it held is missing from the commands as well.
 */
export function dependsOn({ files, pins }: Pick<ScanTarget, "files" | "pins">, commands: readonly Command[]): string[] {
  const shown = commands.flatMap(({ view }) => view?.files ?? []);
  const manifests = files.filter((path) => manifestFormat(path) !== null);
  return [...new Set([...shown, ...manifests, ...pins.map(({ path }) => path)])].sort(compareText);
}
