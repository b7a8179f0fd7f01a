import { describe, expect, it } from "vitest";
import { INPUT_NAMES, INPUTS, type InputName, type RawInputs } from "../../src/config/inputs.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { ConfigError } from "../../src/errors.ts";

const CONTEXT = { directory: "/work space/repo", confined: true, cores: 2 };

const BAD_BASE =
  "`base` begins with `-` or holds control characters. Give a revision as git knows it: a commit, a tag, or a branch like `origin/main`.";

function raw(overrides: Partial<Record<InputName, string>> = {}): RawInputs {
  const defaults = Object.fromEntries(INPUT_NAMES.map((name) => [name, INPUTS[name].default])) as RawInputs;
  return { ...defaults, ...overrides };
}

function problemsOf(overrides: Partial<Record<InputName, string>>): readonly string[] {
  try {
    parseConfig(raw(overrides), CONTEXT);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("parseConfig", () => {
  it("accepts the defaults", () => {
    expect(parseConfig(raw(), CONTEXT)).toMatchObject({
      path: "/work space/repo",
      scanners: ["bandit", "safety", "trivy"],
      failOn: null,
      scope: "auto",
      baseRevision: null,
      policyFile: null,
      category: "sarif-gate",
      image: null,
      offline: false,
      timeoutMs: 900_000,
      maxDatabaseAgeDays: null,
    });
  });

  it.each([
    ["scanners", "bandit, trvy", "`scanners` names an unknown scanner: trvy. Did you mean `trivy`? Known: bandit, safety, trivy."],
    ["scanners", " , ", "`scanners` is empty. Name at least one of bandit, safety, trivy."],
    ["fail-on", "hihg", "`fail-on` is `hihg`. Did you mean `high`? Allowed: critical, high, medium, low, never."],
    ["offline", "yes", "`offline` is `yes`. Allowed: true, false."],
    ["timeout-minutes", "0", "`timeout-minutes` (`--timeout`) is `0`. Give a number of minutes above 0 and at most 360."],
    ["timeout-minutes", "1e9", "`timeout-minutes` (`--timeout`) is `1e9`. Give a number of minutes above 0 and at most 360."],
    ["max-database-age", "-1", "`max-database-age` is `-1`. Give a whole number of days, or `any`."],
    ["category", "/", "`category` is empty. Give a name, e.g. `sarif-gate`."],
    ["path", "../other", "`path` is outside the workspace: ../other. Give a directory inside it, relative to its top."],
    ["path", "/etc", "`path` is outside the workspace: /etc. Give a directory inside it, relative to its top."],
    [
      "python-index-url",
      "ftp://x",
      "`python-index-url` is not an http, https or file address: `ftp://x`. Give the address of a package index.",
    ],
    ["image", "--help", "`image` is not an image reference: `--help`. Give one like `registry/name:tag`."],
    ["scope", "nwe", "`scope` is `nwe`. Did you mean `new`? Allowed: auto, new, all."],
    ["base", "--upload-pack=x", BAD_BASE],
    ["base", "main\u0000", BAD_BASE],
    ["base", "ma\u202ein", BAD_BASE],
  ] as const)("refuses %s = %j with a message that names it and what is allowed", (name, value, message) => {
    expect(problemsOf({ [name]: value })).toEqual([message]);
  });

  it("tells a threshold that is not given from one that is", () => {
    expect(parseConfig(raw({ "fail-on": "high" }), CONTEXT).failOn).toBe("high");
    expect(parseConfig(raw({ "fail-on": " Never " }), CONTEXT).failOn).toBe("never");
    expect(parseConfig(raw({ "fail-on": " " }), CONTEXT).failOn).toBeNull();
  });

  it.each(["auto", "new", "all"] as const)("takes the scope %s", (scope) => {
    expect(parseConfig(raw({ scope }), CONTEXT).scope).toBe(scope);
  });

  it.each(["origin/main", "v1.2.0", "HEAD~3", "HEAD@{1 day ago}", "f".repeat(40)])("takes %s for a base", (base) => {
    expect(parseConfig(raw({ base: ` ${base} ` }), CONTEXT).baseRevision).toBe(base);
  });

  it("resolves a policy file against the workspace, and takes one outside it", () => {
    expect(parseConfig(raw({ policy: "gate.yml" }), CONTEXT).policyFile).toBe("/work space/repo/gate.yml");
    expect(parseConfig(raw({ policy: "../policies/gate.yml" }), CONTEXT).policyFile).toBe("/work space/policies/gate.yml");
    expect(parseConfig(raw({ policy: "/etc/gate.yml" }), CONTEXT).policyFile).toBe("/etc/gate.yml");
  });

  it.each(["0", "-1", "two", "1000"])("refuses --jobs %s", (jobs) => {
    expect(() => parseConfig(raw(), { ...CONTEXT, jobs })).toThrow(`\`--jobs\` is \`${jobs}\`. Give a whole number above 0.`);
    expect(parseConfig(raw(), { ...CONTEXT, jobs: "3" }).jobs).toBe(3);
  });

  it("reports every problem at once", () => {
    expect(problemsOf({ "fail-on": "x", offline: "x", scanners: "x" })).toHaveLength(3);
  });

  it("accepts a path that only looks as if it left the workspace", () => {
    expect(parseConfig(raw({ path: "..data/sub" }), CONTEXT).path).toBe("/work space/repo/..data/sub");
  });

  it("lets the command line scan any directory", () => {
    expect(parseConfig(raw({ path: "/etc" }), { ...CONTEXT, confined: false }).path).toBe("/etc");
  });

  it("takes one age for both databases", () => {
    expect(parseConfig(raw({ "max-database-age": "30" }), CONTEXT).maxDatabaseAgeDays).toEqual({ safety: 30, trivy: 30 });
  });

  it("accepts a database of any age when told so", () => {
    expect(parseConfig(raw({ "max-database-age": "any" }), CONTEXT).maxDatabaseAgeDays).toEqual({ safety: null, trivy: null });
  });

  it("names an archived image after its file and refuses two images", () => {
    expect(parseConfig(raw({ "image-archive": "build/shop.tar.gz" }), CONTEXT).image).toEqual({
      kind: "archive",
      path: "/work space/repo/build/shop.tar.gz",
      name: "shop",
    });
    expect(problemsOf({ image: "a:1", "image-archive": "b.tar" })).toEqual(["`image` and `image-archive` are both set. Give one of them."]);
  });

  it("refuses an image without Trivy", () => {
    expect(problemsOf({ image: "a:1", scanners: "bandit" })).toEqual([
      "`image` and `image-archive` need the scanner trivy: add it to `scanners`.",
    ]);
  });
});
