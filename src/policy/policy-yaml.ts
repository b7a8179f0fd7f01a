// The text of a policy as a plain value with the place of everything in it. Whatever in YAML is more than words, numbers, lists and mappings is refused:
// a policy comes with the change it judges, and it must say the same to everybody who reads it.

import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { printable } from "../text/printable.ts";

/** Keys and indexes from the root to a value. */
export type Path = readonly (string | number)[];

/** Something wrong at an offset (UTF-16 units) of the text. */
export interface OffsetProblem {
  readonly offset: number;
  readonly message: string;
}

/** What the text says, and where. */
export interface PolicyYaml {
  /** Plain objects, arrays and scalars. What was refused is null in it. Null when the text is not YAML. */
  readonly value: unknown;
  readonly problems: readonly OffsetProblem[];
  /** Whether `value` is all that the text says, but for what was refused. */
  readonly complete: boolean;
  /** Whether the value at a path, or one around it, was refused: then nothing more needs to be said about it. */
  readonly refuses: (path: Path) => boolean;
  /** Offset of a value, or of its key; of what is not there: of the mapping or list that should hold it. */
  readonly offsetOf: (path: Path, part: "key" | "value") => number;
  /** 1-based line and column of an offset. */
  readonly positionOf: (offset: number) => { readonly line: number; readonly column: number };
}

/** Largest policy file, in bytes of UTF-8. */
export const LARGEST_POLICY = 64 * 1024;

/** A policy nests six deep; the parser of the library recurses, so far deeper text never reaches it. */
const DEEPEST = 32;

/** Everything but the characters that may stand in YAML (YAML 1.2.2, section 5.1). */
const NOT_YAML = /[^\t\n\r\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const OPTIONS = {
  version: "1.2",
  schema: "core",
  merge: false,
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "error",
} as const;

/** Reads text as one YAML 1.2 document of the core schema. Never throws; takes time linear in the text. */
export function readPolicyYaml(textWithMark: string): PolicyYaml {
  const text = textWithMark.replace(/^\uFEFF/, "");
  const lines = new LineCounter();
  const unreadable = unreadableText(text);
  if (unreadable !== null) {
    for (const { index } of text.slice(0, unreadable.offset).matchAll(/^/gm)) lines.addNewLine(index);
    return collected(emptyCollection([unreadable]), { value: null, complete: false, lines });
  }
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  const collection = emptyCollection(document.errors.map((error) => ({ offset: error.pos[0], message: syntaxMessage(error) })));
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2")
    collection.problems.push({ offset: 0, message: "The file says that it is another version of YAML. Take the line `%YAML` out." });
  const complete = collection.problems.length === 0;
  return collected(collection, { value: complete ? plain(document.contents, [], collection) : null, complete, lines });
}

function unreadableText(text: string): OffsetProblem | null {
  if (Buffer.byteLength(text) > LARGEST_POLICY)
    return { offset: 0, message: `The file is larger than ${LARGEST_POLICY / 1024} KiB. Make it smaller.` };
  const bad = NOT_YAML.exec(text);
  if (bad !== null) return { offset: bad.index, message: `The character ${printable(bad[0])} may not stand in YAML. Take it out.` };
  const offset = tooDeep(text);
  return offset === null ? null : { offset, message: `This is nested more than ${DEEPEST} deep; no policy is. Write it flatter.` };
}

function tooDeep(text: string): number | null {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return parser.offset;
  }
  return null;
}

function syntaxMessage({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === "MULTIPLE_DOCS") return "A second document begins here. A policy is one document: take the `---` out.";
  if (code === "TAB_AS_INDENT") return "A tab indents this line. YAML is indented with spaces.";
  if (code === "NON_STRING_KEY") return "A key here is not a plain word.";
  return `This is not YAML: ${printable(message, 200)}.`;
}

interface Collection {
  readonly problems: OffsetProblem[];
  readonly offsets: Map<string, { readonly key: number; readonly value: number }>;
  readonly refused: Set<string>;
}

function emptyCollection(problems: OffsetProblem[]): Collection {
  return { problems, offsets: new Map(), refused: new Set() };
}

function collected(
  { problems, offsets, refused }: Collection,
  { value, complete, lines }: { readonly value: unknown; readonly complete: boolean; readonly lines: LineCounter },
): PolicyYaml {
  const around = (path: Path) => path.map((_, index) => keyOf(path.slice(0, path.length - index))).concat(keyOf([]));
  return {
    value,
    problems,
    complete,
    refuses: (path) => around(path).some((key) => refused.has(key)),
    offsetOf: (path, part) => {
      const own = offsets.get(keyOf(path));
      return own?.[part] ?? offsets.get(around(path).find((key) => offsets.has(key)) ?? "")?.value ?? 0;
    },
    positionOf: (offset) => {
      const { line, col } = lines.linePos(offset);
      return line === 0 ? { line: 1, column: offset + 1 } : { line, column: col };
    },
  };
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

/** Turns a node into a plain value, notes where it stands, and refuses what a policy may not hold. `key`: where its key stands. */
function plain(node: unknown, path: Path, collection: Collection, key?: number): unknown {
  const start = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  const empty = isScalar(node) && node.value === null && node.source === "";
  collection.offsets.set(keyOf(path), { key: key ?? start, value: empty ? (key ?? start) : start });
  if (!isNode(node)) return null;
  const refusal = refusalOf(node);
  if (refusal !== null) {
    collection.problems.push({ offset: start, message: refusal });
    collection.refused.add(keyOf(path));
    return null;
  }
  if (isMap(node)) return plainMapping(node, path, collection);
  if (isSeq(node)) return node.items.map((item, index) => plain(item, [...path, index], collection));
  return isScalar(node) ? node.value : null;
}

function refusalOf(node: Node): string | null {
  if (isAlias(node)) return `\`*${printable(node.source, 60)}\` is an alias. Write out what it stands for.`;
  if ("anchor" in node && node.anchor !== undefined) return `\`&${printable(node.anchor, 60)}\` is an anchor. Take it out.`;
  if (node.tag !== undefined) return `\`${printable(node.tag.replace(/^tag:yaml\.org,2002:/, "!!"), 60)}\` is a tag. Take it out.`;
  if (isScalar(node) && typeof node.value === "number" && !Number.isFinite(node.value))
    return `\`${printable(node.source ?? "", 60)}\` is not a number that can be used. Write a whole number, or put it in quotes if it is text.`;
  return null;
}

function plainMapping(map: YAMLMap, path: Path, collection: Collection): object {
  const entries = new Map<string, unknown>();
  for (const pair of map.items) {
    const { name, offset } = keyText(pair);
    const first = collection.offsets.get(keyOf([...path, name]));
    const repeated = entries.has(name);
    if (repeated && first !== undefined)
      collection.problems.push({ offset, message: `The key \`${printable(name, 60)}\` stands here twice. Keep one of them.` });
    else entries.set(name, plain(pair.value, [...path, name], collection, offset));
  }
  return Object.fromEntries(entries);
}

function keyText({ key }: Pair): { name: string; offset: number } {
  return isScalar(key) ? { name: String(key.value), offset: key.range?.[0] ?? 0 } : { name: "", offset: 0 };
}
