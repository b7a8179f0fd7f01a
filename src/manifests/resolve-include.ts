// From the `-r` or `-c` of a requirements file to a path within the root, or the gap it leaves. It asks what stands there and reads nothing.

import { posix } from "node:path";
import type { Gap } from "../findings/coverage.ts";
import type { Include } from "./file-reading.ts";

/** What stands at a path relative to the root. A symbolic link is not regular, wherever it points. */
export type Exists = (path: string) => "file" | "missing" | "not-regular";

const KEEP_INSIDE = "Keep the file in the repository and name it by its relative path.";

/** Returns the root-relative path that an include of the file `from` names (`\` separates like `/`), or the gap at the include's line. */
export function resolveInclude(from: string, include: Include, exists: Exists): string | Gap {
  const option = include.isConstraint ? "-c" : "-r";
  const place = { path: from, line: include.line };
  const gap = (reason: string, remedy: string): Gap => ({ ...place, reason: `names with ${option} ${reason}`, remedy });
  const target = include.target.replaceAll("\\", "/");
  if (/^(?:https?|file):/i.test(target)) return gap("a URL, which is not read", KEEP_INSIDE);
  const path = posix.join(posix.dirname(from), target);
  if (/^(?:\/|[A-Za-z]:)/.test(target) || path.startsWith("../") || path === "..") {
    return gap("a file outside of the scanned root", KEEP_INSIDE);
  }
  switch (exists(path)) {
    case "file":
      return path;
    case "missing":
      return gap("a file that is missing", `Add the file or remove the ${option}.`);
    case "not-regular":
      return gap("what is not a regular file (symbolic links are not followed)", "Name the file itself.");
  }
}
