// The folders on the way to a path.

/** Returns the folders that a path lies in, the outermost first; none for a name at the root. */
export function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
