// What the dependency manifests said at the base. Files that are the same are read from the head; of the others only those that the reading asks for are
// taken from the history.

import type { History } from "../host/ports.ts";
import type { ManifestFiles } from "../manifests/manifest-graph.ts";
import type { ManifestReading } from "../manifests/pin.ts";
import { readManifests } from "../manifests/read-manifests.ts";
import type { Change } from "./change.ts";

/** Both sides, and how to read the base. */
export interface BaseManifestOptions {
  readonly change: Change;
  readonly history: Pick<History, "read">;
  /** The tree at the head, and what its manifests say. */
  readonly head: Pick<ManifestFiles, "files" | "text">;
  readonly reading: ManifestReading;
  /** Whether a file of the base would have been scanned there: it lies in the scanned directory, and the base's policy does not exclude it. */
  readonly wasInScan: (basePath: string) => boolean;
}

/** Returns the base's reading; its paths are those of the base. Rejects with a GateError `base-unavailable`. */
export async function readBaseManifests(options: BaseManifestOptions): Promise<ManifestReading> {
  const { change, history, head, reading } = options;
  const files = scannedAtBase(options);
  if (isReadingOfBase(options, files)) return reading;
  const blobs = new Map<string, Buffer | undefined>();
  for (;;) {
    const missing = new Set<string>();
    const text = (path: string): string | undefined => {
      const headPath = change.headPath(path);
      if (headPath !== null && change.isSame(headPath)) return head.text(headPath);
      const id = change.baseFile(path)?.id ?? null;
      if (id !== null && !blobs.has(id)) missing.add(id);
      return id === null ? undefined : blobs.get(id)?.toString("utf8");
    };
    const baseReading = readManifests({ files, text, exists: change.existsAtBase });
    if (missing.size === 0) return baseReading;
    // What was read may include more, so it is read again until nothing is missing.
    const contents = await history.read([...missing]);
    for (const id of missing) blobs.set(id, contents.get(id));
  }
}

function scannedAtBase({ change, head, wasInScan }: BaseManifestOptions): string[] {
  const files = new Set(head.files);
  return change.basePaths.filter((path) => wasInScan(path) || files.has(change.headPath(path) ?? ""));
}

/** Whether everything the reading depends on stands at the base as it does at the head: the files it asks for, and what they include. */
function isReadingOfBase({ change, head, reading }: BaseManifestOptions, files: readonly string[]): boolean {
  if (reading.gaps.length > 0) return false; // an include may be missing only here
  const ofHead = sources(head.files);
  const ofBase = sources(files);
  if (ofHead.length !== ofBase.length || ofHead.some((path, index) => path !== ofBase[index])) return false;
  return [...ofHead, ...reading.manifests].every((path) => change.counterpart(path)?.path === path && change.isSame(path));
}

/** The files that a reading asks for by their names. */
function sources(files: readonly string[]): string[] {
  const asked = new Set<string>();
  const text = (path: string): undefined => {
    asked.add(path);
  };
  readManifests({ files, text, exists: () => "missing" });
  return [...asked].sort();
}
