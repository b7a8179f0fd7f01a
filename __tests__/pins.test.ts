// Holds every `uses:` to pins.lock, and pins.lock to what GitHub says (here: a server on loopback).

import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Answer, serveOnLoopback } from "./support/loopback.ts";
import { temporaryDirectories } from "./support/temporary-tree.ts";

const ROOT = join(import.meta.dirname, "..");
const temporaryDirectory = temporaryDirectories();
const LOCK = readFileSync(join(ROOT, "pins.lock"), "utf8");
const PINS = pinLines(LOCK);

function pinLines(lock: string): string[] {
  return lock.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** Texts that may hold a `uses:`: our workflows, the documented ones, README and pages. */
const TEXTS = [".github/workflows", "docs/workflows", "docs", "."]
  .flatMap((directory) => readdirSync(join(ROOT, directory)).map((name) => join(directory, name)))
  .filter((path) => /\.(?:ya?ml|md)$/u.test(path))
  .map((path) => readFileSync(join(ROOT, path), "utf8"));

/** Pins of the actions of others that texts use, as lines of pins.lock. The placeholder for a reader's own workflow is none. */
function usedPins(texts: readonly string[]): string[] {
  const uses = texts.flatMap((text) => [...text.matchAll(/^\s*(?:- )?uses: ([\w.-]+\/[\w.-]+)[\w./-]*@(\S+) # (.+)$/gmu)]);
  const lines = uses
    .filter(([, repository = ""]) => !/^(?:sarif-gate|your-organisation)\//u.test(repository))
    .map(([, repository = "", commit = "", tag = ""]) => `${repository} ${tag} ${commit}`);
  return [...new Set(lines)].sort();
}

const CHECKOUT = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "fedcba9876543210fedcba9876543210fedcba98";
const REFERENCE = "/repos/actions/checkout/git/ref/tags/v7.0.1";
const COMPARISON = `/repos/actions/checkout/compare/v7.0.1...${CHECKOUT}`;

function json(value: unknown): string {
  return JSON.stringify(value);
}

function named(type: string, sha: string): string {
  return json({ object: { type, sha } });
}

/** Runs the script on one pin against a GitHub that answers like this. */
async function verified(answers: readonly (readonly [path: string, answer: Answer])[], lock = `actions/checkout v7.0.1 ${CHECKOUT}\n`) {
  const github = await serveOnLoopback(new Map(answers));
  const path = join(temporaryDirectory(), "pins.lock");
  writeFileSync(path, lock);
  const env = { PATH: process.env["PATH"], GITHUB_API_URL: github.url };
  const run = promisify(execFile)(process.execPath, [join(ROOT, "scripts", "verify-pins.mjs"), path], { env });
  return run.then(
    ({ stdout, stderr }) => ({ status: 0, output: stdout + stderr, asked: github.asked }),
    ({ code, stdout, stderr }) => ({ status: code, output: `${stdout}${stderr}`, asked: github.asked }),
  );
}

describe("pins.lock", () => {
  it("has one sorted line of repository, tag and full commit for each action", () => {
    expect(PINS.filter((line) => !/^[\w.-]+\/[\w.-]+ v\d+\.\d+\.\d+ [0-9a-f]{40}$/u.test(line))).toEqual([]);
    expect(PINS).toEqual([...PINS].sort());
    expect(new Set(PINS.map((line) => line.split(" ")[0])).size).toBe(PINS.length);
  });

  it("names every action that workflows and documentation use, with the same tag and commit, and no other", () => {
    expect(PINS.length).toBeGreaterThan(4);
    expect(usedPins(TEXTS)).toEqual(PINS);
  });

  it("does not match a use whose commit or comment differs by one character", () => {
    const [line = ""] = PINS;
    const [repository, tag, commit = ""] = line.split(" ");
    const use = (sha: string, comment: string) => usedPins([`      - uses: ${repository}@${sha} # ${comment}\n`]);
    expect(use(commit, tag ?? "")).toEqual([line]);
    expect(PINS).not.toEqual(expect.arrayContaining(use(`${commit.slice(0, -1)}x`, tag ?? "")));
    expect(PINS).not.toEqual(expect.arrayContaining(use(commit, `${tag}0`)));
  });
});

describe("verify-pins", () => {
  it("accepts a tag that names the pinned commit", async () => {
    const { status, output } = await verified([[REFERENCE, named("commit", CHECKOUT)]]);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("1 pins are the commits of their tags") });
  });

  it("follows an annotated tag to its commit", async () => {
    const tagObject: [string, string] = [`/repos/actions/checkout/git/tags/${OTHER}`, named("commit", CHECKOUT)];
    expect((await verified([[REFERENCE, named("tag", OTHER)], tagObject])).status).toBe(0);
  });

  it("refuses an annotated tag whose commit is another, even if the pin is the tag object itself", async () => {
    const tagObject: [string, string] = [`/repos/actions/checkout/git/tags/${CHECKOUT}`, named("commit", OTHER)];
    const { status, output } = await verified([[REFERENCE, named("tag", CHECKOUT)], tagObject]);
    expect(status).toBe(1);
    expect(output).toContain(`the tag names ${OTHER}`);
  });

  it("finds a tag that was moved forward, and says that the pinned commit is genuine", async () => {
    const { status, output } = await verified([
      [REFERENCE, named("commit", OTHER)],
      [COMPARISON, json({ status: "behind" })],
    ]);
    expect(status).toBe(1);
    expect(output).toContain(`the tag was moved to ${OTHER}`);
  });

  it.each(["ahead", "diverged"])("finds a pinned commit that no tag leads to, as one of a fork (%s)", async (comparison) => {
    const { status, output } = await verified([
      [REFERENCE, named("commit", OTHER)],
      [COMPARISON, json({ status: comparison })],
    ]);
    expect(status).toBe(1);
    expect(output).toContain("cannot be reached from it and may come from a fork");
  });

  it("finds a pinned commit that GitHub does not know", async () => {
    const { status, output } = await verified([[REFERENCE, named("commit", OTHER)]]);
    expect(status).toBe(1);
    expect(output).toContain("cannot be reached");
  });

  it("finds a tag that does not exist", async () => {
    const { status, output } = await verified([]);
    expect(status).toBe(1);
    expect(output).toContain("actions/checkout v7.0.1: this repository has no such tag");
  });

  it("does not follow a repository that has moved elsewhere, where the tag would match", async () => {
    const elsewhere = "/repositories/1/git/ref/tags/v7.0.1";
    const { status, output, asked } = await verified([
      [REFERENCE, { status: 301, location: elsewhere }],
      [elsewhere, named("commit", CHECKOUT)],
    ]);
    expect(status).toBe(1);
    expect(output).toContain("moved elsewhere (301)");
    expect(asked).toEqual([REFERENCE]);
  });

  it("takes an outage for a failure, not for agreement", async () => {
    const { status, output } = await verified([[REFERENCE, { status: 500 }]]);
    expect(status).toBe(1);
    expect(output).toContain("could not be checked: GET /repos/actions/checkout/git/ref/tags/v7.0.1: GitHub answered 500");
  });

  it("takes a tag of something that is no commit for a failure", async () => {
    expect((await verified([[REFERENCE, named("tree", CHECKOUT)]])).status).toBe(1);
  });

  it("refuses a line that is not a pin, and an empty list", async () => {
    const malformed = await verified([[REFERENCE, named("commit", CHECKOUT)]], "actions/checkout v7 main\n");
    expect({ status: malformed.status, asked: malformed.asked }).toEqual({ status: 1, asked: [] });
    expect((await verified([], "# nothing\n")).status).toBe(1);
  });
});
