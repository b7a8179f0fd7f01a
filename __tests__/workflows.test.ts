// Holds every workflow to the same rules: our own, those of docs/workflows, and those in the documentation.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { OUTPUTS } from "../src/action/outputs.ts";
import { INPUTS } from "../src/config/inputs.ts";
import { auditFindings, HAS_GO, installCheckers, lintErrors, schemaErrors } from "./support/workflow-checkers.ts";

const ROOT = join(import.meta.dirname, "..");
const DEPENDABOT = join(ROOT, ".github", "dependabot.yml");

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: unknown;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly name?: string;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Name and text of each workflow in a directory. */
function filesOf(directory: string): [name: string, text: string][] {
  return readdirSync(join(ROOT, directory)).map((name) => [`${directory}/${name}`, read(`${directory}/${name}`)]);
}

/** Name and text of each YAML block of a document that is a whole workflow. */
function blocksOf(path: string): [name: string, text: string][] {
  const blocks = [...read(path).matchAll(/^```yaml\n([^`]+)^```$/gmu)].map((match) => match[1] ?? "");
  return blocks.filter((text) => /^jobs:$/mu.test(text)).map((text, index) => [`${path}-${index + 1}.yml`, text]);
}

const OWN = filesOf(".github/workflows");
const DOCUMENTED = [
  ...filesOf("docs/workflows"),
  ...blocksOf("README.md"),
  ...blocksOf("docs/code-scanning.md"),
  ...blocksOf("docs/policy.md"),
];
const ALL = [...OWN, ...DOCUMENTED];

function jobsOf(text: string): Job[] {
  return Object.values((parse(text) as Workflow).jobs);
}

/** Every step that runs this action. */
function gateSteps(text: string): Step[] {
  return jobsOf(text)
    .flatMap(({ steps }) => steps ?? [])
    .filter(({ uses = "" }) => uses === "./" || uses.startsWith("sarif-gate/sarif-gate@"));
}

/** Whatever a `uses:` names that is neither this checkout nor one commit with a word on what that commit is. */
function unpinnedUses(text: string): string[] {
  const uses = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gmu)].map((match) => match[1] ?? "");
  const pinned = /^(?:\.\/ # zizmor: ignore\[self-repository\]|[\w.-]+\/[\w./-]+@[0-9a-f]{40} # (?:v\d+\.\d+\.\d+|main|your commit))$/u;
  return uses.filter((use) => !pinned.test(use));
}

/** Checkouts that leave the token in the work tree, where every later step and every scanner could read it. */
function checkoutsWithCredentials(text: string): Step[] {
  return jobsOf(text)
    .flatMap(({ steps }) => steps ?? [])
    .filter(({ uses = "", with: given }) => uses.startsWith("actions/checkout@") && given?.["persist-credentials"] !== false);
}

/** Whether nothing is granted at the top, and each job says what it needs. */
function grantsByJob(text: string): boolean {
  const { permissions } = parse(text) as Workflow;
  const none = typeof permissions === "object" && permissions !== null && Object.keys(permissions).length === 0;
  return none && jobsOf(text).every((job) => typeof job.permissions === "object");
}

/** Steps that would put something into the Actions cache or take it out, which any run of the repository could have written. */
function cachingSteps(text: string): Step[] {
  return jobsOf(text)
    .flatMap(({ steps }) => steps ?? [])
    .filter(({ uses = "", with: given = {} }) => {
      const asked = Object.keys(given).some((name) => /^(?:enable-|restore-)?cache/u.test(name));
      const unasked = uses.startsWith("actions/setup-node@") && given["package-manager-cache"] !== false;
      return /^actions\/cache[/@]/u.test(uses) || (/\/setup-[\w-]+@/u.test(uses) && asked) || unasked;
    });
}

describe("every workflow", () => {
  it("is found", () => {
    expect(OWN.length).toBeGreaterThan(1);
    expect(DOCUMENTED.length).toBeGreaterThan(9);
    expect(DOCUMENTED.map(([name]) => name)).toContain("README.md-1.yml");
  });

  it.each(ALL)("%s pins every action to a commit and says which one it is", (_, text) => {
    expect(unpinnedUses(text)).toEqual([]);
  });

  it.each(ALL)("%s grants nothing at the top, and each job says what it needs", (_, text) => {
    expect(grantsByJob(text)).toBe(true);
  });

  it.each(ALL)("%s keeps no credentials in a checkout", (_, text) => {
    expect(checkoutsWithCredentials(text)).toEqual([]);
  });

  it.each(ALL)("%s puts nothing executable into the Actions cache and takes nothing out", (_, text) => {
    expect(cachingSteps(text)).toEqual([]);
  });

  it.each(ALL)("%s limits the time of each job that has steps", (_, text) => {
    expect(jobsOf(text).filter((job) => job.steps !== undefined && job["timeout-minutes"] === undefined)).toEqual([]);
  });

  it.each(ALL)("%s gives each job a name of its own", (_, text) => {
    const names = jobsOf(text).map(({ name }) => name);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(ALL)("%s gives the action only inputs and reads only outputs that it has", (_, text) => {
    const given = gateSteps(text).flatMap((step) => Object.keys(step.with ?? {}));
    const outputs = [...text.matchAll(/steps\.gate\.outputs\.([\w-]+)/gu)].map((match) => match[1] ?? "");
    expect(given.filter((name) => !(name in INPUTS))).toEqual([]);
    expect(outputs.filter((name) => !(name in OUTPUTS))).toEqual([]);
  });
});

describe("our own workflows", () => {
  it("have jobs that no other one is called like, so that a required check means one of them", () => {
    const names = OWN.flatMap(([, text]) => jobsOf(text).map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it("run the action on this repository and may upload", () => {
    const uploading = OWN.flatMap(([, text]) => jobsOf(text)).filter(({ steps = [] }) =>
      steps.some((step) => step.uses === "./" && step.with?.["upload"] !== "never"),
    );
    expect(uploading.map(({ permissions }) => permissions)).toEqual([{ contents: "read", "security-events": "write" }]);
  });
});

describe("the action", () => {
  it("has no library for the Actions cache in its bundle, where a run could store an executable", () => {
    const accepted = read("dependencies.lock");
    expect(accepted).toContain("runtime @actions/core ");
    expect(accepted).not.toContain("runtime @actions/cache ");
  });
});

describe("docs/releasing.md", () => {
  /** Names of the checks that a workflow's jobs report, one for each combination of a matrix. */
  function checkNames(text: string): string[] {
    return jobsOf(text).flatMap(({ name = "", strategy }) => {
      const axes = Object.entries(strategy?.matrix ?? {});
      return axes.reduce<string[]>(
        (names, [axis, values]) => names.flatMap((known) => values.map((value) => known.replace(`\${{ matrix.${axis} }}`, value))),
        [name],
      );
    });
  }

  it("names each check of a pull request as required, and no other", () => {
    const section = read("docs/releasing.md").split("\n## Required checks\n")[1]?.split("\n## ")[0] ?? "";
    const named = [...section.matchAll(/^- `([^`]+)`$/gmu)].map((match) => match[1] ?? "");
    const reported = OWN.filter(([, text]) => "pull_request" in (parse(text) as { on: object }).on).flatMap(([, text]) => checkNames(text));
    expect(reported.length).toBeGreaterThan(10);
    expect(named.toSorted()).toEqual(reported.toSorted());
  });
});

