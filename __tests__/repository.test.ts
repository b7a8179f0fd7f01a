// Holds what stands beside the code to the code: action.yml, README, package.json. Workflows have a test of their own.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { OUTPUTS } from "../src/action/outputs.ts";
import { INPUTS } from "../src/config/inputs.ts";
import { RUN_IDS } from "../src/findings/scanner-id.ts";
import { API_CALLS } from "../src/github/api-calls.ts";
import { SCANNERS } from "../src/scanners/registry.ts";
import { VERSION } from "../src/version.ts";

const ROOT = join(import.meta.dirname, "..");

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Names in the first column of the README table under a heading. */
function tableNames(heading: string): string[] {
  const section = read("README.md").split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return [...section.matchAll(/^\| `(?:--)?([a-z-]+)` \|/gmu)].map((match) => match[1] ?? "");
}

/** Anchors that GitHub gives to the headings of a page. */
function headingsOf(page: string): string[] {
  const headings = [...page.matchAll(/^#+ (.+)$/gmu)].map((match) => match[1] ?? "");
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

interface Action {
  readonly description?: string;
  readonly inputs: Record<string, { description: string; default: string; required?: boolean }>;
  readonly outputs: Record<string, { description: string }>;
  readonly runs: { using: string; main: string };
}

const action = parse(read("action.yml")) as Action;

/** Lines of an action.yml with an expression that is not the default of an input. */
function expressionsElsewhere(text: string): string[] {
  return text.split("\n").filter((line) => line.includes("${{") && !/^\s+default: /u.test(line));
}

/** What would break an action.yml for its users, one line each. */
function mistakes(text: string): string[] {
  const { description = "", inputs, outputs, runs } = parse(text) as Action;
  const described = { ...inputs, ...outputs, action: { description } };
  return [
    ...expressionsElsewhere(text).map((line) => `expression: ${line}`),
    ...(JSON.stringify(runs) === JSON.stringify({ using: "node24", main: "dist/main.js" })
      ? []
      : ["it does not run dist/main.js on node24"]),
    ...Object.entries(described).flatMap(([name, entry]) => (entry.description ? [] : [`no description: ${name}`])),
    ...Object.keys(inputs).filter((name) => !tableNames("Inputs").includes(name)),
    ...Object.keys(outputs).filter((name) => !tableNames("Outputs").includes(name)),
  ];
}

const manifest = JSON.parse(read("package.json")) as Record<
  "dependencies" | "devDependencies" | "optionalDependencies",
  Record<string, string>
> & { version: string };

describe("action.yml", () => {
  it("declares exactly the inputs of the code, with their defaults and descriptions", () => {
    const expected = Object.entries(INPUTS).filter(([, spec]) => spec.offered !== "cli");
    expect(action.inputs).toEqual(
      Object.fromEntries(expected.map(([name, spec]) => [name, { description: spec.description, default: spec.default }])),
    );
  });

  it("declares exactly the outputs of the code", () => {
    expect(action.outputs).toEqual(Object.fromEntries(Object.entries(OUTPUTS).map(([name, description]) => [name, { description }])));
  });

  it("runs dist/main.js on node24", () => {
    expect(action.runs).toEqual({ using: "node24", main: "dist/main.js" });
  });

  it("holds no expression outside defaults, where the runner would reject or evaluate it", () => {
    expect(expressionsElsewhere(read("action.yml"))).toEqual([]);
  });

  it("has nothing that its own rules find", () => {
    expect(mistakes(read("action.yml"))).toEqual([]);
  });

  it.each<[string, string | RegExp, string]>([
    ["an expression in a description", 'description: "Directory to scan', 'description: "${{ github.workspace }} or a directory'],
    ["an expression that is broken over lines", 'description: "Directory to scan', 'description: "${{\n      x }} Directory'],
    ["an old Node", "using: node24", "using: node20"],
    ["steps of a shell", "using: node24", "using: composite"],
    ["a script that runs before every other step", "  main: dist/main.js", "  main: dist/main.js\n  pre: dist/pre.js"],
    ["an input that the README does not list", "inputs:\n", 'inputs:\n  secret:\n    description: "A secret."\n    default: ""\n'],
    ["an output that the README does not list", "outputs:\n", 'outputs:\n  secret:\n    description: "A secret."\n'],
    ["an input without a description", /(?<= {2}path:\n) {4}description: .*\n/u, ""],
    ["an empty description", /(?<= {2}path:\n {4}description: ).*/u, '""'],
    ["an output without a description", /(?<= {2}verdict:\n) {4}description: .*/u, "    value: x"],
    ["no description of the action", /^description: .*\n/mu, ""],
  ])("would be found out with %s", (_, from, to) => {
    const mutated = read("action.yml").replace(from, () => to);
    expect(mutated).not.toBe(read("action.yml"));
    expect(mistakes(mutated)).toHaveLength(1);
  });
});

describe("README", () => {
  it("lists exactly the inputs of the code, in order", () => {
    expect(tableNames("Inputs")).toEqual(Object.keys(INPUTS));
  });

  it("lists exactly the outputs of the code, in order", () => {
    expect(tableNames("Outputs")).toEqual(Object.keys(OUTPUTS));
  });

  it("lists exactly the calls that the code makes to GitHub, with the permission of each", () => {
    const section = read("README.md").split("\n## Permissions\n")[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\| `((?:GET|POST) [^`]+)` \| `([^`]+)`/gmu)].map((match) => [match[1], match[2]]);
    expect(rows).toEqual(Object.values(API_CALLS).map(({ route, permission }) => [route, permission]));
  });

  it("quotes only messages that the code prints", () => {
    const section = read("README.md").split("\n## Troubleshooting\n")[1]?.split("\n## ")[0] ?? "";
    const quoted = [...section.matchAll(/^\| `([^`]+)` \|/gmu)].map((match) => match[1] ?? "");
    const sources = readdirSync(join(ROOT, "src"), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".ts"));
    const code = sources.map((name) => read(join("src", name))).join("\n");
    expect(quoted.length).toBeGreaterThan(8);
    expect(quoted.filter((message) => !code.includes(message))).toEqual([]);
  });

  it("names the test command that CI runs", () => {
    expect(read("README.md")).toContain("npm cit");
    expect(read(".ci/run")).toMatch(/^npm cit$/mu);
  });
});

describe("SECURITY.md", () => {
  const policy = read("SECURITY.md");

  it("says how to report, what is promised and what not, how to verify a release, and what to do in an incident", () => {
    const headings = [...policy.matchAll(/^## (.+)$/gmu)].map((match) => match[1]);
    expect(headings).toEqual([
      "Reporting",
      "Supported versions",
      "What is promised",
      "What it cannot do",
      "Verifying a release",
      "When something went wrong",
    ]);
  });

  it("names no person and no address besides the private form", () => {
    expect(policy).not.toMatch(/[\w.]+@[\w-]+\.\w+|mailto:/u);
    expect([...policy.matchAll(/https?:\/\/[^)\s]+/gu)].map(([address]) => address)).toEqual([
      "https://github.com/sarif-gate/sarif-gate/security/advisories/new",
    ]);
  });

  it.each(["SECURITY.md", "docs/releasing.md"])("and releasing link to sections and files that exist (%s)", (path) => {
    const links = [...read(path).matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]+))?\)/gu)];
    const broken = links.filter(([, file = "", section]) => {
      const target = join(ROOT, dirname(path), file);
      return !existsSync(target) || (section !== undefined && !headingsOf(readFileSync(target, "utf8")).includes(section));
    });
    expect(links.length).toBeGreaterThan(3);
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

describe("package.json", () => {
  it("has the version that the code reports", () => {
    expect(manifest.version).toBe(VERSION);
  });

  it("pins every dependency to one version", () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    expect(Object.entries(all).filter(([, version]) => !/^(?:npm:[a-z0-9-]+@)?\d+\.\d+\.\d+(?:-[a-z0-9.]+)?$/u.test(version))).toEqual([]);
  });

  it("has a lock without addresses, so that every machine uses its own registry", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved":/u);
  });
});

describe("registry", () => {
  it("has one scanner per run, in the order of runs, from one folder per scanner", () => {
    expect(SCANNERS.map(({ run }) => run)).toEqual([...RUN_IDS]);
    const folders = readdirSync(join(ROOT, "src", "scanners"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(new Set(folders.map(({ name }) => name))).toEqual(new Set(SCANNERS.map(({ scanner }) => scanner)));
  });
});

describe("tests", () => {
  it("run on the Node of .node-version", () => {
    expect(process.version).toBe(`v${read(".node-version").trim()}`);
  });

  it("see a repository without files that only one machine knows", () => {
    const tracked = execFileSync("git", ["-C", ROOT, "ls-files"], { encoding: "utf8" }).split("\n");
    expect(tracked.filter((name) => /(?:^|\/)(?:\.DS_Store|.*\.log|.*\.orig|node_modules\/.*)$/u.test(name))).toEqual([]);
  });
});
