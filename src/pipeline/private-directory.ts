// The private directory one command runs in: its inputs, its view of the tree, and an empty place for everything else a scanner may write.

import { constants, linkSync, mkdirSync } from "node:fs";
import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Command, ViewEdits } from "../scanners/scanner.ts";

/** Files linked without a pause: one takes some microseconds, and a third of what it takes as a task of its own. */
const BATCH = 256;

/** Directories that exist, empty, before the start: working directory, HOME and TMPDIR of the child. */
const EMPTY_DIRECTORIES = ["cwd", "home", "tmp"] as const;

/**
 * Makes `directory` (0700) and everything `command` needs in it. `root` is where the files of its view are taken from. Rejects when something stands at
 * `directory` already: then it is not ours, and neither is a report in it.
 */
export async function preparePrivateDirectory(directory: string, command: Command, root: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  for (const name of EMPTY_DIRECTORIES) await mkdir(join(directory, name), { mode: 0o700 });
  for (const input of command.inputs) {
    await mkdir(dirname(join(directory, input.name)), { recursive: true, mode: 0o700 });
    await writeFile(join(directory, input.name), input.text, { flag: "wx", mode: 0o600 });
  }
  for (const { name, to } of command.links ?? []) {
    await mkdir(dirname(join(directory, name)), { recursive: true, mode: 0o700 });
    await symlink(to, join(directory, name), "junction"); // what Windows lets everybody make; it means nothing elsewhere
  }
  if (command.view === undefined) return;
  const { name, files, edits } = command.view;
  const edited = edits === undefined ? new Set<string>() : await writeEdited(root, join(directory, name), edits);
  await linkView(
    root,
    join(directory, name),
    files.filter((file) => !edited.has(file)),
  );
}

/** Writes the files that `edits` changes, one at a time as any may be large, and returns which these are. A symbolic link is not followed. */
async function writeEdited(root: string, view: string, { files, edit }: ViewEdits): Promise<Set<string>> {
  const written = new Set<string>();
  for (const file of files) {
    const content = await readFile(join(root, file), { flag: constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) });
    const edited = edit(content);
    if (edited === content) continue;
    await mkdir(dirname(join(view, file)), { recursive: true, mode: 0o700 });
    await writeFile(join(view, file), edited, { flag: "wx", mode: 0o600 });
    written.add(file);
  }
  return written;
}

/**
 * Makes `files` of `root` appear under `view`: as hard links, which cost nothing and show the bytes of the tree; as copies where the file system
 * cannot link across or into it. A symbolic link is linked as such and never followed.
 */
async function linkView(root: string, view: string, files: readonly string[]): Promise<void> {
  const directories = new Set(files.map((file) => dirname(join(view, file))));
  for (const directory of directories) mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH).map((file) => [join(root, file), join(view, file)] as const);
    const unlinked = batch.filter(([from, to]) => !isLinked(from, to));
    await Promise.all(unlinked.map(([from, to]) => copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)));
    await setImmediate(); // others have work too
  }
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}