describe("documented workflows", () => {
  it("name one and the same commit of the action", () => {
    const commits = DOCUMENTED.flatMap(([, text]) => [...text.matchAll(/sarif-gate\/sarif-gate@(\S+ # \S+)/gu)].map((match) => match[1]));
    expect(commits.length).toBeGreaterThan(7);
    expect(new Set(commits).size).toBe(1);
  });

  it("pin other actions as our own workflows do", () => {
    const pins = (workflows: typeof ALL) =>
      new Set(workflows.flatMap(([, text]) => [...text.matchAll(/uses: (actions\/.+)$/gmu)].map((match) => match[1])));
    expect([...pins(DOCUMENTED)].filter((pin) => !pins(OWN).has(pin))).toEqual([]);
  });

  it("begin with the one that the README shows", () => {
    expect(blocksOf("README.md")[0]?.[1]).toBe(read("docs/workflows/push-and-pull-request.yml"));
  });

  it("are each explained in docs/code-scanning.md", () => {
    const page = read("docs/code-scanning.md");
    expect(readdirSync(join(ROOT, "docs/workflows")).filter((name) => !page.includes(`](workflows/${name})`))).toEqual([]);
  });

  it("with a schedule have no trigger that would be disabled with it", () => {
    const triggers = DOCUMENTED.map(([, text]) => Object.keys((parse(text) as { on: object }).on)).filter((on) => on.includes("schedule"));
    expect(triggers).toEqual([
      ["schedule", "workflow_dispatch"],
      ["schedule", "workflow_dispatch"],
    ]);
  });
});

/** A workflow with one step, which is sound unless something is put in. */
function oneStep({ step = "run: echo hello", more = "" }: { step?: string; more?: string } = {}): string {
  return `name: sample
on:
  pull_request:
permissions: {}
concurrency:
  group: sample-\${{ github.ref }}
  cancel-in-progress: true
jobs:
  sample:
    name: sample
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions: {}
${more}    steps:
      - name: Greet
        ${step}
`;
}

describe("our own rules find", () => {
  const checkout = (more: string) => oneStep({ step: `uses: actions/checkout@${"0".repeat(40)} # v1.0.0\n        with:\n${more}` });

  it("a workflow that grants something at the top, leaves it to the default, or lets a job inherit", () => {
    expect(grantsByJob(oneStep())).toBe(true);
    expect(grantsByJob(oneStep().replace("permissions: {}\n", "permissions:\n  contents: read\n"))).toBe(false);
    expect(grantsByJob(oneStep().replace("permissions: {}\n", "permissions: write-all\n"))).toBe(false);
    expect(grantsByJob(oneStep().replace("permissions: {}\n", ""))).toBe(false);
    expect(grantsByJob(oneStep().replace("    permissions: {}\n", ""))).toBe(false);
  });

  it("a checkout that keeps credentials", () => {
    expect(checkoutsWithCredentials(checkout("          persist-credentials: false\n"))).toEqual([]);
    expect(checkoutsWithCredentials(checkout("          persist-credentials: true\n"))).toHaveLength(1);
    expect(checkoutsWithCredentials(checkout("          fetch-depth: 1\n"))).toHaveLength(1);
  });

  it.each([
    ["actions/cache", ["path: node_modules", "key: k"]],
    ["actions/cache/restore", ["path: node_modules", "key: k"]],
    ["actions/setup-python", ["cache: pip"]],
    ["actions/setup-node", ["package-manager-cache: false", "cache: npm"]],
    ["actions/setup-node", ["node-version: 24"]],
    ["actions/setup-java", ["cache-dependency-path: pom.xml"]],
    ["somebody/setup-uv", ["enable-cache: true"]],
  ])("a cache of %s with %j", (action, given) => {
    const step = `uses: ${action}@${"0".repeat(40)} # v1.0.0\n        with:\n${given.map((line) => `          ${line}\n`).join("")}`;
    expect(cachingSteps(oneStep({ step }))).toHaveLength(1);
  });

  it("no cache where setup-node is told to keep none", () => {
    const step = `uses: actions/setup-node@${"0".repeat(40)} # v1.0.0\n        with:\n          package-manager-cache: false\n`;
    expect(cachingSteps(oneStep({ step }))).toEqual([]);
  });
});

const INJECTION = oneStep({ step: 'run: echo "${{ github.event.pull_request.title }}"' });
const UNKNOWN_KEY = oneStep({ more: "    run-on: ubuntu-latest\n" });
const UNPINNED = oneStep({ step: "uses: actions/setup-node@v7" });
const UNKNOWN_CONTEXT = oneStep({ step: "run: echo ${{ gihub.sha }}" });

describe("checkers by others", () => {
  const directory = mkdtempSync(join(tmpdir(), "sarif-gate-workflows-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeAll(installCheckers);

  /** Writes workflows side by side, under names that a message can show; returns their paths. */
  function written(workflows: readonly (readonly [name: string, text: string])[]): string[] {
    return workflows.map(([name, text]) => {
      const path = join(directory, name.replaceAll("/", "-").replace(/^\./u, ""));
      writeFileSync(path, text);
      return path;
    });
  }

  it("find nothing in a sound sample", () => {
    const paths = written([["sound.yml", oneStep()]]);
    expect([...auditFindings(paths), ...paths.flatMap((path) => schemaErrors("workflows", path))]).toEqual([]);
  });

  it("zizmor finds nothing in any workflow, nor in action.yml and the configuration of Dependabot", () => {
    expect(auditFindings([...written(ALL), join(ROOT, "action.yml"), DEPENDABOT])).toEqual([]);
  });

  it("zizmor finds a configuration of Dependabot without a cooldown", () => {
    const path = join(directory, "dependabot.yml");
    writeFileSync(path, readFileSync(DEPENDABOT, "utf8").replace("    cooldown:\n      default-days: 7\n", ""));
    expect(auditFindings([path]).join("\n")).toContain("dependabot.yml: dependabot-cooldown");
  });

  it("zizmor finds a script injection", () => {
    expect(auditFindings(written([["injection.yml", INJECTION]])).join("\n")).toContain("injection.yml: template-injection");
  });

  it("zizmor and our own rule find an action that is not pinned to a commit", () => {
    expect(auditFindings(written([["unpinned.yml", UNPINNED]])).join("\n")).toContain("unpinned.yml: unpinned-uses");
    expect(unpinnedUses(UNPINNED)).toEqual(["actions/setup-node@v7"]);
  });

  it("the schema accepts every workflow", () => {
    expect(written(ALL).flatMap((path) => schemaErrors("workflows", path))).toEqual([]);
  });

  it("the schema finds an unknown key of a job", () => {
    const [path = ""] = written([["unknown-key.yml", UNKNOWN_KEY]]);
    expect(schemaErrors("workflows", path)).not.toEqual([]);
  });

  it("the schema accepts action.yml", () => {
    expect(schemaErrors("actions", join(ROOT, "action.yml"))).toEqual([]);
  });

  it("the schema finds an action without a description", () => {
    const [path = ""] = written([["no-description.yml", read("action.yml").replace(/^description: .*\n/mu, "")]]);
    expect(schemaErrors("actions", path).join("\n")).toContain("description");
  });

  it.skipIf(!HAS_GO)("actionlint finds nothing in any workflow", () => {
    expect(lintErrors(written(ALL))).toEqual([]);
  });

  it.skipIf(!HAS_GO)("actionlint finds a script injection, an unknown key and an unknown context", () => {
    const paths = written([
      ["injection.yml", INJECTION],
      ["unknown-key.yml", UNKNOWN_KEY],
      ["unknown-context.yml", UNKNOWN_CONTEXT],
    ]);
    const errors = lintErrors(paths);
    expect(errors.filter((error) => /^injection\.yml: .*untrusted/u.test(error))).toHaveLength(1);
    expect(errors.filter((error) => /^unknown-key\.yml: .*run-on/u.test(error))).toHaveLength(1);
    expect(errors.filter((error) => /^unknown-context\.yml: .*gihub/u.test(error))).toHaveLength(1);
  });
});
