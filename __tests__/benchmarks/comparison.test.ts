// What the benchmark compares results with can fail, and its changes are what it says they are.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { statementsOfPlain, statementsOfScan } from "../../benchmarks/bandit-leg.ts";
import { editFiles, reworkFiles } from "../../benchmarks/edits.ts";
import { median } from "../../benchmarks/rounds.ts";
import { against, ResultsDiffer, requireEqual } from "../../benchmarks/table.ts";

const root = mkdtempSync(join(tmpdir(), "sarif-gate-edits-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("requireEqual", () => {
  it("counts what is equal in another order", () => {
    expect(requireEqual("both", ["a", "b", "a"], ["b", "a", "a"])).toBe("3 equal");
  });

  it.each([
    ["one that is missing", ["a"], ["a", "b"], "1 missing, 0 more: missing b"],
    ["one too many", ["a", "b"], ["a"], "0 missing, 1 more: more b"],
    ["one that is there more often", ["a", "a"], ["a"], "0 missing, 1 more: more a"],
    ["another one", ["a"], ["b"], "1 missing, 1 more"],
  ])("refuses %s", (_, ours, theirs, words) => {
    expect(() => requireEqual("both", ours, theirs)).toThrow(ResultsDiffer);
    expect(() => requireEqual("both", ours, theirs)).toThrow(words);
  });
});

describe("editFiles", () => {
  it.each([
    ["a text that ends in a line break", "a = 1\nb = 2\n", 3],
    ["a text that does not", "a = 1\nb = 2", 3],
    ["an empty text", "", 1],
    ["line breaks of Windows", "a = 1\r\nb = 2\r\n", 3],
  ])("names the line that it adds to %s", (_, text, line) => {
    writeFileSync(join(root, "one.py"), text);
    expect(editFiles(root, ["one.py"], { count: 1, seed: "s" })).toEqual([{ file: "one.py", line }]);
    const lines = readFileSync(join(root, "one.py"), "utf8").split(/\r\n|\n/u);
    expect(lines[line - 1]).toBe('assert "edited s"');
  });

  it("chooses the same files for the same seed, and others for another", () => {
    const files = Array.from({ length: 100 }, (_, index) => `${index}.py`);
    for (const file of files) writeFileSync(join(root, file), "");
    const chosen = (seed: string) => editFiles(root, files, { count: 5, seed }).map(({ file }) => file);
    expect(chosen("a")).toEqual(chosen("a"));
    expect(chosen("a")).not.toEqual(chosen("b"));
  });
});

describe("reworkFiles", () => {
  it("edits, deletes, moves, copies and adds, and leaves the rest as it was", () => {
    const tree = join(root, "tree");
    mkdirSync(tree);
    const files = Array.from({ length: 12 }, (_, index) => `${index}.py`);
    for (const file of files) writeFileSync(join(tree, file), `# ${file}\n`);
    reworkFiles(tree, files, { count: 10, seed: "s" });
    const left = readdirSync(tree);
    const added = (kind: string) => left.filter((file) => file.startsWith(`${kind}_`)).length;
    expect([added("moved"), added("copied"), added("added")]).toEqual([2, 2, 2]);
    const old = files.filter((file) => left.includes(file));
    expect(old).toHaveLength(8);
    expect(old.filter((file) => readFileSync(join(tree, file), "utf8") !== `# ${file}\n`)).toHaveLength(2);
  });
});

describe("what Bandit's leg states", () => {
  const result = {
    filename: "/t/a.py",
    line_number: 2,
    test_id: "B202",
    issue_severity: "HIGH",
    issue_confidence: "LOW",
    issue_text: "Unpacks <list object at 0x7f01> here",
  };
  const plain = statementsOfPlain({ results: [result], errors: [{ filename: "/t/b.py" }] }, "/t");
  const finding = {
    kind: "code",
    rule: "B202",
    severity: "high",
    confidence: "low",
    path: "a.py",
    startLine: 2,
    scanners: ["bandit" as const],
  };
  const rest = { package: null, advisory: null, suppression: null };
  const scan = (message: string, unread: string) =>
    statementsOfScan({
      verdict: "fail",
      findings: [{ ...finding, ...rest, message }],
      gaps: [{ run: "bandit", path: unread, line: null, reason: "" }],
    });

  it("is the same for a plain run and a scan, wherever an object was in memory", () => {
    expect(scan("Unpacks <list object> here", "b.py")).toEqual(plain);
  });

  it.each([
    ["another message", "Unpacks", "b.py"],
    ["another file that cannot be read", "Unpacks <list object> here", "c.py"],
  ])("differs with %s", (_, message, unread) => {
    expect(scan(message, unread)).not.toEqual(plain);
  });
});

describe("against", () => {
  it.each([
    ["reaches what it must at least be", 2, { atLeast: 2, unit: "×" }, true],
    ["is below it", 1.9, { atLeast: 2, unit: "×" }, false],
    ["is what it may at most be", 1, { atMost: 1, unit: " s" }, true],
    ["is above it", 1.1, { atMost: 1, unit: " s" }, false],
    ["is no number", Number.NaN, { atMost: 1, unit: " s" }, false],
  ])("says of a figure whether it %s", (_, value, target, met) => {
    expect(against(value, target, true).met).toBe(met);
  });

  it("judges nothing at a size that is not judged", () => {
    expect(against(0, { atLeast: 2, unit: "×" }, false)).toEqual({ target: "≥ 2×", met: null });
  });
});

describe("median", () => {
  it("is the middle one, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
