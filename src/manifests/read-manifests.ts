// Reads the dependency manifests of a tree: exact versions with their lines, and everything that leaves a package unchecked. Pure: it never touches the disk itself.

import type { Gap, Notice } from "../findings/coverage.ts";
import { compareText } from "../text/compare-text.ts";
import { type ManifestFiles, readManifestGraph } from "./manifest-graph.ts";
import { readOtherSources } from "./other-sources.ts";
import type { ManifestReading } from "./pin.ts";
import { unpinnedRequirements } from "./unpinned-requirements.ts";

/** Of one file; the last one then stands for all further ones, so that a file of garbage cannot flood the reports. */
const ENTRIES_PER_FILE = 100;

/** Reads all manifests among the files and, once each, the files they include. Gaps and notices are in order of path and line. Never throws, whatever the texts say. */
export function readManifests(options: ManifestFiles): ManifestReading {
  const graph = readManifestGraph(options);
  const others = readOtherSources(options, graph);
  const readings = [...graph.readings.values()];
  const gaps = readings.flatMap((reading) =>
    limited(reading.gaps, (path, count) => ({ path, reason: `has ${count} further places that cannot be read` })),
  );
  const notices = readings.flatMap((reading) =>
    limited(reading.notices, (path, count) => ({ path, message: `has ${count} further places of this kind` })),
  );
  const unpinned = [...unpinnedRequirements(options.files, graph), ...others.unpinned].sort(byPlace);
  return {
    pins: readings.flatMap((reading) => reading.pins).sort((a, b) => compareText(a.path, b.path) || a.startLine - b.startLine),
    gaps: [...gaps, ...graph.unreadable, ...others.gaps].sort(byPlace),
    notices: [...notices, ...others.notices, ...unpinned].sort(byPlace),
    unpinned,
    manifests: [...graph.readings.keys()].sort(compareText),
  };
}

function limited<Entry extends Gap | Notice>(entries: readonly Entry[], rest: (path: string, count: number) => Entry): readonly Entry[] {
  if (entries.length <= ENTRIES_PER_FILE) return entries;
  const kept = entries.slice(0, ENTRIES_PER_FILE - 1);
  return [...kept, rest(entries[0]?.path ?? "", entries.length - kept.length)];
}

function byPlace(a: Gap | Notice, b: Gap | Notice): number {
  return compareText(a.path ?? "", b.path ?? "") || (a.line ?? 0) - (b.line ?? 0);
}
