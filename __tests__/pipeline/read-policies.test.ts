// Which policies judge a run: where they are read, and that no change and no input makes them weaker.

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { POLICY_FILE } from "../../src/pipeline/policy-file.ts";
import { type PolicyOptions, readPolicies } from "../../src/pipeline/read-policies.ts";
import { treeAt } from "../../src/pipeline/tree.ts";
import type { FakeTree } from "../support/fake-history.ts";
import { commitId, knownHistory } from "../support/histories.ts";
import { TODAY } from "../support/policies.ts";
import { temporaryDirectories, writeTree } from "../support/temporary-tree.ts";

const temporary = temporaryDirectories();
const BASE = commitId("b");

const STRICT = "version: 1\ngate: {fail-on: low}\n";
const LOOSE = "version: 1\ngate: {fail-on: never}\n";

interface Situation {
  /** Contents of the head's files by path. */
  readonly head?: Record<string, string>;
  readonly base?: FakeTree | null;
  readonly config?: Partial<PolicyOptions["config"]>;
  readonly within?: string;
}

function optionsOf({ head = {}, base = null, config = {}, within = "" }: Situation): PolicyOptions & { root: string } {
  const root = writeTree(temporary(), head);
  return {
    root,
    config: { policyFile: null, failOn: null, scanners: ["bandit", "safety", "trivy"], ...config },
    checkout: { root, within, source: "git", revision: commitId("a"), tree: treeAt(root) },
    baseCommit: base === null ? null : BASE,
    history: knownHistory({ commits: base === null ? {} : { [BASE]: { tree: base } } }),
    today: TODAY,
  };
}

const policiesOf = async (situation: Situation) => await readPolicies(optionsOf(situation));

async function problemsOf(options: PolicyOptions): Promise<readonly string[]> {
  try {
    await readPolicies(options);
    return [];
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigError);
    return thrown instanceof ConfigError ? thrown.problems : [];
  }
}

const rules = ({ all }: Awaited<ReturnType<typeof policiesOf>>) => all.map(({ gate }) => gate.rules.map(({ name }) => name).join());

describe("without a base", () => {
  it("the file of the tree judges", async () => {
    const policies = await policiesOf({ head: { [POLICY_FILE]: STRICT } });
    expect(rules(policies)).toEqual(["fail-on: low"]);
    expect(policies).toMatchObject({ all: [{ source: POLICY_FILE }], changes: [] });
  });

  it("`fail-on` judges where there is no file, and high where it is not given", async () => {
    expect(rules(await policiesOf({ config: { failOn: "medium" } }))).toEqual(["fail-on: medium"]);
    expect(rules(await policiesOf({}))).toEqual(["fail-on: high"]);
  });

  it("`fail-on` judges beside a file that does not say what fails", async () => {
    const head = { [POLICY_FILE]: "version: 1\nexclude: [vendor/**]\n" };
    expect(rules(await policiesOf({ head, config: { failOn: "medium" } }))).toEqual(["fail-on: medium"]);
  });

  it("`fail-on` and a file that says it too are an error that names both", async () => {
    const options = optionsOf({ head: { [POLICY_FILE]: STRICT }, config: { failOn: "high" } });
    expect(await problemsOf(options)).toEqual([
      `\`fail-on\` is high and ${POLICY_FILE} has \`gate\`, and only one can say what fails. Remove one of them.`,
    ]);
  });

  it("every problem of a file has its place", async () => {
    const options = optionsOf({ head: { [POLICY_FILE]: "version: 1\nexlude: []\ngate: {fail-on: hgih}\n" } });
    expect(await problemsOf(options)).toEqual([
      expect.stringMatching(/^\.github\/sarif-gate\.yml:2:1: .*exclude/),
      expect.stringMatching(/^\.github\/sarif-gate\.yml:3:\d+: .*high/),
    ]);
  });
});

