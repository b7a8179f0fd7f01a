import { describe, expect, it } from "vitest";
import { programDigest } from "../../src/pipeline/program-digest.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const directory = temporaryDirectories();
const PROGRAM = { "cli.js": "run()", "action/main.js": "act()", "policy/gate.ts": "judge()" };
const digestOf = (files: Readonly<Record<string, string>>) => programDigest(writeTree(directory(), files));

describe("programDigest", () => {
  it("is the same for equal programs, wherever they lie", () => {
    expect(digestOf(PROGRAM)).toBe(digestOf(PROGRAM));
    expect(digestOf(PROGRAM)).toMatch(/^[0-9a-f]{64}$/u);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["the text of a source", { ...PROGRAM, "policy/gate.ts": "judge(1)" }],
    ["the name of a source", { "cli.js": "run()", "action/main.js": "act()", "policy/gates.ts": "judge()" }],
    ["the folder of a source", { "cli.js": "run()", "main.js": "act()", "policy/gate.ts": "judge()" }],
    ["a source more", { ...PROGRAM, "b.js": "" }],
    ["a source less", { "cli.js": "run()", "action/main.js": "act()" }],
    ["text that moved from one source to the next", { ...PROGRAM, "action/main.js": "act()c", "cli.js": "run()" }],
  ])("is another with %s", (_, other) => {
    expect(digestOf(other)).not.toBe(digestOf(PROGRAM));
  });

  it("looks at nothing but sources: locks and texts are part of what a scanner is", () => {
    expect(digestOf({ ...PROGRAM, "locks/bandit.txt": "bandit", "cli.js.map": "{}", LICENSE: "" })).toBe(digestOf(PROGRAM));
  });

  it("fails for a program that cannot be read", () => {
    expect(() => programDigest("/nonexistent")).toThrow(/ENOENT/u);
  });
});
