// Paths of the scanned tree as the URIs GitHub accepts: relative to the repository, without scheme, never empty. It knows no file system.

import { remember } from "../text/remember.ts";

/** Half of a surrogate pair alone: it has no UTF-8 form, and `encodeURIComponent` throws at it. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Encodes a path segment by segment (RFC 3986, 3.3), `:` included, so that the first segment is no scheme. Scanners give clean relative paths; what is
 * unclean all the same (`..`, empty segments, nothing at all) gets a place below the root that says so with `_`, because GitHub rejects a whole file for it.
 */
export const artifactUri = remember(encodePath);

function encodePath(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  const encoded = segments.map((segment) => (segment === ".." ? "_.." : encodeURIComponent(segment.replace(LONE_SURROGATE, "\uFFFD"))));
  return encoded.length === 0 ? "_" : encoded.join("/");
}
