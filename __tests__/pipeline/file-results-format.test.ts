import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rule } from "../../src/findings/finding.ts";
import {
  decodeFile,
  decodeHeader,
  decodeLineHead,
  decodeRule,
  decodingOf,
  type FileResult,
  isWhole,
  LINE_HEAD_BYTES,
  renderFile,
  renderHeader,
  renderRule,
} from "../../src/pipeline/file-results-format.ts";
import { oddResult, oddRule } from "../support/file-results.ts";
import { codeFinding, rule } from "../support/findings.ts";

const ENVIRONMENT = "e".repeat(64);
const KEY = "0123456789abcdef".repeat(4);
const PATH = "src/app.py";
const RUN = { scanner: "bandit", run: "bandit" } as const;
const RESULT: FileResult = { findings: [codeFinding()], comments: [{ scanner: "bandit", path: PATH, line: 3, text: "x#nosec" }] };

/** The line of a file without its line feed, and what knows its rules. */
function render(result: FileResult, key = KEY) {
  const rules = new Map(result.findings.map(({ rule: one }) => [renderRule(one).digest, one]));
  const line = renderFile(key, result, "2026-11-21", (one) => renderRule(one).digest);
  return { line: line.slice(0, -1), decoding: decodingOf(RUN, (name) => rules.get(name)) };
}

describe("the first line", () => {
  it("says what the rest holds for, and the day", () => {
    expect(decodeHeader(renderHeader(ENVIRONMENT, "2026-11-21").trimEnd())).toEqual({ environment: ENVIRONMENT, day: "2026-11-21" });
  });

  it.each([
    ["nothing", ""],
    ["an older format", renderHeader(ENVIRONMENT, "2026-11-21").trimEnd().replace(" 3 ", " 2 ")],
    ["a newer format", renderHeader(ENVIRONMENT, "2026-11-21").trimEnd().replace(" 3 ", " 4 ")],
    ["a cut one", renderHeader(ENVIRONMENT, "2026-11-21").slice(0, -2)],
    ["more than one line", renderHeader(ENVIRONMENT, "2026-11-21")],
  ])("is not believed when it is %s", (_, line) => {
    expect(decodeHeader(line)).toBeNull();
  });
});

describe("the line of a rule", () => {
  it("is named by its digest and gives the rule back, whatever its texts", () => {
    fc.assert(
      fc.property(oddRule, (one) => {
        const { digest, line } = renderRule(one);
        expect(decodeLineHead(line.slice(0, LINE_HEAD_BYTES))).toEqual({ kind: "rule", digest });
        expect(decodeRule(line.slice(0, -1))).toEqual(one);
      }),
      { seed: 31 },
    );
  });

  it("has another name when anything in the rule is another", () => {
    const others: Rule[] = [rule({ title: "x" }), rule({ help: "x" }), rule({ cwes: [] }), rule({ id: "B603" })];
    expect(new Set([rule(), ...others].map((one) => renderRule(one).digest)).size).toBe(5);
  });

  it("under the name of another rule is not believed", () => {
    const [one, other] = [renderRule(rule()), renderRule(rule({ title: "harmless" }))];
    const swapped = other.line.replace(other.digest, one.digest).trimEnd();
    expect(decodeRule(swapped)).toBeNull();
    expect(decodeRule(other.line.trimEnd())).not.toBeNull();
  });
});

describe("the line of a file", () => {
  it("gives back what was kept, whatever the texts, once it was written as UTF-8", () => {
    fc.assert(
      fc.property(oddResult(PATH), (result) => {
        const { line, decoding } = render(result);
        expect(line).not.toContain("\n");
        expect(decodeFile(Buffer.from(line).toString("utf8"), PATH, decoding)).toStrictEqual(result);
      }),
      { seed: 32, numRuns: 300 },
    );
  });

  it("says once what is found in many places, and gives back each of them", () => {
    const places = [
      codeFinding({ location: { path: PATH, startLine: 1, endLine: 1 } }),
      codeFinding({ location: { path: PATH, startLine: 2, endLine: 3, startColumn: 5, endColumn: 9 }, statement: [2, 3] }),
      codeFinding({ location: { path: PATH, startLine: 4, endLine: 4 }, commentLine: 4 }),
    ];
    const findings = [...places, codeFinding({ ...places[0], confidence: "low" })];
    const { line, decoding } = render({ findings, comments: [] });
    expect(line.split(codeFinding().message).length - 1).toBe(2);
    expect(decodeFile(line, PATH, decoding)).toStrictEqual({ findings, comments: [] });
  });

  it("says at its beginning which file it is about, and when it was used last", () => {
    const head = decodeLineHead(render(RESULT).line.slice(0, LINE_HEAD_BYTES));
    expect(head).toMatchObject({ kind: "file", key: KEY, day: "2026-11-21" });
  });

  it("holds the text of a rule nowhere, so that a rule is written once", () => {
    expect(render(RESULT).line).not.toContain(rule().title);
  });

  it("may change its day and nothing else", () => {
    const { line } = render(RESULT);
    expect(isWhole(line.replace("2026-11-21", "2026-12-01"))).toBe(true);
    expect(isWhole(line.replace(KEY, "f".repeat(64)))).toBe(false);
    expect(isWhole(line.replace("high", "low"))).toBe(false);
    expect(isWhole(`${line} `)).toBe(false);
  });

  it("is not believed without the line of each of its rules", () => {
    expect(
      decodeFile(
        render(RESULT).line,
        PATH,
        decodingOf(RUN, () => undefined),
      ),
    ).toBeNull();
  });

  it("is not believed when it is cut anywhere, nor with another byte anywhere", () => {
    const { line, decoding } = render(RESULT);
    expect(decodeFile(line, PATH, decoding)).not.toBeNull();
    for (let end = 0; end < line.length; end += 1) expect(decodeFile(line.slice(0, end), PATH, decoding)).toBeNull();
    for (let at = "file 2026-11-21".length; at < line.length; at += 1) {
      const flipped = String.fromCharCode(line.charCodeAt(at) ^ 1);
      expect(decodeFile(line.slice(0, at) + flipped + line.slice(at + 1), PATH, decoding)).toBeNull();
    }
  });
});

describe("the beginning of a line", () => {
  it.each([
    "",
    "{",
    `rule ${"0".repeat(31)} {`,
    `rule ${"0".repeat(32)} ${KEY} {`,
    `file 2026-11-21 ${"0".repeat(32)} {`,
    `file 2026-11-21 ${"0".repeat(32)} ${KEY} [`,
    `file 26-11-21 ${"0".repeat(32)} ${KEY} {`,
    ` rule ${"0".repeat(32)} {`,
  ])("%j is none", (text) => {
    expect(decodeLineHead(text)).toBeNull();
  });
});
