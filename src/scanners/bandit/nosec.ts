// Which comment hides which finding by Bandit's own rules (bandit/core/manager.py, tester.py and utils.py of 1.9.4), quirks included. Where the text
// cannot tell what Bandit would do, nothing is hidden.

import { CHECK_IDS } from "./check-ids.ts";
import { pythonComments } from "./python-comments.ts";
import type { BanditResult } from "./report.ts";

/** Ids of the checks whose findings a comment hides; empty: of all checks. */
export type Nosec = ReadonlySet<string>;

/** As Python's `\s`, which knows other characters than JavaScript's. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/** Up to the next `#`. Anything may stand before and behind, so `# nosecure` is one too. */
const COMMENT = new RegExp(`#${SPACE}*nosec:?([^#]*)`);

/** As Python's `[a-z\d_]` without regard to case. */
const LETTER = "[A-Za-z_\\p{Nd}\\u0130\\u0131\\u017f\\u212a]";

/** A word, and whether another follows it directly or behind one comma. */
const WORD = new RegExp(`([Bb]\\p{Nd}+|${LETTER}+)(?:,?(?=(${LETTER}))|)`, "gu");

/** Checks of strings name the line of the string, but Bandit looks only at the lines of the expression around it. */
const CHECKS_OF_STRINGS: ReadonlySet<string> = new Set(["B104", "B105", "B108", "B608"]);

/** The check of whole files names one line, but Bandit looks at the first line of the file as well. */
const CHECK_OF_FILES = "B613";

/** Where a source declares its encoding: in a comment on one of the first two lines (https://peps.python.org/pep-0263/). */
const ENCODING = /^\uFEFF?(?:[^\n]*\n)??[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)/;
const UTF_8 = /^utf8$|^utf[-_]8(?:[-_]|$)/i;
/** In these, ASCII characters are what they seem. */
const EXTENDS_ASCII = /^(?:us[-_]?)?ascii$|^latin[-_]?1$|^iso[-_]?8859[-_]\d+$|^(?:cp|windows[-_]?)125\d$/i;

/** The `# nosec` comments of a source by line, in order. None where Python versions disagree about its lines or what its text is cannot be told. */
export function nosecComments(source: string): ReadonlyMap<number, Nosec> {
  const found = new Map<number, Nosec>();
  if (!source.includes("nosec") || !isCertain(source)) return found;
  for (const { line, text } of pythonComments(source)) {
    const nosec = parseNosec(text);
    if (nosec !== null) found.set(line, nosec);
  }
  return found;
}

/** Parses a comment; null: it is no `# nosec`. Unknown words do not count, so a comment of which none is known hides everything. */
export function parseNosec(comment: string): Nosec | null {
  const words = COMMENT.exec(comment)?.[1];
  if (words === undefined) return null;
  const ids = [...words.matchAll(WORD)].flatMap(([, word = "", next]) => (next === undefined ? (CHECK_IDS.get(word) ?? []) : []));
  return new Set(ids);
}

/**
 * Line of the comment that hides a result, undefined without one. Of the comments in the lines of the statement only the first counts, and with it the
 * one on the line the result names; when only one of the two names checks, those are all that is hidden.
 */
export function hidingLine(result: BanditResult, comments: ReadonlyMap<number, Nosec>): number | undefined {
  if (comments.size === 0) return undefined;
  const { test_id: id, line_number: named, line_range: range } = result;
  const first = (id === CHECK_OF_FILES ? [1] : range).find((line) => comments.has(line));
  const counting = (CHECKS_OF_STRINGS.has(id) ? [first] : [first, named]).flatMap((line) => {
    const checks = line === undefined ? undefined : comments.get(line);
    return line === undefined || checks === undefined ? [] : [{ line, checks }];
  });
  const naming = counting.filter(({ checks }) => checks.size > 0);
  return (naming.length === 0 ? counting[0] : naming.find(({ checks }) => checks.has(id)))?.line;
}

/** Python's parser and tokenizer count a lone `\r` differently, and other encodings hide or feign comments. */
function isCertain(source: string): boolean {
  if (/\r(?!\n)/.test(source)) return false;
  const encoding = ENCODING.exec(source)?.[1];
  if (encoding === undefined || UTF_8.test(encoding)) return true;
  return EXTENDS_ASCII.test(encoding) && !/[^\0-\x7f]/.test(source);
}
