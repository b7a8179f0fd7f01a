// Paths for one sentence about many files.

const NAMED = 3;

/** Builds `a, b, c, …` from the first paths. */
export function nameSome(paths: readonly string[]): string {
  return [...paths.slice(0, NAMED), ...(paths.length > NAMED ? ["…"] : [])].join(", ");
}
