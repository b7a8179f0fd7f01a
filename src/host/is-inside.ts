// The one place that decides whether a path lies in a directory. Compares text only: give it real paths where links matter.

import { isAbsolute, relative, sep } from "node:path";

/** Returns whether `path` is `directory` or lies below it. Both are absolute; a neighbour whose name merely begins the same is not inside. */
export function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
