// The history of a checkout, asked in a private repository that borrows its objects; what is missing is fetched there. The checkout's own `.git` is only
// read, and nothing of its configuration counts.

import pLimit from "p-limit";
import { GateError, messageOf } from "../errors.ts";
import { lastWords } from "../text/last-words.ts";
import { type GitFetchOptions, type Remote, unavailable } from "./git-fetch.ts";
import { decodeContents, decodeParents, decodeRenames, decodeSizes, decodeTree, isObjectId } from "./git-object-listing.ts";
import { type AskGit, demand, localGit } from "./local-git.ts";
import { findMergeBases } from "./merge-bases.ts";
import type { History, TreeEntry } from "./ports.ts";
import { openPrivateRepository, type PrivateRepository } from "./private-repository.ts";

export type { Remote } from "./git-fetch.ts";

/** Where git is, where it may write, and whom it may ask: `GitFetchOptions` says what each is. */
export type GitHistoryOptions = Omit<GitFetchOptions, "root" | "gitDirectory">;

/** Largest content of one file, and of all files of one request, bytes: more is no source text. */
const FILE_LIMIT = 64 * 1024 * 1024;
const READ_LIMIT = 512 * 1024 * 1024;

/** Up to 2000 files added and as many deleted are compared by content (git: 1000); beyond that only equal ones are found. */
const RENAME_LIMIT = 2000;

/** Returns the history of the checkout at `root`. Nothing is started before the first question, and nothing remains outside of `scratch`. */
export function gitHistory(options: GitHistoryOptions): (root: string) => History {
  return (root) => {
    const checkout = localGit({ ...options, root });
    // One question at a time: a fetch moves the cut of the history under the feet of another.
    const inTurn = pLimit(1);
    let opened: Promise<PrivateRepository> | undefined;
    // What a commit holds never changes, and the trees of base and head are asked for more than once.
    const trees: Objects["trees"] = new Map();
    const asked = <Answer>(ids: readonly string[], question: (objects: Objects) => Promise<Answer>): Promise<Answer> =>
      inTurn(async () => {
        requireIds(ids, options.remote);
        opened ??= openPrivateRepository({ ...options, root });
        return await question({ repository: await opened, remote: options.remote, trees });
      });
    return {
      resolve: (revision) => resolveRevision(checkout, root, revision),
      parents: (commit) => asked([commit], (objects) => readParents(objects, commit)),
      mergeBases: (one, other) =>
        asked([one, other], ({ repository, remote }) =>
          findMergeBases(repository, [one, other], (words) =>
            unavailable(`The history between commit ${one} and commit ${other} cannot be read: ${lastWords(words)}`, remote),
          ),
        ),
      tree: (commit) => asked([commit], (objects) => readTree(objects, commit)),
      read: (ids) => asked(ids, (objects) => readContents(objects, [...new Set(ids)])),
      renames: (from, to) => asked([from, to], (objects) => findRenames(objects, from, to)),
    };
  };
}

/** Where objects are looked up, and who is blamed for those that cannot be had. */
interface Objects {
  readonly repository: PrivateRepository;
  readonly remote: Remote | null;
  /** Trees that were read, by commit. */
  readonly trees: Map<string, ReadonlyMap<string, TreeEntry>>;
}

function requireIds(ids: readonly string[], remote: Remote | null): void {
  const bad = ids.find((id) => !isObjectId(id));
  if (bad !== undefined) throw unavailable(`${JSON.stringify(bad)} is not the full id of an object`, remote);
}

