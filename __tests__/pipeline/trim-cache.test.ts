import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trimCache } from "../../src/pipeline/trim-cache.ts";
import { temporaryDirectories } from "../support/temporary-tree.ts";

const makeDirectory = temporaryDirectories();
const NOW = new Date("2026-11-21T12:00:00Z");
const HOUR = 60;
const DAY = 24 * HOUR;

function age(path: string, minutes: number): void {
  const then = new Date(NOW.getTime() - minutes * 60_000);
  utimesSync(path, then, then);
}

/** A directory of files of 100 bytes, by name and age in minutes. */
function results(files: Readonly<Record<string, number>>): string {
  const directory = makeDirectory();
  for (const [name, minutes] of Object.entries(files)) {
    writeFileSync(join(directory, name), "x".repeat(100));
    age(join(directory, name), minutes);
  }
  return directory;
}

describe("a directory of results", () => {
  it("loses what was not used for longest, until it is within its limit", () => {
    const directory = results({ newest: 2 * HOUR, oldest: 9 * DAY, older: 5 * DAY, newer: DAY });
    trimCache(directory, 250, NOW);
    expect(readdirSync(directory).sort()).toEqual(["newer", "newest"]);
  });

  it("stays as it is while it is within its limit", () => {
    const directory = results({ a: 9 * DAY, b: 5 * DAY });
    trimCache(directory, 200, NOW);
    expect(readdirSync(directory).sort()).toEqual(["a", "b"]);
  });

  it("keeps what is younger than an hour, however much that is", () => {
    const directory = results({ old: 2 * HOUR, fresh: 30, fresher: 10, ahead: -DAY });
    trimCache(directory, 0, NOW);
    expect(readdirSync(directory).sort()).toEqual(["ahead", "fresh", "fresher"]);
  });

  it("loses leftovers of interrupted writes after a day, and none before", () => {
    const directory = results({ a: DAY });
    for (const [name, minutes] of [[".partial-old", 25 * HOUR] as const, [".partial-new", 23 * HOUR] as const]) {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, "half"), "x");
      age(join(directory, name), minutes);
    }
    trimCache(directory, 1000, NOW);
    expect(readdirSync(directory).sort()).toEqual([".partial-new", "a"]);
  });

  it("leaves links and directories alone, and what links lead to", () => {
    const elsewhere = results({ precious: 99 * DAY });
    const directory = results({ a: 9 * DAY });
    symlinkSync(join(elsewhere, "precious"), join(directory, "link"));
    symlinkSync(elsewhere, join(directory, ".partial-link"));
    mkdirSync(join(directory, "folder"));
    trimCache(directory, 0, new Date(Date.now() + 400 * DAY * 60_000));
    expect(readdirSync(directory).sort()).toEqual(["folder", "link"]);
    expect(existsSync(join(elsewhere, "precious"))).toBe(true);
  });

  it("may be absent, or no directory at all", () => {
    const directory = results({ file: DAY });
    expect(() => trimCache(join(directory, "absent"), 0, NOW)).not.toThrow();
    expect(() => trimCache(join(directory, "file"), 0, NOW)).not.toThrow();
    expect(readdirSync(directory)).toEqual(["file"]);
  });
});
