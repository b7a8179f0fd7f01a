// What a user, or whoever edits a workflow, gives: inputs, arguments and globs. Every problem is a sentence, and none of them a command for the runner.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { INPUT_NAMES, INPUTS, type RawInputs } from "../../src/config/inputs.ts";
import { leaves, parseConfig } from "../../src/config/parse-config.ts";
import { ConfigError } from "../../src/errors.ts";
import { globMatcher, globProblem } from "../../src/policy/glob.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { fuzz, fuzzAsync } from "../support/fuzz.ts";
import { hostileText } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";

const DIRECTORY = "/home/dev/shop";
const DEFAULTS = Object.fromEntries(INPUT_NAMES.map((name) => [name, INPUTS[name].default])) as RawInputs;

const value = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "true",
    "false",
    "TRUE",
    "..",
    "/etc",
    "../shop",
    "sub/../..",
    "bandit",
    "bandit, safety",
    "high",
    "never",
    "-x",
    "1",
    "0",
    "1e3",
    "361",
    "0x10",
    "report.json",
    "https://u:p@x",
    "file:///x",
    "origin/main",
    "any",
  ),
  hostileText,
);

/** What `parse` gives, or the problems it tells. */
function outcomeOf<Result>(parse: () => Result): Result | readonly string[] {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
}

describe("inputs", () => {
  it("are a configuration that stays inside the workspace, or problems that are sentences", () => {
    const raw = fc.dictionary(fc.constantFrom(...INPUT_NAMES), value, { minKeys: 1, maxKeys: 4 });
    let accepted = 0;
    fuzz(
      fc.property(raw, fc.boolean(), (given, confined) => {
        const outcome = outcomeOf(() => parseConfig({ ...DEFAULTS, ...given }, { directory: DIRECTORY, confined, cores: 2 }));
        if (!("path" in outcome)) {
          expect(outcome.length).toBeGreaterThan(0);
          for (const problem of outcome) expect(problem.trim()).toMatch(/\S[\s\S]*[.!?)]$/u);
          return;
        }
        accepted += 1;
        if (confined) expect(leaves(DIRECTORY, outcome.path)).toBe(false);
        expect(outcome.timeoutMs > 0 && outcome.timeoutMs <= 360 * 60_000).toBe(true);
        expect(outcome.scanners.length).toBeGreaterThan(0);
        expect(outcome.category).not.toMatch(/[\p{Cc}\p{Cf}]|\/$|^$/u);
        expect(outcome.baseRevision ?? "").not.toMatch(/^-|\p{Cc}/u);
      }),
    );
    expect(accepted).toBeGreaterThan(500);
  });
});

describe("arguments", () => {
  const streams = { writeOut: () => {}, writeErr: () => {} };
  const flag = fc.constantFrom(
    "scan",
    "demo",
    "doctor",
    "policy",
    "check",
    "adopt",
    "--out",
    "--format",
    "json",
    "--jobs",
    "--quiet",
    "--no-cache",
    "--base",
    "--expires",
    "-h",
    "--help",
    "--version",
    "--",
    "-",
    "--format=xml",
    "--__proto__",
    "--constructor=x",
    "help",
  );
  const argv = fc.array(fc.oneof(flag, flag, flag, hostileText), { maxLength: 6 });

  it("are a request, help, or one problem", () => {
    const seen = new Set<string>();
    fuzz(
      fc.property(argv, (given) => {
        const outcome = outcomeOf(() => parseArguments(given, "1.2.3", streams));
        seen.add(outcome === null ? "help" : "command" in outcome ? outcome.command : "problem");
      }),
    );
    expect(seen).toContain("problem");
    expect(seen).toContain("scan");
  });

  it("that are wrong are told without a command, a control character or a second line that is not ours", async () => {
    const wrong = fc
      .tuple(fc.constantFrom("--format", "--nothing", "scam", "--jobs"), hostileText)
      .map(([option, text]) => ["scan", option, text, "--timeout", `${text}x`]);
    await fuzzAsync(
      fc.asyncProperty(wrong, async (given) => {
        const written: string[] = [];
        const write = (text: string) => void written.push(text);
        const home = { environment: {}, directory: DIRECTORY, home: DIRECTORY, outIsTerminal: false, errIsTerminal: false, width: 80 };
        const status = await runCli(["scan", "--format", `no${given[2]}`], { ...home, writeOut: write, writeErr: write });
        expect(status).toBe(2);
        const text = written.join("");
        expect(runnerCommands(text)).toEqual([]);
        expect(text).toMatch(/^(?:error: |This )[^\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u0000-\u0009\u000B-\u001F\u007F-\u009F]*\n$/u);
      }),
    );
  });
});

describe("a glob", () => {
  const glob = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "*",
          "**",
          "/",
          "a",
          "b",
          ".py",
          "?",
          "[ab]",
          "[!a]",
          "{a,b}",
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          "+",
          "!",
          "@",
          "|",
          "\\",
          "$",
          "^",
          ".",
        ),
        fc.string({ maxLength: 2 }),
      ),
      { maxLength: 10 },
    )
    .map((parts) => parts.join(""));

  it("that is accepted matches any path in no time, and gives the same answer twice", () => {
    const path = fc.array(fc.constantFrom("a", "b", "ab", "a.py", ".a", "aaaa"), { maxLength: 6 }).map((names) => names.join("/"));
    let accepted = 0;
    fuzz(
      fc.property(glob, path, (pattern, at) => {
        if (pattern === "" || globProblem(pattern) !== null) return;
        accepted += 1;
        expect(globMatcher([pattern])(at)).toBe(globMatcher([pattern])(at));
      }),
    );
    expect(accepted).toBeGreaterThan(500);
  });

  it("is refused by the policy where it leads outside of the tree", () => {
    fuzz(
      fc.property(glob, fc.constantFrom("../", "/", "a/../", "!"), (rest, start) => {
        const text = `version: 1\nexclude: [${JSON.stringify(`${start}${rest}`)}]\n`;
        expect(parsePolicy(text, { source: "p.yml", today: "2026-11-21", failOn: "high" }).policy).toBeNull();
      }),
    );
  });
});
