// The one sink of untrusted text: whatever it is given becomes one line that a log, a terminal or a summary shows and obeys in nothing.
// It hides nothing: what cannot be shown as itself is shown as its code point.

/** Controls, format characters (bidi, zero-width, byte order mark, tags), line and paragraph separators, lone surrogates, fillers. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** What most texts have nothing of; looked for first, because it is found in a fraction of the time. */
const NOT_PLAIN = /[^ -~]/;

/**
 * Makes text safe as one line in any channel: what is invisible, moves the cursor or reorders the line becomes `\uXXXX` (`\u{XXXXX}` above
 * U+FFFF), and no command for the GitHub runner is left in it. Of text longer than `maxLength` UTF-16 units the rest is counted: `…(+N)`.
 * Idempotent, so a line put together from printable parts may pass once more.
 */
export function printable(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const kept = text.length <= maxLength ? text : text.slice(0, wholeCharacters(text, maxLength));
  const shown = disarmCommands(NOT_PLAIN.test(kept) ? kept.replace(UNPRINTABLE, codePointEscape) : kept);
  return kept.length === text.length ? shown : `${shown}…(+${text.length - kept.length})`;
}

/**
 * Takes the meaning of a workflow command out of one line. The runner obeys `##[name]` anywhere in a line and `::name::` after white space
 * (actions/runner, src/Runner.Common/ActionCommand.cs), on both output streams. Colours that the line begins with do not protect it.
 */
export function disarmCommands(line: string): string {
  return line.replaceAll("##[", "##\\u005B").replace(/^((?:\s|\u001B\[\d+m)*)::/u, "$1\\u003A:");
}

/** The prose of a scanner may be broken into lines for a terminal; the breaks mean nothing, so they become spaces before it is made printable. */
export function printableProse(text: string, maxLength?: number): string {
  return printable(text.replace(/[ \t\r\n]+/g, " ").trim(), maxLength);
}

/**
 * Does the same for what `JSON.stringify` makes, without tabs to indent it, and loses nothing: only its strings can hold such characters, and there an escape
 * means the character. Line feeds, which stand between values, stay; a line that begins with a value begins with no command.
 */
export function printableJson(json: string): string {
  return disarmCommands(isAscii(json) && !json.includes(DELETE) ? json : json.replace(UNPRINTABLE, inJson));
}

/** The one control character that JSON need not escape (RFC 8259, 7). */
const DELETE = "\u007F";

/** Counted by the machine's own loop: a pattern takes many times as long for a text of megabytes. */
function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function inJson(character: string): string {
  return character === "\n" ? character : character.split("").map(codeUnitEscape).join("");
}

function codePointEscape(character: string): string {
  return character.length === 1 ? codeUnitEscape(character) : `\\u{${character.codePointAt(0)?.toString(16).toUpperCase()}}`;
}

function codeUnitEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A cut between the halves of a surrogate pair moves in front of it. */
function wholeCharacters(text: string, end: number): number {
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(end)) ? end - 1 : end;
}
