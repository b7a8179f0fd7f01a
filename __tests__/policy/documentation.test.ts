// Holds what the documentation says of the policy to the code: every example is valid, every key is there with its words and its default.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSuppressions, newPolicy } from "../../src/policy/adopt.ts";
import { expiryProblem } from "../../src/policy/cross-checks.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { policyJsonSchema } from "../../src/policy/policy-schema.ts";
import { LARGEST_POLICY } from "../../src/policy/policy-yaml.ts";
import { isExpiring, suppressionMatcher } from "../../src/policy/suppression.ts";
import { codeFinding, findingId, open, rule } from "../support/findings.ts";
import { policy, suppression, TODAY } from "../support/policies.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const PAGE = read("docs/policy.md");

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** The YAML blocks of a page that are policies: those that begin with the version, comments aside. */
function policiesOf(page: string): [name: string, text: string][] {
  const blocks = [...read(page).matchAll(/^```yaml\n([^`]+)^```$/gmu)].map((match) => match[1] ?? "");
  return blocks.filter((text) => /^(?:#.*\n)*version: 1$/mu.test(text)).map((text, index) => [`${page}, policy ${index + 1}`, text]);
}

interface Key {
  readonly name: string;
  readonly required: boolean;
  /** As JSON; undefined: what there is without the key is said in words. */
  readonly fallback: string | undefined;
  readonly words: readonly string[];
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly maxItems?: number;
}

function keysOf({ properties = {}, required = [] }: Schema, prefix = ""): Key[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const fallback = schema.default === undefined ? undefined : JSON.stringify(schema.default).replaceAll('"', "");
    const own = { name, required: required.includes(key), fallback, words: schema.enum ?? schema.items?.enum ?? [] };
    return [own, ...keysOf(schema, `${name}.`), ...keysOf(schema.items ?? {}, `${name}[].`)];
  });
}

const KEYS = keysOf(policyJsonSchema() as Schema);
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gmu)].map((match) => [
    match[1] ?? "",
    { type: match[2] ?? "", fallback: match[3] ?? "" },
  ]),
);

describe("the documented policies", () => {
  const all = PAGES.flatMap(policiesOf);

  it("are found", () => {
    expect(all.map(([name]) => name)).toEqual(expect.arrayContaining(["README.md, policy 1", "docs/policy.md, policy 1"]));
  });

  it.each(all)("%s has no problem", (_, text) => {
    expect(parsePolicy(text, { source: "", today: TODAY, failOn: "high" }).problems).toEqual([]);
  });
});

describe("docs/policy.md", () => {
  it("has a row for every key, in the order of a file, and for no other", () => {
    expect([...ROWS.keys()]).toEqual(KEYS.map(({ name }) => name));
  });

  it.each(KEYS)("gives $name the default and the words that it has", ({ name, required, fallback, words }) => {
    const row = ROWS.get(name);
    expect(row?.fallback).toEqual(
      required ? "required" : fallback === undefined ? expect.not.stringMatching(/^`|required/u) : `\`${fallback}\``,
    );
    if (words.length > 0) expect([...(row?.type ?? "").matchAll(/`([^`]+)`/gu)].map((match) => match[1])).toEqual(words);
  });

  it("names the limits that hold", () => {
    const farthest = /\d+ days ahead/u.exec(expiryProblem("2099-01-01", TODAY) ?? "")?.[0] ?? "no limit";
    const { gate, suppressions, exclude } = (policyJsonSchema() as Schema).properties ?? {};
    const rules = gate?.properties?.["rules"];
    const globs = rules?.items?.properties?.["paths"];
    expect(PAGE).toContain(
      `${rules?.maxItems} rules, ${suppressions?.maxItems} suppressions, ${exclude?.maxItems} globs in \`exclude\` and ${globs?.maxItems} in every other`,
    );
    expect(PAGE).toContain(`at most ${LARGEST_POLICY / 1024} KiB`);
    expect(PAGE).toContain(`more than ${farthest}`);
  });

  it("says for how long an entry is announced to end", () => {
    const days = Number(/For its last (\d+) days/u.exec(PAGE)?.[1]);
    const ending = (inDays: number) =>
      suppression({ expires: new Date(Date.parse(TODAY) + inDays * 86_400_000).toISOString().slice(0, 10) });
    expect([isExpiring(ending(days), TODAY), isExpiring(ending(days + 1), TODAY)]).toEqual([true, false]);
  });

  it("names globs of test files in which asserts are suppressed", () => {
    const globs = [...(/in test files: (.+)\. `asserts/u.exec(PAGE)?.[1] ?? "").matchAll(/`([^`]+)`/gu)].map((match) => match[1] ?? "");
    const { findingBy } = suppressionMatcher(policy(), [], TODAY);
    const isSuppressed = (path: string) => {
      const finding = open(codeFinding({ rule: rule({ id: "B101" }), location: { path, startLine: 1, endLine: 1 } }));
      return findingBy({ finding, duplicates: [] }) !== null;
    };
    const paths = globs.map((glob) =>
      glob
        .replace(/^\*\*\//u, "a/")
        .replace(/\*\*$/u, "b.py")
        .replace("*", "x"),
    );
    expect(paths).toHaveLength(6);
    expect([...paths, "a/app.py"].filter((path) => !isSuppressed(path))).toEqual(["a/app.py"]);
  });

  it("says how many findings can be adopted", () => {
    const count = Number(/about (\d+) adopted findings/u.exec(PAGE)?.[1]);
    const reason = `Adopted on ${TODAY}: CVE-2019-14234 in services/orders/requirements.txt:12`;
    const adoptions = Array.from({ length: count }, (_, index) => ({ finding: findingId(index), reason, expires: TODAY }));
    const share = Buffer.byteLength(addSuppressions(newPolicy(TODAY), adoptions)) / LARGEST_POLICY;
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(1);
  });
});