describe("a file that is named", () => {
  it("judges in place of the usual one", async () => {
    const options = optionsOf({ head: { "gate.yml": STRICT, [POLICY_FILE]: LOOSE } });
    const config = { ...options.config, policyFile: join(options.root, "gate.yml") };
    expect(rules(await readPolicies({ ...options, config }))).toEqual(["fail-on: low"]);
  });

  it("must exist", async () => {
    const options = optionsOf({});
    const named = (file: string) => ({ ...options, config: { ...options.config, policyFile: file } });
    expect(await problemsOf(named(join(options.root, "gate.yml")))).toEqual([expect.stringContaining("does not exist: gate.yml")]);
    expect(await problemsOf(named(join(temporary(), "gate.yml")))).toEqual([expect.stringContaining("cannot be found")]);
  });

  it("is trusted as given when it lies outside of the root, whatever base and head have", async () => {
    const outside = join(temporary(), "gate.yml");
    writeFileSync(outside, STRICT);
    const options = optionsOf({ head: { [POLICY_FILE]: LOOSE }, base: { [POLICY_FILE]: LOOSE } });
    expect(rules(await readPolicies({ ...options, config: { ...options.config, policyFile: outside } }))).toEqual(["fail-on: low"]);
  });

  it("is read through a link that lies outside of the root, and is no directory or huge file", async () => {
    const outside = writeTree(temporary(), { "gate.yml": STRICT, "huge.yml": " ".repeat(2 * 1024 * 1024) });
    symlinkSync("gate.yml", join(outside, "link.yml"));
    const options = optionsOf({});
    const named = (name: string) => ({ ...options, config: { ...options.config, policyFile: join(outside, name) } });
    expect(rules(await readPolicies(named("link.yml")))).toEqual(["fail-on: low"]);
    expect(await problemsOf(named("huge.yml"))).toEqual([`The policy file ${join(outside, "huge.yml")} is too large.`]);
    expect(await problemsOf(named("."))).toEqual([expect.stringContaining("is no file that can be read (directory)")]);
  });

  it("is inside of the root however the root is spelled", async () => {
    const options = optionsOf({ head: { "gate.yml": LOOSE }, base: { "gate.yml": STRICT } });
    const alias = join(temporary(), "alias");
    symlinkSync(options.root, alias);
    const policies = await readPolicies({ ...options, config: { ...options.config, policyFile: join(alias, "gate.yml") } });
    expect(rules(policies)).toEqual(["fail-on: low", ""]);
  });

  it("is judged beside the base's where a folder of the change leads back to the root", async () => {
    const options = optionsOf({ head: { "gate.yml": LOOSE }, base: { "ci/gate.yml": STRICT } });
    symlinkSync(".", join(options.root, "ci"));
    const named = { ...options, config: { ...options.config, policyFile: join(options.root, "ci/gate.yml") } };
    expect(await problemsOf(named)).toEqual([expect.stringContaining("ci/gate.yml is no file that can be read (symlink)")]);
  });

  it("is no link to a file outside, which would be trusted as given", async () => {
    const outside = join(temporary(), "gate.yml");
    writeFileSync(outside, LOOSE);
    const options = optionsOf({ base: { "gate.yml": STRICT } });
    symlinkSync(outside, join(options.root, "gate.yml"));
    const named = { ...options, config: { ...options.config, policyFile: join(options.root, "gate.yml") } };
    expect(await problemsOf(named)).toEqual([expect.stringContaining("gate.yml is no file that can be read (symlink)")]);
  });
});

