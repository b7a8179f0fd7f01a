// Adds to pins what the rest of their manifest says about them: who brings them, and what wrote the file.

import { normalizeProjectName } from "../findings/package-ref.ts";
import type { LockTool } from "../findings/pinning.ts";
import { type DependencyGraph, introducers } from "./dependency-graph.ts";
import type { Pin } from "./pin.ts";

/** Returns the pins of one manifest with the direct dependencies that bring them and the tool; null for what is not known. */
export function withPinning(pins: readonly Pin[], graph: DependencyGraph | null, tool: LockTool | null): Pin[] {
  const introducedBy = graph === null ? new Map<string, string[]>() : introducers(graph);
  return pins.map((pin) => {
    const names = introducedBy.get(normalizeProjectName(pin.name));
    return { ...pin, ...(names === undefined ? {} : { introducedBy: names }), ...(tool === null ? {} : { tool }) };
  });
}
