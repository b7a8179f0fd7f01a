// Comments that ask Trivy to pass over misconfigurations, read as Trivy 0.74 reads them (trivy/pkg/iac/ignore/parse.go), its oddities included: a comment
// that Trivy does not understand hides nothing.

/** One check, or pattern of checks, that a comment hides in a line. */
export interface IgnoreComment {
  /** Where it stands, 1-based. */
  readonly commentLine: number;
  /** The line it counts for: its own, or that of the last of the comments right below it. */
  readonly line: number;
  /** Name of a check; `*` stands for any characters. */
  readonly pattern: string;
  /** What stands where the first day on which it no longer counts is expected; null without one. */
  readonly expiry: string | null;
}

/** What Go's strings.TrimSpace takes away; JavaScript's trim takes the byte order mark too, and leaves U+0085. */
const WHITE_SPACE = new Set(
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);
const COMMENT_SIGNS = new Set("#/*");
const PREFIX = /^(?:tfsec|trivy):/;

/** Returns every comment of a file, in order. */
export function parseIgnoreComments(text: string): IgnoreComment[] {
  if (!text.includes("ignore:")) return [];
  return joinAdjacent(text.split("\n").flatMap((line, index) => parseLine(line, index + 1)));
}

interface ParsedComment extends IgnoreComment {
  /** Nothing but comments of this kind stands before it on its line. */
  readonly startsLine: boolean;
}

function parseLine(line: string, commentLine: number): ParsedComment[] {
  if (!line.includes("ignore:")) return [];
  const words = line
    .split(" ")
    .map(withoutSigns)
    .filter((word) => word !== "");
  const comments: ParsedComment[] = [];
  for (const [index, word] of words.entries()) {
    const sections = PREFIX.test(word) ? parseSections(word.replace(PREFIX, "").split(":")) : null;
    if (sections !== null)
      comments.push({ ...sections, commentLine, line: commentLine, startsLine: index === 0 || comments[0]?.startsLine === true });
  }
  return comments;
}

function withoutSigns(word: string): string {
  const trimmed = trim(word);
  return trimmed.slice(leading(trimmed, COMMENT_SIGNS));
}

function trim(word: string): string {
  const start = leading(word, WHITE_SPACE);
  let end = word.length;
  while (end > start && WHITE_SPACE.has(word.charAt(end - 1))) end -= 1;
  return word.slice(start, end);
}

/** How many characters of the set a word begins with. */
function leading(word: string, set: ReadonlySet<string>): number {
  let count = 0;
  while (set.has(word.charAt(count))) count += 1;
  return count;
}

/** Keys and values in turn: `ignore:ID[parameters]`, `exp:DATE`, anything else (`ws:NAME` means something in Terraform only). The last of a kind counts. */
function parseSections(sections: readonly string[]): Pick<IgnoreComment, "pattern" | "expiry"> | null {
  let pattern: string | null = null;
  let expiry: string | null = null;
  for (let index = 0; index + 1 < sections.length; index += 2) {
    const value = sections[index + 1] ?? "";
    if (sections[index] === "ignore") pattern = value.replace(/\[.*$/s, "") || pattern;
    if (sections[index] === "exp") expiry = value;
  }
  return pattern === null ? null : { pattern, expiry };
}

/** Comments on lines right above one another count for what the last of them counts for. */
function joinAdjacent(comments: readonly ParsedComment[]): IgnoreComment[] {
  const joined = comments.map(({ startsLine, ...comment }) => comment);
  let last: number | null = null;
  let moved = 0;
  for (let index = joined.length - 1; index > 0; index -= 1) {
    const [above, below] = [joined[index - 1], joined[index]];
    if (above === undefined || below === undefined || comments[index - 1]?.startsLine !== true) continue;
    last ??= below.line;
    if (above.line + 1 + moved === below.line) {
      joined[index - 1] = { ...above, line: last };
      moved += 1;
    } else {
      last = null;
      moved = 0;
    }
  }
  return joined;
}
