// What leaves us: secrets gone, SARIF that GitHub takes, outputs that the runner reads as they were meant.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setOutput } from "@actions/core";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { buildLocalLog, buildUploadLog } from "../../src/sarif/build-log.ts";
import { checkContract } from "../../src/sarif/github-contract.ts";
import { escapeMarkdown } from "../../src/text/markdown.ts";
import { disarmCommands, printable, printableProse } from "../../src/text/printable.ts";
import { redact } from "../../src/text/redact.ts";
import { fuzz, fuzzAsync } from "../support/fuzz.ts";
import { hostileSource } from "../support/hostile-scan.ts";
import { hostileText } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";
import { parsed } from "../support/sarif-logs.ts";

const MARK = "[REDACTED]";
const letters = "aB3dE5gHjK7mN9pQ".repeat(4);

/** Texts of pieces that make, or nearly make, a secret. Put together at run time, so that nobody takes them for real. */
const secretive = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        `ghp${"_"}`,
        `github${"_pat_"}`,
        "AKIA",
        "xoxb-",
        "eyJ",
        ".eyJ",
        `-----BEGIN ${"RSA PRIVATE KEY"}-----`,
        "-----END RSA PRIVATE KEY-----",
        "://",
        "user:",
        "@",
        "secret_key=",
        '"',
        "\\n",
        letters,
        letters.slice(0, 20),
        letters.slice(0, 40),
        " ",
        "\n",
        MARK,
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.join(""));

/** Whether the parts occur in the text in their order, none within another. */
function holdsInOrder(text: string, parts: readonly string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return true;
}

describe("redact", () => {
  it("only takes away: what stays stood there before, in the same order", () => {
    let redacted = 0;
    fuzz(
      fc.property(secretive, fc.array(fc.constantFrom(letters.slice(3, 15), "user:", "never-there"), { maxLength: 2 }), (text, secrets) => {
        const shown = redact(text, secrets);
        if (shown !== text) redacted += 1;
        expect(holdsInOrder(text, shown.split(MARK))).toBe(true);
      }),
    );
    expect(redacted).toBeGreaterThan(1_000);
  });

  it("leaves nothing for a second pass", () => {
    fuzz(
      fc.property(secretive, (text) => {
        const shown = redact(text, [letters.slice(3, 15)]);
        expect(redact(shown, [letters.slice(3, 15)])).toBe(shown);
      }),
    );
  });

  it("leaves no known secret, whatever stands around it", () => {
    const secret = fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 20 }).filter((text) => !/[[\]REDACT]/.test(text));
    fuzz(
      fc.property(fc.array(fc.oneof(secretive, fc.constant(null)), { minLength: 1, maxLength: 5 }), secret, (parts, known) => {
        const text = parts.map((part) => part ?? known).join("");
        expect(redact(text, [known])).not.toContain(known);
      }),
    );
  });

  it("keeps JSON one value of the same shape", () => {
    fuzz(
      fc.property(secretive, secretive, (one, other) => {
        const value = { one, list: [other, { other }], number: 1 };
        const read = JSON.parse(redact(JSON.stringify(value), []));
        expect(read).toEqual({ one: expect.any(String), list: [expect.any(String), { other: expect.any(String) }], number: 1 });
      }),
    );
  });
});

describe("text for a log", () => {
  it("is one line without commands whatever its length, and never longer than it may be", () => {
    fuzz(
      fc.property(hostileText, fc.nat(30), (text, length) => {
        for (const shown of [printable(text, length), printableProse(text, length), printableProse(text)]) {
          expect(runnerCommands(shown)).toEqual([]);
          expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        }
        expect(printableProse(printableProse(text))).toBe(printableProse(text));
      }),
    );
  });

  it("that was disarmed stays as it is, and holds no command", () => {
    fuzz(
      fc.property(hostileText, (text) => {
        const line = disarmCommands(text.replace(/[\r\n]/g, ""));
        expect(runnerCommands(line)).toEqual(
          runnerCommands(line).filter(() => /\p{Cf}|\p{Default_Ignorable_Code_Point}|\p{Cc}/u.test(line)),
        );
        expect(disarmCommands(line)).toBe(line);
      }),
    );
  });

  it("of an error is lines without commands, however many problems are told", () => {
    fuzz(
      fc.property(fc.array(hostileText, { maxLength: 4 }), (texts) => {
        const { problems } = new ConfigError(texts.map((text) => `\`input\` is ${text}.`));
        const lines = problems.map((problem) => `error: ${printable(problem)}`);
        expect(runnerCommands(lines.join("\n"))).toEqual([]);
        expect(lines.join("\n").split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(Math.max(1, texts.length));
      }),
    );
  });

  it("in markdown opens no element of its own", () => {
    fuzz(
      fc.property(hostileText, secretive, (text, other) => {
        expect(escapeMarkdown(text + other)).not.toMatch(/[<>|`]/);
      }),
    );
  });
});

describe("SARIF", () => {
  it("of any scan is what GitHub takes, with relative addresses alone, and the local log loses no finding", async () => {
    const small = hostileSource.map((source) => ({ ...source, findings: source.findings.slice(0, 3) }));
    await fuzzAsync(
      fc.asyncProperty(small, async (source) => {
        const { log } = await buildUploadLog({ ...source, gaps: [] });
        expect(log === null ? ["no run may be uploaded"] : checkContract(log)).toEqual([]);
        const results = parsed(buildLocalLog(source)).runs.flatMap((run) => run.results ?? []);
        expect(results).toHaveLength(source.findings.length);
        for (const result of results) {
          expect(result.locations?.[0]?.physicalLocation?.artifactLocation?.uri).toMatch(/^(?!\.\.?(?:\/|$))[^/:?#\\\s][^:?#\\\s]*$/u);
        }
      }),
      { oneIn: 4 },
    );
  });
});

describe("outputs", () => {
  it("are read by the runner as they were set, and name no other output", () => {
    const directory = mkdtempSync(join(tmpdir(), "sarif-gate-outputs-"));
    const file = join(directory, "output");
    try {
      vi.stubEnv("GITHUB_OUTPUT", file);
      fuzz(
        fc.property(hostileText, (text) => {
          writeFileSync(file, "");
          setOutput("sarif-file", text);
          setOutput("verdict", "fail");
          expect(outputsIn(readFileSync(file, "utf8"))).toEqual(
            new Map([
              ["sarif-file", Buffer.from(text).toString()],
              ["verdict", "fail"],
            ]),
          );
        }),
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

/** As the runner reads the file of outputs: `name<<delimiter`, lines, `delimiter` (actions/runner, src/Runner.Worker/FileCommandManager.cs). */
function outputsIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let rest = text;
  while (rest !== "") {
    const [, name = "", delimiter = ""] = /^([^\n]*)<<([^\n]*)\n/.exec(rest) ?? expect.fail(`no output: ${rest}`);
    const start = name.length + delimiter.length + 3;
    const end = rest.indexOf(`\n${delimiter}\n`, start);
    found.set(name, rest.slice(start, end));
    rest = rest.slice(end + delimiter.length + 2);
  }
  return found;
}
