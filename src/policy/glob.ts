// What a glob of a policy may look like, and what it matches. A policy comes with the change it judges, so a glob must not be a way to run any regular expression, nor one that
// takes minutes: groups in parentheses and quantifiers are refused, and wildcards are few.

import picomatch from "picomatch";
import { remember } from "../text/remember.ts";

/** How every glob of a policy is matched: hidden files like others; `!(…)` and a leading `!` have no meaning. */
export const GLOB_OPTIONS = { dot: true, nonegate: true, noextglob: true } as const;

/** Longest glob, in UTF-16 units. */
export const LONGEST_GLOB = 200;

/** What a glob of the schema must be: relative, with `/` between names, without `..` and without what cannot be seen. */
export const RELATIVE_GLOB = /^(?![/!])(?!(?:[^/]*\/)*\.\.(?:\/|$))[^\\\p{Cc}\p{Cs}]*[^\\/\p{Cc}\p{Cs}]$/u;

/** The time a match takes grows with the length of a path to the power of these. Picomatch backtracks; with one more of any a match can take seconds. */
const MOST_STARS = 4;
const MOST_STARS_IN_NAME = 3;
const MOST_DOUBLE_STARS = 2;
const MOST_BRACES = 3;

/** Says what is wrong with a relative glob, as the end of a sentence that begins with its name; null when it can be used (or its length is the schema's to tell). */
export function globProblem(glob: string): string | null {
  if (glob === "" || glob.length > LONGEST_GLOB) return null;
  if (/[()]|[\]}]\+/.test(glob))
    return "has a group or a quantifier, which globs here do not know. Use `*`, `**`, `?`, `[ab]` and `{a,b}`.";
  if (glob.split("/").some((name) => count(name, /\*+/g) > MOST_STARS_IN_NAME))
    return `has more than ${MOST_STARS_IN_NAME} \`*\` in one name. Use fewer.`;
  if (count(glob, /\*+/g) > MOST_STARS) return `has more than ${MOST_STARS} wildcards of \`*\` or \`**\`. Use fewer.`;
  if (count(glob, /\*\*/g) > MOST_DOUBLE_STARS) return `has more than ${MOST_DOUBLE_STARS} \`**\`. Use fewer.`;
  if (count(glob, /\{/g) > MOST_BRACES) return `has more than ${MOST_BRACES} alternatives in braces. Write several globs instead.`;
  return compiles(glob) ? null : "is not a glob: a bracket or a brace in it is not closed, or a range in it is empty.";
}

/** Returns whether a path matches one of the globs; every path does when there are none. A leading dot in a name is matched like any other character. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => true;
  const matches = picomatch([...globs], GLOB_OPTIONS);
  // Many findings of one file ask one after the other.
  return remember((path) => matches(path));
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** For what it cannot read picomatch makes an expression that matches nothing. */
function compiles(glob: string): boolean {
  return picomatch.makeRe(glob, GLOB_OPTIONS).source !== "$^";
}
