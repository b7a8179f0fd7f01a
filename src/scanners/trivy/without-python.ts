// The files of a tree of which Trivy may read packages or infrastructure: most changes are to Python sources, and it need not run again for those.

import { posix } from "node:path";

/**
 * Returns the files without Python sources, in the same order. Trivy 0.74 takes a file for a package list or for infrastructure by its name alone
 * (`Required` in pkg/fanal/analyzer), and what it links from such files is of those names too, with two exceptions: a Dockerfile may have any extension, and a
 * `pom.xml` may name a file of any name as its parent or module, so where there is one nothing is left out.
 */
export function withoutPython(files: readonly string[]): readonly string[] {
  if (files.some((path) => posix.basename(path) === "pom.xml")) return files;
  return files.filter((path) => (!path.endsWith(".py") && !path.endsWith(".pyi")) || isDockerfile(path));
}

/** In any case, as Unicode folds it. */
function isDockerfile(path: string): boolean {
  return /^(?:docker|container)file\.pyi?$/iu.test(posix.basename(path));
}
