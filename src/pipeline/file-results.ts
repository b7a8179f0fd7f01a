// Results kept by file, between runs: one file of text for each tree and each part of a scanner (file-results-format.ts). It is read whole and believed line
// by line; what is damaged, of another scanner, interpreter or version is as good as absent, but for a notice. See file-results-store.ts and write-file-results.ts.

import type { Notice } from "../findings/coverage.ts";
import type { Finding, Rule } from "../findings/finding.ts";
import { decodeFile, decodeRule, decodingOf, type FileResult, renderFile, renderRule } from "./file-results-format.ts";
import { type FileResultsPlace, readStore, type Store, textOf } from "./file-results-store.ts";
import { writeFileResults } from "./write-file-results.ts";

/** The results of one file of text. */
export interface FileResults {
  readonly isEmpty: boolean;
  /** Returns what is kept of the file at `path` under `key`; null when nothing is, or when it is damaged. */
  find(key: string, path: string): FileResult | null;
  /** Keeps what was found, once `write` is called. */
  add(key: string, result: FileResult): void;
  /** What is to be said of what was read so far. */
  notices(): readonly Notice[];
  /** Writes what was added, and returns what went wrong, which costs nothing else; null when nothing did. */
  write(): Promise<Notice | null>;
}

/** Reads the results of earlier runs on behalf of `run`. Never throws. */
export function openFileResults(place: FileResultsPlace, run: Pick<Finding, "scanner" | "run">): FileResults {
  const store = readStore(place);
  const rules = rulesOf(store);
  const decoding = decodingOf(run, rules.read);
  const used = new Set<string>();
  const added: string[] = [];
  return {
    isEmpty: store.files.size === 0,
    find: (key, path) => {
      const line = store.files.get(key);
      if (line === undefined) return null;
      const result = decodeFile(textOf(store, line), path, decoding);
      if (result === null) store.damaged.add(key);
      else used.add(key);
      return result;
    },
    add: (key, result) => {
      const names = new Map([...new Set(result.findings.map(({ rule }) => rule))].map((rule) => [rule, rules.name(rule)]));
      const lines = [...names.values()].flatMap(({ line }) => line ?? []);
      const line = renderFile(key, result, place.day, (rule) => names.get(rule)?.digest ?? "");
      const known = store.files.get(key);
      // Scanned afresh on behalf of a change, with the result that is kept already.
      if (known !== undefined && lines.length === 0 && isSameButDay(`${textOf(store, known)}\n`, line)) used.add(key);
      else added.push(...lines, line);
    },
    notices: () => noticesOf(store, place),
    write: () => writeFileResults(place, store, { used, added }),
  };
}

function isSameButDay(one: string, other: string): boolean {
  const dayless = (line: string) => line.replace(/^file \S+/, "");
  return dayless(one) === dayless(other);
}

interface RuleName {
  readonly digest: string;
  /** What must be written so that the name means something; absent once it was asked for, and where it is written already. */
  readonly line?: string;
}

/** The rules of a store: each is read once, and written once. */
function rulesOf(store: Store): { read: (name: string) => Rule | undefined; name: (rule: Rule) => RuleName } {
  const known = new Map<string, Rule | undefined>();
  const named = new Map<Rule, RuleName>();
  const read = (name: string): Rule | undefined => {
    if (!known.has(name)) known.set(name, ruleAt(store, name));
    return known.get(name);
  };
  return {
    read,
    name: (rule) => {
      const name = named.get(rule);
      if (name !== undefined) return name;
      const { digest, line } = renderRule(rule);
      named.set(rule, { digest });
      if (read(digest) !== undefined) return { digest };
      known.set(digest, rule);
      return { digest, line };
    },
  };
}

function ruleAt(store: Store, name: string): Rule | undefined {
  const line = store.rules.get(name);
  return (line && decodeRule(textOf(store, line))) ?? undefined;
}

function noticesOf({ refused, damaged }: Store, { path }: FileResultsPlace): Notice[] {
  if (refused !== null) return [{ message: `The results of earlier runs in ${path} are not used: ${refused}.` }];
  if (damaged.size === 0) return [];
  return [{ message: `${damaged.size} results of earlier runs in ${path} are damaged and are not used.` }];
}
