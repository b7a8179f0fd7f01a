// Git trees to measure on: corpora of so many lines of Python, and projects with manifests beside it. The same seed makes the same tree.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Bench } from "../bench.ts";
import { kept, shuffled } from "./kept.ts";
import { linesOf, openPool, type Pool, readFrom } from "./pool.ts";
import { projectFiles } from "./project-files.ts";

/** Raised when the code below makes other trees of the same recipe. */
const RECIPE_VERSION = 1;
const SEED = "sarif-gate";

/** Returns a kept git tree with `lines` lines of Python, within 0.2 %. Nothing may be written into it: see `copyOf`. */
export async function corpus({ sizes }: Bench, lines: number): Promise<string> {
  const pool = await openPool(sizes.pool);
  const recipe = { version: RECIPE_VERSION, seed: SEED, pool: pool.recipe, lines };
  return await kept(`${prefixOf(sizes)}lines-${lines}`, recipe, (directory) => {
    for (const [file, content] of chosen(pool, lines)) write(directory, file, content);
    commit(directory);
  });
}

/** Returns a kept git tree of the standard library of the interpreter that runs Bandit, or of so many lines of it. */
export async function library({ sizes: { library: lines } }: Bench): Promise<string> {
  const pool = await openPool("standard library");
  const recipe = { version: RECIPE_VERSION, seed: SEED, pool: pool.recipe, lines };
  return await kept(`library-${lines ?? "whole"}`, recipe, (directory) => {
    if (lines === null) for (const file of pool.files) write(directory, file, readFrom(pool, file));
    else for (const [file, content] of chosen(pool, lines)) write(directory, file, content);
    commit(directory);
  });
}

/** Returns a kept git tree with `files` small Python files in services of a hundred, each with manifests, a Dockerfile, templates and settings. */
export async function project({ sizes }: Bench, files: number): Promise<string> {
  const pool = await openPool(sizes.pool);
  const recipe = { version: RECIPE_VERSION, seed: SEED, pool: pool.recipe, files };
  return await kept(`${prefixOf(sizes)}project-${files}`, recipe, (directory) => {
    for (const [file, content] of projectFiles(smallFiles(pool), files)) write(directory, file, content);
    commit(directory);
  });
}

function prefixOf({ pool }: Bench["sizes"]): string {
  return pool === "wheels" ? "" : "small-";
}

function* chosen(pool: Pool, lines: number): Generator<[file: string, content: Buffer]> {
  let left = lines;
  for (const file of shuffled(pool.files, SEED, (name) => name)) {
    const content = readFrom(pool, file);
    const count = linesOf(content);
    if (count > left + lines * 0.002) continue;
    yield [file, content];
    left -= count;
    if (left <= 0) return;
  }
  throw new Error(`the pool has fewer than ${lines} lines: ${left} are missing`);
}

/** Services are made of short files; empty ones say nothing. */
const LONGEST = 250;

function smallFiles(pool: Pool): [file: string, content: Buffer][] {
  const all = shuffled(pool.files, SEED, (name) => name).map((file): [string, Buffer] => [file, readFrom(pool, file)]);
  return all.filter(([, content]) => content.length > 0 && linesOf(content) <= LONGEST);
}

function write(directory: string, file: string, content: Buffer | string): void {
  const path = join(directory, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const NOBODY = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "core.autocrlf=false"];

function commit(directory: string): void {
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", directory, ...NOBODY, ...words], { stdio: ["ignore", "ignore", "inherit"] });
  git("init", "--quiet");
  git("add", "--all", "--force");
  git("commit", "--quiet", "--message", "Made by the benchmark");
}

/** A copy in the private directory that may be edited. */
export function copyOf(tree: string, { work }: Bench, name: string): string {
  const copy = join(work, name);
  cpSync(tree, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}
