// The text of one file as the readers want it, or the gap that it leaves.

import type { Gap } from "../findings/coverage.ts";

/** Longer texts are not parsed: 16 Mi UTF-16 code units. Lock files of large projects have one or two. */
const TEXT_LIMIT = 16 * 1024 * 1024;

/** Returns a file's text without the U+FEFF that a byte order mark leaves when it is decoded, or a gap when it cannot be read or is too long. */
export function manifestText(path: string, text: (path: string) => string | undefined): string | Gap {
  const content = text(path);
  if (content === undefined) return { path, reason: "cannot be read" };
  if (content.length > TEXT_LIMIT) {
    return {
      path,
      reason: `is longer than the ${TEXT_LIMIT} characters that are parsed`,
      remedy: "Split the file, or exclude it in the policy.",
    };
  }
  return content.startsWith("\uFEFF") ? content.slice(1) : content;
}
