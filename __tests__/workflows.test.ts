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

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: unknown;
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
    const { permissions } = parse(text) as Workflow;
    expect(permissions).toEqual({});
    expect(jobsOf(text).filter((job) => job.permissions === undefined)).toEqual([]);
  });

  it.each(ALL)("%s keeps no credentials in a checkout", (_, text) => {
    const checkouts = jobsOf(text)
      .flatMap(({ steps }) => steps ?? [])
      .filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
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

  it("zizmor finds nothing in any workflow, nor in action.yml", () => {
    expect(auditFindings([...written(ALL), join(ROOT, "action.yml")])).toEqual([]);
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
