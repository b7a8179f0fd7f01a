// No text can make a pattern of ours slow: recheck proves for every regular expression of the source that its time is linear in the text.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSync } from "recheck";
import { parseAst } from "rolldown/parseAst";
import { describe, expect, it, vi } from "vitest";
import { classifyYaml } from "../src/pipeline/infrastructure-yaml.ts";
import { nosecComments } from "../src/scanners/bandit/nosec.ts";
import { pythonComments } from "../src/scanners/bandit/python-comments.ts";

const SOURCE = join(import.meta.dirname, "..", "src");

/** Where a pattern is put together from texts, and why no text from outside can be one of them. */
const PUT_TOGETHER = [
  "pipeline/infrastructure-yaml.ts", // the key is one of four names in the source
  "scanners/bandit/nosec.ts", // two classes of characters that stand beside it, twice
  "scanners/bandit/nosec.ts",
  "scanners/bandit/python-comments.ts", // by the four quotation marks of Python and three ways to read braces
];

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every node of a syntax tree, with the file it stands in. */
const NODES = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort()
  .flatMap((file) => nodesOf(parseAst(readFileSync(join(SOURCE, file), "utf8"), { lang: "ts" })).map((node) => ({ file, node })));

const LITERALS = NODES.flatMap(({ file, node: { regex } }): Pattern[] => {
  if (typeof regex !== "object" || regex === null || !("pattern" in regex) || !("flags" in regex)) return [];
  return [{ file, source: String(regex.pattern), flags: String(regex.flags) }];
});

describe("every pattern of the source", () => {
  it("takes linear time on any text", () => {
    expect(LITERALS.length).toBeGreaterThan(150);
    expect(slow(LITERALS)).toEqual([]);
  });

  it("is a literal, but for those that are put together from texts of the source", () => {
    const calls = NODES.filter(({ node }) => isNamed(node["callee"], "RegExp")).map(({ file }) => file.replaceAll("\\", "/"));
    expect(calls).toEqual(PUT_TOGETHER);
  });

  it("takes linear time also where it is put together", async () => {
    const patterns = await patternsMade(async () => {
      vi.resetModules();
      const { parseNosec } = await import("../src/scanners/bandit/nosec.ts");
      parseNosec("# nosec");
      const strings = ["", "r", "f"].flatMap((prefix) => ['"', "'", '"""', "'''"].map((quote) => `${prefix}${quote}x${quote}\n`));
      expect([...pythonComments(`${strings.join("")}# end`)]).toHaveLength(1);
      expect(classifyYaml("apiVersion: v1\nkind: Pod\nmetadata: {}\n")).toBe("kubernetes");
      classifyYaml("Resources: {}\n");
    });
    expect(patterns.length).toBeGreaterThanOrEqual(2 + 1 + 8 + 4);
    expect(slow(patterns)).toEqual([]);
  });

  it("would be found if it were slow", () => {
    const patterns = ["^(a+)+$", "\\s+$", "^.*x.*$", "ref .* not found"].map((source) => ({ file: "control", source, flags: "" }));
    expect(slow(patterns)).toHaveLength(patterns.length);
    expect(nosecComments("x = 1  # nosec\n").size).toBe(1);
  });
});

/** Those that recheck does not call safe, with what it says of them. */
function slow(patterns: readonly Pattern[]): string[] {
  const distinct = new Map(patterns.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern]));
  return [...distinct].flatMap(([shown, { file, source, flags }]) => {
    const found = checkSync(source, flags, { timeout: 30_000 });
    return found.status === "safe" ? [] : [`${file} ${shown} ${found.status === "vulnerable" ? found.complexity.summary : found.status}`];
  });
}

/** The patterns that are constructed while `run` runs; literals are not among them. */
async function patternsMade(run: () => Promise<void>): Promise<Pattern[]> {
  const made: Pattern[] = [];
  const construct = (target: RegExpConstructor, [pattern, flags]: [string | RegExp, string?]) => {
    const regex = new target(pattern, flags);
    made.push({ file: "made", source: regex.source, flags: regex.flags });
    return regex;
  };
  vi.stubGlobal("RegExp", new Proxy(RegExp, { construct }));
  try {
    await run();
  } finally {
    vi.unstubAllGlobals();
  }
  return made;
}

function nodesOf(tree: object): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== "object" || node === null) continue;
    found.push({ ...node });
    open.push(...Object.values(node));
  }
  return found;
}

function isNamed(node: unknown, name: string): boolean {
  return typeof node === "object" && node !== null && "name" in node && node.name === name;
}
