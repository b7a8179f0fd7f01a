// What Bandit is given to scan, for programs that start or decode it without the rest of a scan.

import { statSync } from "node:fs";
import { join } from "node:path";
import type { ScanTarget } from "../src/scanners/scanner.ts";

/** A target of these Python files; their texts are not known unless `text` gives them. */
export function pythonTarget(root: string, files: readonly string[], text: ScanTarget["text"] = () => undefined): ScanTarget {
  const size = (path: string) => statSync(join(root, path)).size;
  return { root, files, python: files, pins: [], infrastructure: [], possibleInfrastructure: [], image: null, text, size };
}
