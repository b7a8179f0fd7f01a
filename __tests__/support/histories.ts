// A history of a few commits with parents, and of commits that cannot be had: for tests of what looks for a base.

import { GateError } from "../../src/errors.ts";
import type { History } from "../../src/host/ports.ts";
import { type FakeTree, fakeHistory } from "./fake-history.ts";

export interface KnownCommit {
  readonly parents?: readonly string[];
  readonly tree?: FakeTree;
}

export interface KnownHistoryOptions {
  readonly commits: Readonly<Record<string, KnownCommit>>;
  /** What `resolve` answers. */
  readonly names?: Readonly<Record<string, string>>;
  /** By `one..other`. */
  readonly mergeBases?: Readonly<Record<string, readonly string[]>>;
}

/** A commit id made of one digit. */
export function commitId(digit: string): string {
  return digit.repeat(40);
}

/** Builds the history; every commit that is not among them cannot be had. */
export function knownHistory({ commits, names = {}, mergeBases = {} }: KnownHistoryOptions): History {
  const known = (id: string): KnownCommit => {
    const found = commits[id];
    if (found === undefined) throw new GateError("base-unavailable", `The commit ${id} cannot be had.`, { remedy: "Fetch it." });
    return found;
  };
  const history = fakeHistory(Object.fromEntries(Object.entries(commits).map(([id, { tree = {} }]) => [id, tree])));
  return {
    ...history,
    resolve: async (revision) => names[revision] ?? (revision in commits ? revision : null),
    parents: async (id) => known(id).parents ?? [],
    mergeBases: async (one, other) => {
      for (const id of [one, other]) known(id);
      return mergeBases[`${one}..${other}`] ?? [];
    },
    tree: async (id) => {
      known(id);
      return await history.tree(id);
    },
  };
}
