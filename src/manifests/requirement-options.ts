// The options of one line of a requirements file. Only those that bring in other files or projects are of interest; the others are checked for being options at all.

/** What the options of a line bring in. */
export interface RequirementOptions {
  /** Targets of `-r` and `-c` as written. pip follows only the first of a line; all are returned, so that none is missed. */
  readonly includes: readonly { readonly target: string; readonly isConstraint: boolean }[];
  /** Whether the line has an `-e`. */
  readonly isEditable: boolean;
  /** Whether the line has a `--hash`. */
  readonly isHashed: boolean;
  /** Why the options cannot be parsed, in words that complete "cannot be parsed: …", or null. */
  readonly problem: string | null;
}

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options, with those older releases of pip took. */
const OPTIONS: ReadonlyMap<string, "flag" | "value"> = new Map([
  ["--requirement", "value"],
  ["--constraint", "value"],
  ["--editable", "value"],
  ["--index-url", "value"],
  ["--pypi-url", "value"],
  ["--extra-index-url", "value"],
  ["--find-links", "value"],
  ["--no-binary", "value"],
  ["--only-binary", "value"],
  ["--all-releases", "value"],
  ["--only-final", "value"],
  ["--trusted-host", "value"],
  ["--use-feature", "value"],
  ["--hash", "value"],
  ["--global-option", "value"],
  ["--install-option", "value"],
  ["--config-setting", "value"],
  ["--config-settings", "value"],
  ["--no-index", "flag"],
  ["--pre", "flag"],
  ["--prefer-binary", "flag"],
  ["--require-hashes", "flag"],
  ["--no-require-hashes", "flag"],
]);

const SHORT_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["-r", "--requirement"],
  ["-c", "--constraint"],
  ["-e", "--editable"],
  ["-i", "--index-url"],
  ["-f", "--find-links"],
  ["-C", "--config-settings"],
]);

/** Splits a logical line where pip does: options begin at the first `-` that starts the line or follows a space. */
export function splitOptions(line: string): { readonly requirement: string; readonly options: string } {
  const at = line.startsWith("-") ? 0 : line.indexOf(" -") + 1;
  if (at === 0 && !line.startsWith("-")) return { requirement: line, options: "" };
  return { requirement: line.slice(0, at).trim(), options: line.slice(at) };
}

/** Parses the options of one line. Total; the time is linear in the text. */
export function parseOptions(text: string): RequirementOptions {
  const words = splitWords(text);
  if (words === null) return unparsed("a quotation mark is not closed");
  const includes: { target: string; isConstraint: boolean }[] = [];
  let isEditable = false;
  let isHashed = false;
  for (let at = 0; at < words.length; at += 1) {
    const option = parseOption(words[at] ?? "");
    if (option === null) return unparsed("it has an option that requirements files do not know, or text after its options");
    const takesValue = OPTIONS.get(option.name) === "value";
    if (!takesValue && option.value !== null) return unparsed(`${option.name} takes no value`);
    if (takesValue && option.value === null) at += 1;
    const value = takesValue ? (option.value ?? words[at]) : "";
    if (value === undefined) return unparsed(`${option.name} has no value`);
    if (option.name === "--requirement") includes.push({ target: value, isConstraint: false });
    if (option.name === "--constraint") includes.push({ target: value, isConstraint: true });
    if (option.name === "--editable") isEditable = true;
    if (option.name === "--hash") isHashed = true;
  }
  return { includes, isEditable, isHashed, problem: null };
}

function unparsed(problem: string): RequirementOptions {
  return { includes: [], isEditable: false, isHashed: false, problem };
}

/** `-rFILE`, `-r`, `--requirement=FILE`, `--requirement`, and as pip has it any abbreviation of a long name that fits one option only. */
function parseOption(word: string): { readonly name: string; readonly value: string | null } | null {
  const short = SHORT_OPTIONS.get(word.slice(0, 2));
  if (short !== undefined) return { name: short, value: word.length === 2 ? null : word.slice(2) };
  const [, written, value = null] = /^(--[a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (written === undefined) return null;
  const [name, ...others] = OPTIONS.has(written) ? [written] : [...OPTIONS.keys()].filter((known) => known.startsWith(written));
  return name === undefined || others.length > 0 ? null : { name, value };
}

/**
 * Splits at blanks, honouring quotation marks; null when one is not closed. Unlike in a POSIX shell a `\` stands for itself unless a blank, a quotation mark
 * or another `\` follows it, so that Windows paths survive.
 */
function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string[] | null = null;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const isEscape = character === "\\" && quote !== "'" && /[ \t"'\\]/.test(text.charAt(at + 1));
    if (quote === "" && (character === " " || character === "\t")) {
      if (word !== null) words.push(word.join(""));
      word = null;
    } else if (character === quote) {
      quote = "";
    } else if (quote === "" && (character === '"' || character === "'")) {
      quote = character;
      word ??= [];
    } else {
      if (isEscape) at += 1;
      word ??= [];
      word.push(text.charAt(at));
    }
  }
  if (word !== null) words.push(word.join(""));
  return quote === "" ? words : null;
}
