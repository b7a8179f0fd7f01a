// What a text says, however it is laid out.

/** Returns a text without any white space: equal for a line that was only indented or a statement that was only broken anew. */
export function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, "");
}
