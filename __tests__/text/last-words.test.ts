import { describe, expect, it } from "vitest";
import { lastWords } from "../../src/text/last-words.ts";
import { COMMAND_SEEDS } from "../support/hostile-text.ts";
import { runnerCommands } from "../support/runner-commands.ts";

const letters = "aB3dE5gH".repeat(40);

describe("lastWords", () => {
  it("are the last five lines as one, without empty ones", () => {
    expect(lastWords("1\n2\n\n3\r\n4\r5\n6\n \n")).toBe("2 | 3 | 4 | 5 | 6");
  });

  it("are nothing for a program that says nothing", () => {
    expect(lastWords(" \n\r\n")).toBe("");
  });

  it("end with the end of a long line", () => {
    const words = lastWords(`${"x".repeat(5000)} the end`);
    expect([words.length, words.endsWith(" the end")]).toEqual([600, true]);
  });

  it("hold no line of a private key whose beginning is not among them", () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${`${letters.slice(0, 64)}\n`.repeat(20)}-----END RSA PRIVATE KEY-----\n`;
    expect(lastWords(`failed\n${key}`)).toBe("failed | [REDACTED]");
  });

  it("hold no half of a token that the length would cut", () => {
    expect(lastWords(`ghp_${letters.slice(0, 36)}${" x".repeat(285)}`)).not.toContain(letters.slice(20, 30));
  });

  it("hold no end of a secret, however far it lies before the end of the log", () => {
    const secret = "correct-horse-battery-staple";
    expect(lastWords(secret + "\n".repeat(65_516), (text) => text.replaceAll(secret, "***"))).toBe("***");
  });

  it("hold no secret that is known by its value", () => {
    expect(lastWords("the password is correct-horse", (text) => text.replaceAll("correct-horse", "***"))).toBe("the password is ***");
  });

  it.each(COMMAND_SEEDS)("hold no command for the runner: %j", (seed) => {
    expect(runnerCommands(lastWords(seed))).toEqual([]);
  });
});
