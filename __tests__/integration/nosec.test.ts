// Bandit's own decision about every tricky `# nosec` comment of the fixtures, compared with ours. The global set-up has installed Bandit.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { compareNosec, pythonFiles } from "../../benchmarks/nosec-comparison.ts";
import { TOOL_CACHE } from "../support/installed-tools.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "bandit-nosec");
const TOOLS = join(TOOL_CACHE, "sarif-gate", "python");
const pythons = readdirSync(TOOLS)
  .filter((name) => name.startsWith("bandit-"))
  .map((name) => join(TOOLS, name, "environment", "bin", "python"));

describe("findings of Bandit that comments hide", () => {
  it("are compared with a real Bandit", () => {
    expect(pythons).not.toEqual([]);
  });

  it.each(pythons)("are those that Bandit itself hides (%s)", (python) => {
    const { found, hidden, hiddenTooMuch, hiddenTooLittle } = compareNosec(python, FIXTURES, pythonFiles(FIXTURES));
    expect({ hiddenTooMuch, hiddenTooLittle }).toEqual({ hiddenTooMuch: [], hiddenTooLittle: [] });
    expect(hidden).toBeGreaterThan(100);
    expect(found - hidden).toBeGreaterThan(50);
  });

  it.each(pythons)("are the same with CRLF (%s)", (python) => {
    const copy = mkdtempSync(join(tmpdir(), "nosec-crlf-"));
    onTestFinished(() => rmSync(copy, { recursive: true }));
    const files = pythonFiles(FIXTURES);
    for (const file of files) writeFileSync(join(copy, file), readFileSync(join(FIXTURES, file), "utf8").replaceAll("\n", "\r\n"));
    const { hidden, hiddenTooMuch, hiddenTooLittle } = compareNosec(python, copy, files);
    expect({ hiddenTooMuch, hiddenTooLittle }).toEqual({ hiddenTooMuch: [], hiddenTooLittle: [] });
    expect(hidden).toBeGreaterThan(100);
  });
});
