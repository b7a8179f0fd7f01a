// A text without what it ends in, in linear time: a pattern like `/x+$/` takes quadratic time where many of them stand before something else.

/** Returns a text without every `character` (one UTF-16 unit) at its end. */
export function withoutTrailing(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === character) end -= 1;
  return text.slice(0, end);
}