describe("with a base", () => {
  it("both judge, and what the change does to the policy is said", async () => {
    const policies = await policiesOf({ head: { [POLICY_FILE]: LOOSE }, base: { [POLICY_FILE]: STRICT } });
    expect(rules(policies)).toEqual(["fail-on: low", ""]);
    expect(policies.all.map(({ source }) => source)).toEqual([`${POLICY_FILE} at ${BASE.slice(0, 12)}`, POLICY_FILE]);
    expect(policies.changes).toMatchObject([{ effect: "ignored" }]);
  });

  it("one judges where both are the same", async () => {
    const policies = await policiesOf({ head: { [POLICY_FILE]: STRICT }, base: { [POLICY_FILE]: STRICT } });
    expect(policies).toMatchObject({ all: [{ source: POLICY_FILE }], changes: [] });
  });

  it("a deleted file judges alone until the change is merged", async () => {
    const policies = await policiesOf({ base: { [POLICY_FILE]: STRICT } });
    expect(rules(policies)).toEqual(["fail-on: low"]);
    expect(policies.changes).toEqual([
      { key: "policy file", base: `${POLICY_FILE} at ${BASE.slice(0, 12)}`, head: null, effect: "ignored" },
    ]);
  });

  it("a named file that the change deletes judges too", async () => {
    const options = optionsOf({ base: { "gate.yml": STRICT } });
    expect(rules(await readPolicies({ ...options, config: { ...options.config, policyFile: join(options.root, "gate.yml") } }))).toEqual([
      "fail-on: low",
    ]);
  });

  it("a first policy file cannot loosen what held without one", async () => {
    expect(rules(await policiesOf({ head: { [POLICY_FILE]: LOOSE }, base: {} }))).toEqual(["fail-on: high", ""]);
  });

  it("`fail-on` cannot stand against what the base says", async () => {
    const options = optionsOf({ base: { [POLICY_FILE]: STRICT }, config: { failOn: "never" } });
    expect(await problemsOf(options)).toEqual([expect.stringMatching(/fail-on.*never.*sarif-gate\.yml at b+ has `gate`/)]);
  });

  it("a base policy that is wrong, no file, or cannot be had is an error, never a default", async () => {
    expect(await problemsOf(optionsOf({ base: { [POLICY_FILE]: "version: 2\n" } }))).toEqual([
      expect.stringMatching(/sarif-gate\.yml at b{12}:1:10: /),
      expect.stringContaining("mend it there first"),
    ]);
    await expect(policiesOf({ base: { [POLICY_FILE]: { symlink: "elsewhere" } } })).rejects.toMatchObject({
      code: "base-unavailable",
      message: expect.stringContaining("symlink"),
    });
    const options = optionsOf({ base: { ".github": { submodule: commitId("c") } } });
    await expect(readPolicies(options)).rejects.toMatchObject({
      code: "base-unavailable",
      message: expect.stringContaining("lies in, a submodule"),
    });
    await expect(readPolicies({ ...options, history: knownHistory({ commits: {} }) })).rejects.toMatchObject({ code: "base-unavailable" });
  });

  it("a head policy that is wrong is an error too", async () => {
    expect(await problemsOf(optionsOf({ head: { [POLICY_FILE]: "" }, base: { [POLICY_FILE]: STRICT } }))).toHaveLength(1);
  });

  it("a head policy that is no readable file is an error, not a deletion", async () => {
    const options = optionsOf({ base: { [POLICY_FILE]: STRICT } });
    mkdirSync(join(options.root, POLICY_FILE), { recursive: true });
    expect(await problemsOf(options)).toEqual([expect.stringContaining("(directory)")]);
    rmSync(join(options.root, POLICY_FILE), { recursive: true });
    expect(await problemsOf(options)).toEqual([]);
  });
});

describe("what a policy requires", () => {
  const requiring = "version: 1\nrequire: {scanners: [bandit, trivy], path: .}\n";

  it("the inputs must ask for", async () => {
    const situation: Situation = { head: { [POLICY_FILE]: requiring } };
    expect(await problemsOf(optionsOf(situation))).toEqual([]);
    expect(await problemsOf(optionsOf({ ...situation, config: { scanners: ["bandit", "safety"] } }))).toEqual([
      `${POLICY_FILE} requires the scanner trivy: add to \`scanners\`.`,
    ]);
    expect(await problemsOf(optionsOf({ ...situation, within: "src" }))).toEqual([
      `${POLICY_FILE} requires that \`path\` covers ., and it is src.`,
    ]);
  });

  it("what both policies require is told once", async () => {
    const head = { [POLICY_FILE]: `${requiring}exclude: [vendor/**]\n` };
    const options = optionsOf({ head, base: { [POLICY_FILE]: requiring }, config: { scanners: ["safety"] } });
    expect(await problemsOf(options)).toEqual([
      `${POLICY_FILE} at ${BASE.slice(0, 12)} and ${POLICY_FILE} require the scanners bandit, trivy: add to \`scanners\`.`,
    ]);
  });

  it("the base's policy requires too, also when the change deletes it", async () => {
    const options = optionsOf({ base: { [POLICY_FILE]: requiring }, config: { scanners: ["safety"] } });
    expect(await problemsOf(options)).toEqual([expect.stringContaining("requires the scanners bandit, trivy")]);
  });

  it.each([
    ["src", "src", true],
    ["src/shop", "src", true],
    ["src", "src/shop", false],
    ["source", "src", false],
  ])("the path %s is covered by %s: %s", async (path, within, covered) => {
    const head = { [POLICY_FILE]: `version: 1\nrequire: {path: ${path}}\n` };
    expect((await problemsOf(optionsOf({ head, within }))).length === 0).toBe(covered);
  });
});
