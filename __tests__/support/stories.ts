// Small stories of a change, told as commits, and the repository that holds many of them at once: each lives in a folder of its own, and one scan shows all.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ReportJson } from "../../src/report/report-schema.ts";
import { type CliOptions, type CliResult, makeProject, scanDirectory } from "./run-cli.ts";
import { git } from "./temporary-tree.ts";

/** Contents by path; null removes the file. */
export type Files = Readonly<Record<string, string | null>>;

export interface Story {
  /** The folder of the files. */
  readonly folder: string;
  /** What it shows, a sentence. */
  readonly shows: string;
  /** The base, and then one commit after the other. */
  readonly commits: readonly [Files, ...Files[]];
  /** Every finding below the folder at the head, `PATH:LINE RULE STATE`. */
  readonly findings: readonly string[];
}

/** Makes a repository without a commit. */
export function emptyRepository(): string {
  const root = makeProject({});
  git(root, "init", "--quiet");
  return root;
}

/** Writes and removes files without telling git. */
export function edit(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    if (content === null) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
}

/** Commits all that is in the work tree after an edit and returns the commit's id. */
export function commit(root: string, files: Files = {}): string {
  edit(root, files);
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--allow-empty", "--message", "a step");
  return git(root, "rev-parse", "HEAD");
}

/** Makes a repository with these commits, one after the other; the tag `base` is on the first. */
export function repositoryWith(...commits: readonly Files[]): string {
  const root = emptyRepository();
  for (const [index, files] of commits.entries()) {
    commit(root, files);
    if (index === 0) git(root, "tag", "base");
  }
  return root;
}

/** Tells all stories side by side in one repository: the first commits of all are one commit, and so on. */
export function repositoryOfStories(stories: readonly Story[]): string {
  const length = Math.max(...stories.map(({ commits }) => commits.length));
  const steps = Array.from({ length }, (_, step) =>
    Object.fromEntries(
      stories.flatMap(({ folder, commits }) =>
        Object.entries(commits[step] ?? {}).map(([path, content]) => [`${folder}/${path}`, content] as const),
      ),
    ),
  );
  return repositoryWith(...steps);
}

export interface ChangeScan extends CliResult {
  readonly report: ReportJson;
}

/** Scans with the small databases; without `base` nothing is compared. */
export async function scanChange(
  root: string,
  base: string | null,
  argv: readonly string[] = [],
  options: CliOptions = {},
): Promise<ChangeScan> {
  const { out, ...result } = await scanDirectory(root, [...(base === null ? [] : ["--base", base]), ...argv], options);
  return { ...result, report: JSON.parse(readFileSync(join(out, "report.json"), "utf8")) as ReportJson };
}

/** Returns `PATH:LINE RULE STATE` of the findings below a folder, paths relative to it, by path and line. */
export function findingsBelow(report: ReportJson, folder: string): string[] {
  const start = folder === "" ? "" : `${folder}/`;
  const below = report.findings.filter(({ path }) => path.startsWith(start));
  const sorted = below.toSorted((a, b) => compare(a.path, b.path) || a.startLine - b.startLine || compare(a.rule, b.rule));
  return sorted.map(({ path, startLine, rule, state }) => `${path.slice(start.length)}:${startLine} ${rule} ${state}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Some lines that no other story has, so that git takes no file of one story for a file of another. */
export function filler(word: string, count = 12): string {
  return Array.from({ length: count }, (_, index) => `# ${word.repeat(3)} ${index} ${word}\n`).join("");
}
