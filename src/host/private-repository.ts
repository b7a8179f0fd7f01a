// A private bare repository that borrows the objects of a checkout, so that what the checkout lacks can be added without writing to it. It has no
// configuration, hooks or references of the checkout; only where its history is cut is copied.

import { copyFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { GitFetchOptions } from "./git-fetch.ts";
import { type Fetch, gitFetch } from "./git-fetch.ts";
import { type AskGit, demand, localGit } from "./local-git.ts";

/** Everything about a checkout's history, and the way to more of it. */
export interface PrivateRepository {
  /** Asks git in the private repository. */
  readonly ask: AskGit;
  /** Adds objects. Rejects with a GateError `base-unavailable` when not all came. */
  readonly fetch: (fetch: Fetch) => Promise<void>;
  /** Ids of the commits whose parents are hidden, as a shallow clone has them. */
  readonly cuts: () => Promise<ReadonlySet<string>>;
}

/** Makes the repository in `scratch`. Rejects with a GateError `base-unavailable` when git cannot read the checkout. */
export async function openPrivateRepository(options: Omit<GitFetchOptions, "gitDirectory">): Promise<PrivateRepository> {
  const { root, scratch } = options;
  const checkout = localGit(options);
  const [format, objects, shallow] = await Promise.all([
    demand(checkout, root, ["rev-parse", "--show-object-format"]).then(lineOf),
    pathIn(checkout, root, "objects"),
    pathIn(checkout, root, "shallow"),
  ]);
  const gitDirectory = await mkdtemp(join(scratch, "history-"));
  await demand(checkout, root, ["init", "--quiet", "--bare", "--template=", `--object-format=${format}`, gitDirectory]);
  await writeFile(join(gitDirectory, "objects", "info", "alternates"), `${quotedPath(objects)}\n`);
  const cutFile = join(gitDirectory, "shallow");
  await copyFile(shallow, cutFile).catch(unlessMissing);
  return {
    ask: localGit({ ...options, gitDirectory }),
    fetch: gitFetch({ ...options, gitDirectory }),
    cuts: async () => new Set(((await readFile(cutFile, "utf8").catch(unlessMissing)) ?? "").split("\n").filter((line) => line !== "")),
  };
}

/** Where a file of the repository really is: a linked worktree shares most of them. */
async function pathIn(checkout: AskGit, root: string, name: string): Promise<string> {
  return resolve(root, lineOf(await demand(checkout, root, ["rev-parse", "--git-path", name])));
}

function lineOf(output: Buffer): string {
  return output.toString("utf8").replace(/\r?\n$/, "");
}

/** The file has a path on each line, quoted as in C where needed (https://git-scm.com/docs/gitrepository-layout). */
function quotedPath(path: string): string {
  return `"${path.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function unlessMissing(cause: unknown): undefined {
  if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
  throw cause;
}
