// The order of texts, the same on every machine and in every language.

/** Compares by UTF-16 code units, as `Array.prototype.sort` does without a comparator. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
