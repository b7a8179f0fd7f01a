// Short texts of what stands in a policy, for tables.

/** Longest text of one cell, in UTF-16 units. */
const LONGEST = 120;

/** Cuts a text to 120 UTF-16 units; a cut one ends with `…`. */
export function shorten(text: string): string {
  if (text.length <= LONGEST) return text;
  return `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** `a, b`; of more than three the rest is counted. */
export function listShort(words: readonly string[]): string {
  return words.length <= 3 ? words.join(", ") : `${words.slice(0, 3).join(", ")} and ${words.length - 3} more`;
}
