// One requirement, without its options: a dependency specifier (PEP 508), a URL or a local path. Markers are not evaluated: a pin under any marker is looked up.

import type { NamedRequirement } from "./dependency-graph.ts";
import { isProjectName, isVersion } from "./file-reading.ts";

/** What one requirement asks for. `direct` comes from a URL, version control or a path; `invalid` says why in words that complete "cannot be parsed: …". */
export type Requirement =
  | (Written & { readonly kind: "pinned"; readonly version: string })
  | { readonly kind: "unpinned"; readonly name: string }
  | { readonly kind: "direct" }
  | { readonly kind: "invalid"; readonly why: string };

/** What stands around the specifiers. */
interface Written extends NamedRequirement {
  /** The text after the `;` with single blanks, not evaluated; null where there is none. */
  readonly marker: string | null;
}

/** Name, blanks, extras in brackets, blanks. */
const HEAD = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ \t]*(?:\[([^\]]*)\][ \t]*)?/;

/** `===` takes everything up to a blank or a parenthesis, commas too. */
const CLAUSE = /(?:(===)\s*(?:([^\s;)]+)[ \t]*)?|(==|!=|~=|<=|>=|<|>)\s*(?:([^\s,;()]+)[ \t]*)?)(?:(,)[ \t]*)?/y;

const URL_START = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/|file:|(?:git|hg|svn|bzr)\+[a-z]+:)/i;
/** A drive, a leading dot, or a separator before anything that could be a specifier. */
const PATH_START = /^(?:[A-Za-z]:[\\/]|\.{1,2}(?:$|\[)|[^\s=<>!~@(),;[\]]*[\\/])/;
const ARCHIVE = /^[^\s=<>!~@(),;[\]]+\.(?:whl|zip|tar|tgz|tbz|txz|tlz|tar\.(?:gz|bz2|xz|lz|lzma))(?:\[[^\]]*\])?$/i;

/** Parses a requirement as pip does (https://pip.pypa.io/en/stable/reference/requirement-specifiers/). Total; the time is linear in the text. */
export function parseRequirement(text: string): Requirement {
  if (URL_START.test(text)) return { kind: "direct" };
  const subject = beforeMarker(text);
  if (ARCHIVE.test(subject) || (PATH_START.test(subject) && !/[=<>!]/.test(subject))) return { kind: "direct" };
  const head = HEAD.exec(text);
  const name = head?.[1];
  if (head === null || name === undefined) return invalid("it does not start with a package name");
  if (head[2] !== undefined && !areExtras(head[2])) return invalid("its extras are not a list of names");
  const rest = beforeMarker(text.slice(head[0].length));
  if (!rest.startsWith("@")) return parseSpecifiers({ name, extras: extraNames(head[2] ?? ""), marker: markerOf(text) }, rest);
  return /^@[ \t]*[^ \t]+$/.test(rest) ? { kind: "direct" } : invalid("what follows the @ is not one URL");
}

/** Returns name and extras at the start of a requirement, whatever follows them; null when it does not start with a name. The time is linear in the text. */
export function requirementHead(text: string): NamedRequirement | null {
  const [, name, extras = ""] = HEAD.exec(text) ?? [];
  return name === undefined ? null : { name, extras: extraNames(extras) };
}

function extraNames(list: string): string[] {
  return list
    .split(",")
    .map((extra) => extra.trim())
    .filter((extra) => extra !== "");
}

function beforeMarker(text: string): string {
  const marker = text.indexOf(";");
  return (marker === -1 ? text : text.slice(0, marker)).trim();
}

function markerOf(text: string): string | null {
  const start = text.indexOf(";");
  const marker =
    start === -1
      ? ""
      : text
          .slice(start + 1)
          .trim()
          .replace(/\s+/g, " ");
  return marker === "" ? null : marker;
}

function areExtras(list: string): boolean {
  return list.trim() === "" || list.split(",").every((extra) => isProjectName(extra.trim()));
}

function parseSpecifiers(written: Written, text: string): Requirement {
  const clauses = parseClauses(withoutParentheses(text));
  if (clauses === null) return invalid("what follows the name is not a list of version specifiers");
  const wrong = clauses.find((clause) => !isClause(clause));
  if (wrong !== undefined) return invalid(`what follows ${wrong.operator} is not a version (PEP 440) that the operator takes`);
  const [first, ...others] = new Set(clauses.filter(isExact).map((clause) => clause.version));
  if (first === undefined) return { kind: "unpinned", name: written.name };
  return others.length === 0 ? { ...written, kind: "pinned", version: first } : invalid("it names more than one exact version");
}

function withoutParentheses(text: string): string {
  return text.startsWith("(") && text.endsWith(")") ? text.slice(1, -1).trim() : text;
}

interface Clause {
  readonly operator: string;
  readonly version: string;
}

/** Null when the text is not clauses with a comma between each two; one comma may end the list. */
function parseClauses(text: string): Clause[] | null {
  const clauses: Clause[] = [];
  let at = 0;
  let isOpen = true;
  while (at < text.length) {
    CLAUSE.lastIndex = at;
    const match: RegExpExecArray | null = isOpen ? CLAUSE.exec(text) : null;
    if (match === null) return null;
    clauses.push({ operator: match[1] ?? match[3] ?? "", version: match[2] ?? match[4] ?? "" });
    isOpen = match[5] === ",";
    at = CLAUSE.lastIndex;
  }
  return clauses;
}

/** https://packaging.python.org/en/latest/specifications/version-specifiers/ */
function isClause({ operator, version }: Clause): boolean {
  switch (operator) {
    case "===":
      return isVersion(version);
    case "==":
    case "!=":
      return isVersion(version) || isWildcard(version);
    case "~=":
      return isVersion(version) && !version.includes("+") && /^v?(?:[0-9]+!)?[0-9]+\.[0-9]/i.test(version);
    default:
      return isVersion(version) && !version.includes("+");
  }
}

function isExact({ operator, version }: Clause): boolean {
  return operator === "===" || (operator === "==" && !isWildcard(version));
}

function isWildcard(version: string): boolean {
  return /^v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*\.\*$/i.test(version);
}

function invalid(why: string): Requirement {
  return { kind: "invalid", why };
}