/** A checkout made for one branch knows the others only as branches of `origin`, so a name that is not there is looked for among them. */
async function resolveRevision(checkout: AskGit, root: string, revision: string): Promise<string | null> {
  if (revision.includes("\0")) return null;
  for (const name of [revision, `refs/remotes/origin/${revision}`]) {
    const { status, stdout } = await checkout(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
    const id = stdout.toString("latin1").trim();
    if (status === 0 && isObjectId(id)) return id;
  }
  await demand(checkout, root, ["rev-parse", "--git-dir"]); // or is it the checkout that cannot be read?
  return null;
}

/** Asks about a commit, and once more after a fetch of it when git cannot answer. */
async function askAbout({ repository, remote }: Objects, commit: string, words: readonly string[]): Promise<Buffer> {
  const first = await repository.ask([...words, commit]);
  if (first.status === 0) return first.stdout;
  await repository.fetch({ what: `Commit ${commit}`, ids: [commit], filter: "blob:none", reach: "snapshot", negotiate: false });
  const second = await repository.ask([...words, commit]);
  if (second.status === 0) return second.stdout;
  throw unavailable(`Commit ${commit} cannot be read: ${lastWords(second.stderr)}`, remote);
}

async function readParents(objects: Objects, commit: string): Promise<readonly string[]> {
  return decodeParents(await askAbout(objects, commit, ["cat-file", "commit"]));
}

async function readTree(objects: Objects, commit: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const known = objects.trees.get(commit);
  if (known !== undefined) return known;
  const tree = decoded(decodeTree, await askAbout(objects, commit, ["ls-tree", "-r", "-z", "--full-tree"]), objects.remote);
  objects.trees.set(commit, tree);
  return tree;
}

async function readContents(objects: Objects, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const { repository, remote } = objects;
  if (ids.length === 0) return new Map();
  requireReadable(await requirePresent(objects, ids));
  const { status, stdout, stderr } = await repository.ask(["cat-file", "--batch"], inputOf(ids));
  if (status !== 0) throw unavailable(`The contents of ${ids.length} files cannot be read: ${lastWords(stderr)}`, remote);
  return decoded(decodeContents, stdout, remote);
}

/** Fetches those of the files that are missing, and returns the size of each. */
async function requirePresent(objects: Objects, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const missing = missingOf(await sizesOf(objects, ids));
  if (missing.length > 0)
    await objects.repository.fetch({ what: contentsText(missing), ids: missing, filter: "blob:none", reach: "missing", negotiate: false });
  const sizes = new Map<string, number>();
  for (const [id, size] of await sizesOf(objects, ids)) {
    if (size === null) throw unavailable(`${contentsText([id])} did not come with a fetch`, objects.remote);
    sizes.set(id, size);
  }
  return sizes;
}

async function sizesOf({ repository, remote }: Objects, ids: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
  const { status, stdout, stderr } = await repository.ask(["cat-file", "--batch-check"], inputOf(ids));
  if (status !== 0) throw unavailable(`The sizes of ${ids.length} files cannot be read: ${lastWords(stderr)}`, remote);
  return decoded(decodeSizes, stdout, remote);
}

function missingOf(sizes: ReadonlyMap<string, number | null>): string[] {
  return [...sizes].flatMap(([id, size]) => (size === null ? [id] : []));
}

function requireReadable(sizes: ReadonlyMap<string, number>): void {
  let total = 0;
  for (const [id, size] of sizes) {
    if (size > FILE_LIMIT) throw tooLarge(`File content ${id} has ${size} bytes, more than the ${FILE_LIMIT} that are read.`);
    total += size;
  }
  if (total > READ_LIMIT) throw tooLarge(`${sizes.size} files have ${total} bytes, more than the ${READ_LIMIT} that are read at once.`);
}

function tooLarge(message: string): GateError {
  return new GateError("base-unavailable", message, {
    remedy: "Make it smaller at the base; `git cat-file -s ID` says how large a file is.",
  });
}

/** Only what was added and what was deleted can be two ends of a rename; git compares their contents. */
async function findRenames(objects: Objects, from: string, to: string): Promise<ReadonlyMap<string, string>> {
  const [before, after] = [await readTree(objects, from), await readTree(objects, to)];
  const deleted = contentsOnlyIn(before, after);
  const added = contentsOnlyIn(after, before);
  if (deleted.length === 0 || added.length === 0) return new Map();
  await requirePresent(objects, [...new Set([...deleted, ...added])]);
  const detection = ["-M", `-l${RENAME_LIMIT}`, "--diff-filter=R", "--no-ext-diff", "--no-textconv", "--name-status"];
  const { status, stdout, stderr } = await objects.repository.ask(["diff-tree", "-r", "-z", ...detection, from, to]);
  if (status !== 0) throw unavailable(`Commits ${from} and ${to} cannot be compared: ${lastWords(stderr)}`, objects.remote);
  return decoded(decodeRenames, stdout, objects.remote);
}

function contentsOnlyIn(tree: ReadonlyMap<string, TreeEntry>, other: ReadonlyMap<string, TreeEntry>): string[] {
  return [...tree].flatMap(([path, { kind, id }]) => (kind === "submodule" || other.has(path) ? [] : [id]));
}

function inputOf(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join("");
}

function contentsText(ids: readonly string[]): string {
  return ids.length === 1 ? `File content ${ids[0]}` : `File content ${ids[0]} (and ${ids.length - 1} more)`;
}

function decoded<Value>(decode: (output: Buffer) => Value, output: Buffer, remote: Remote | null): Value {
  try {
    return decode(output);
  } catch (cause) {
    throw unavailable(messageOf(cause), remote);
  }
}
