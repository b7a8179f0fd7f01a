// All lines of a source as texts, for tests that look at each.

import type { SourceLines } from "../../src/text/source-lines.ts";

/** Returns the lines in order, without their ends. */
export function textsOf({ count, line }: SourceLines): string[] {
  return Array.from({ length: count }, (_, index) => line(index + 1) ?? "");
}
