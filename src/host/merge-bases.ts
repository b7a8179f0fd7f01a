// The merge bases of two commits in a history that may be cut. An answer is believed only when nothing hidden could change it; otherwise the history is
// completed first.

import type { PrivateRepository } from "./private-repository.ts";

/** What is known of two commits: their merge bases, certainly all of them, or why that cannot be told. */
type Known =
  | { readonly bases: readonly string[] }
  | { readonly missing: readonly string[]; readonly cuts: readonly string[]; readonly words: string };

/**
 * Finds the merge bases, and fetches all commits of both histories when it takes them. Returns none for unrelated histories. Rejects with a GateError
 * `base-unavailable`; `fail` makes it where the history is damaged or stays incomplete.
 */
export async function findMergeBases(
  repository: PrivateRepository,
  [one, other]: readonly [string, string],
  fail: (words: string) => Error,
): Promise<readonly string[]> {
  const known = await askMergeBases(repository, [one, other]);
  if ("bases" in known) return known.bases;
  const ids = [...known.missing, ...known.cuts];
  if (ids.length === 0) throw fail(known.words);
  const what =
    known.missing[0] === undefined
      ? `The history that a shallow clone left out, before commit ${known.cuts[0]},`
      : `Commit ${known.missing[0]}`;
  const isCut = (await repository.cuts()).size > 0;
  await repository.fetch({ what, ids, filter: "tree:0", reach: isCut ? "unshallow" : "missing", negotiate: true });
  const complete = await askMergeBases(repository, [one, other]);
  if ("bases" in complete) return complete.bases;
  throw fail(complete.words || "the history is still incomplete after a fetch");
}

/**
 * With one merge base M, take the commits that lead to either side and not to M. If no cut is among them, all their parents are known, so every other
 * ancestor is an ancestor of M, seen or hidden, and no better base exists. The same holds without any M for all commits. Of several bases one could
 * be a hidden ancestor of another: then no cut may be anywhere. The walk also notices missing commits, over which git before 2.45 passes in silence.
 */
async function askMergeBases({ ask, cuts }: PrivateRepository, commits: readonly [string, string]): Promise<Known> {
  const missing = await missingOf(ask, commits);
  const present = commits.filter((commit) => !missing.includes(commit));
  const answer = missing.length > 0 ? null : await ask(["merge-base", "--all", ...commits]);
  const bases = answer === null ? [] : linesOf(answer.stdout);
  const excluded = bases.length === 1 ? bases.map((base) => `^${base}`) : [];
  const walk = present.length === 0 ? null : await ask(["rev-list", ...present, ...excluded]);
  const hidden = await cuts();
  const touched = walk === null ? [] : linesOf(walk.stdout).filter((commit) => hidden.has(commit));
  if (answer !== null && answer.status <= 1 && walk?.status === 0 && touched.length === 0) return { bases };
  return { missing, cuts: touched, words: [answer?.stderr, walk?.stderr].join("\n").trim() };
}

async function missingOf(ask: PrivateRepository["ask"], commits: readonly string[]): Promise<string[]> {
  const { stdout } = await ask(["cat-file", "--batch-check"], commits.map((commit) => `${commit}\n`).join(""));
  return linesOf(stdout).flatMap((line) => (line.endsWith(" missing") ? [line.slice(0, -" missing".length)] : []));
}

function linesOf(output: Buffer): string[] {
  return output.toString("latin1").split("\n").slice(0, -1);
}
