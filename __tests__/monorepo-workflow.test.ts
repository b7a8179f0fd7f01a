// The two scripts of docs/workflows/monorepo.yml, run as GitHub runs them: the plan on real git repositories, the gate on every way its needs can end.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { commit, type Files } from "./support/stories.ts";
import { git, temporaryDirectories } from "./support/temporary-tree.ts";

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly if?: string; readonly steps: readonly Step[] }>>;
}

interface PlannedJob {
  readonly path: string;
  readonly category: string;
  readonly policy: string;
}

interface Planned {
  readonly status: number | null;
  readonly said: string;
  /** Null when the step set no output. */
  readonly jobs: readonly PlannedJob[] | null;
}

const WORKFLOW = parse(readFileSync(join(import.meta.dirname, "..", "docs", "workflows", "monorepo.yml"), "utf8")) as Workflow;
const PLAN = scriptOf("plan");
const GATE = scriptOf("gate");
const REST_POLICY = ".github/sarif-gate-rest.yml";
const ALL = ["libs/common", "services/billing", "services/storefront", "."];

const MONOREPO: Files = {
  "README.md": "A shop.\n",
  "requirements.txt": "six==1.16.0\n",
  ".github/sarif-gate.yml": "version: 1\n",
  [REST_POLICY]: 'version: 1\nexclude: ["services/*/**", "libs/*/**"]\n',
  "services/README.md": "What we run.\n",
  "services/billing/app.py": "TOTAL = 1\n",
  "services/storefront/views.py": "PAGE = 1\n",
  "libs/common/money.py": "PENNY = 1\n",
};

const temporaryDirectory = temporaryDirectories();

/** Python itself: what is called so may be a shell script that looks for one each time. */
const PYTHON = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trimEnd();

const ORIGINAL = mkdtempSync(join(tmpdir(), "sarif-gate-monorepo-"));
git(ORIGINAL, "init", "--quiet");
commit(ORIGINAL, MONOREPO);
afterAll(() => rmSync(ORIGINAL, { recursive: true }));

function scriptOf(job: string): Step & { readonly run: string } {
  const step = WORKFLOW.jobs[job]?.steps.find(({ run }) => run !== undefined);
  return { ...step, run: step?.run ?? "" };
}

/** A copy of the one monorepo, with more files in a commit of their own. */
function monorepo(more: Files = {}): string {
  const root = temporaryDirectory();
  cpSync(ORIGINAL, root, { recursive: true });
  if (Object.keys(more).length > 0) commit(root, more);
  return root;
}

/** Puts `change` on a branch and checks out its test merge into `main`, as a pull request's run does. */
function pullRequest(root: string, change: () => void): string {
  git(root, "checkout", "--quiet", "-b", "change");
  change();
  commit(root);
  git(root, "checkout", "--quiet", "--detach", "main");
  git(root, "merge", "--quiet", "--no-ff", "--no-edit", "change");
  return root;
}

/** Plans in a checkout. `base` is what the workflow's expression gives: the first parent on pull_request, a commit on merge_group, and nothing elsewhere. */
function plan(root: string, base = "HEAD^1"): Planned {
  const temp = temporaryDirectory();
  const output = join(temp, "output");
  writeFileSync(output, "");
  writeFileSync(join(temp, "plan.py"), PLAN.run);
  const env = { ...PLAN.env, PATH: process.env["PATH"] ?? "", HOME: temp, GITHUB_OUTPUT: output, BASE: base };
  const { status, stdout, stderr } = spawnSync(PYTHON, [join(temp, "plan.py")], { cwd: root, env, encoding: "utf8" });
  const text = readFileSync(output, "utf8");
  expect(text).toMatch(/^(?:jobs=.*\n)?$/u);
  return { status, said: stdout + stderr, jobs: text === "" ? null : (JSON.parse(text.slice("jobs=".length)) as PlannedJob[]) };
}

function pathsOf({ jobs }: Planned): string[] | null {
  return jobs === null ? null : jobs.map(({ path }) => path);
}

/** Plans for a pull request that edits files of the monorepo; null removes one. */
function planFor(change: Files): string[] | null {
  const root = monorepo();
  return pathsOf(plan(pullRequest(root, () => commit(root, change))));
}

describe("the plan of a pull request", () => {
  it("names the one part that is touched, in a category of its own and with the policy of the root", () => {
    const root = monorepo();
    const planned = plan(pullRequest(root, () => commit(root, { "services/billing/app.py": "TOTAL = 2\n" })));
    expect(planned.jobs).toEqual([{ path: "services/billing", category: "sarif-gate/services/billing", policy: "" }]);
    expect(planned.said).toBe("1 of 3 parts are scanned.\n");
  });

  it("names every touched part", () => {
    const paths = planFor({ "services/billing/app.py": "TOTAL = 2\n", "libs/common/new/coin.py": "COIN = 1\n" });
    expect(paths).toEqual(["libs/common", "services/billing"]);
  });

  it("tells a part from one whose name begins like its own", () => {
    const root = monorepo({ "services/billing2/app.py": "TOTAL = 1\n" });
    const change = () => commit(root, { "services/billing2/app.py": "TOTAL = 2\n" });
    expect(pathsOf(plan(pullRequest(root, change)))).toEqual(["services/billing2"]);
  });

  it("says so when nothing is changed", () => {
    const root = monorepo();
    expect(plan(pullRequest(root, () => undefined))).toEqual({ status: 0, said: "0 of 3 parts are scanned.\n", jobs: [] });
  });

  it.each(["requirements.txt", ".github/sarif-gate.yml", ".github/workflows/security.yml", "services/README.md", "services-of-old/app.py"])(
    "names all parts and the rest when %s is changed, which lies in no part",
    (path) => {
      expect(planFor({ [path]: "# changed\n" })).toEqual(ALL);
    },
  );

  it("names the part that lost files", () => {
    const root = monorepo({ "services/billing/old.py": "OLD = 1\n" });
    expect(pathsOf(plan(pullRequest(root, () => rmSync(join(root, "services/billing/old.py")))))).toEqual(["services/billing"]);
  });

  it("names both parts when a file is moved from one to the other", () => {
    const root = monorepo({ "services/billing/long.py": "# the same line\n".repeat(40) });
    const move = () => renameSync(join(root, "services/billing/long.py"), join(root, "services/storefront/long.py"));
    expect(pathsOf(plan(pullRequest(root, move)))).toEqual(["services/billing", "services/storefront"]);
  });

  it("names what is left, and the rest, when a part is deleted", () => {
    const root = monorepo();
    const paths = pathsOf(plan(pullRequest(root, () => rmSync(join(root, "services/billing"), { recursive: true }))));
    expect(paths).toEqual(["libs/common", "services/storefront", "."]);
  });

  it("names a renamed part by its new name, with all others, because the old one is none any more", () => {
    const root = monorepo();
    const paths = pathsOf(plan(pullRequest(root, () => renameSync(join(root, "services/billing"), join(root, "services/invoices")))));
    expect(paths).toEqual(["libs/common", "services/invoices", "services/storefront", "."]);
  });

  it("names a new part", () => {
    expect(planFor({ "services/search/app.py": "QUERY = 1\n" })).toEqual(["services/search"]);
  });

  it("does not look at what main has got meanwhile", () => {
    const root = monorepo();
    git(root, "checkout", "--quiet", "-b", "change");
    commit(root, { "services/billing/app.py": "TOTAL = 2\n" });
    git(root, "checkout", "--quiet", "main");
    commit(root, { "services/storefront/views.py": "PAGE = 2\n" });
    git(root, "checkout", "--quiet", "--detach");
    git(root, "merge", "--quiet", "--no-ff", "--no-edit", "change");
    expect(pathsOf(plan(root))).toEqual(["services/billing"]);
  });

  it("sees a submodule that is moved, whatever its settings say of being ignored", () => {
    const root = monorepo({ ".gitmodules": '[submodule "s"]\n\tpath = services/billing/s\n\turl = ./s\n\tignore = all\n' });
    const link = (id: string) => git(root, "update-index", "--add", "--cacheinfo", `160000,${id.repeat(40)},services/billing/s`);
    mkdirSync(join(root, "services/billing/s"));
    link("1");
    git(root, "commit", "--quiet", "--message", "a submodule");
    git(root, "checkout", "--quiet", "-b", "change");
    link("2");
    git(root, "commit", "--quiet", "--message", "another commit of it");
    git(root, "checkout", "--quiet", "--detach", "main");
    git(root, "merge", "--quiet", "--no-ff", "--no-edit", "change");
    expect(pathsOf(plan(root))).toEqual(["services/billing"]);
  });

  it("needs the two commits and their folders, and no content that the checkout of .github leaves behind", () => {
    const root = monorepo();
    pullRequest(root, () => commit(root, { "services/billing/app.py": "TOTAL = 2\n" }));
    git(root, "branch", "merge");
    git(root, "config", "uploadpack.allowFilter", "true");
    const checkout = join(temporaryDirectory(), "checkout");
    git(root, "clone", "--quiet", "--no-checkout", "--depth=2", "--filter=blob:none", "--branch=merge", `file://${root}`, checkout);
    git(checkout, "sparse-checkout", "set", ".github");
    git(checkout, "checkout", "--quiet", "--detach", "HEAD");
    git(checkout, "remote", "set-url", "origin", "file:///nowhere");
    expect(() => git(checkout, "cat-file", "-p", "HEAD:services/billing/app.py")).toThrow(/nowhere/u);
    expect(pathsOf(plan(checkout))).toEqual(["services/billing"]);
  });

  it.each([
    "a\nb.py",
    "a'b.py",
    'a"b.py',
    "$(touch owned).py",
    "`touch owned`.py",
    "a%0Ajobs=[].py",
    "; touch owned #.py",
    "-rf",
    "\u2028é\u202e.py",
  ])("takes a file that is called %j for data", (name) => {
    const root = monorepo();
    const planned = plan(pullRequest(root, () => commit(root, { [`services/billing/${name}`]: "" })));
    expect(planned).toEqual({
      status: 0,
      said: "1 of 3 parts are scanned.\n",
      jobs: [expect.objectContaining({ path: "services/billing" })],
    });
    expect(() => readFileSync(join(root, "owned"))).toThrow(/ENOENT/u);
  });

  it("takes a file whose name is not text for data", () => {
    const root = monorepo();
    const write = () => writeFileSync(Buffer.concat([Buffer.from(`${root}/services/billing/`), Buffer.from([0xff, 0xfe])]), "");
    expect(pathsOf(plan(pullRequest(root, write)))).toEqual(["services/billing"]);
  });

  it("imports nothing from the checkout", () => {
    expect(planFor({ "json.py": "raise SystemExit(0)\n", "re.py": "raise SystemExit(0)\n" })).toEqual(ALL);
  });
});

describe("the plan of a merge group", () => {
  it("compares with the commit that the group is put upon, however many commits it has", () => {
    const root = monorepo();
    const base = git(root, "rev-parse", "HEAD");
    commit(root, { "services/billing/app.py": "TOTAL = 2\n" });
    commit(root, { "libs/common/money.py": "PENNY = 2\n" });
    expect(pathsOf(plan(root, base))).toEqual(["libs/common", "services/billing"]);
  });
});

describe("the plan of every other event", () => {
  it("names all parts and the rest, the first push of all included, which has no commit before it", () => {
    const planned = plan(monorepo(), "");
    expect(pathsOf(planned)).toEqual(ALL);
    expect(planned.jobs?.at(-1)).toEqual({ path: ".", category: "sarif-gate", policy: REST_POLICY });
  });

  it("gives each job a category of its own", () => {
    const categories = plan(monorepo(), "").jobs?.map(({ category }) => category) ?? [];
    expect(new Set(categories).size).toBe(ALL.length);
  });
});

describe("the plan fails and names no job", () => {
  const failed = (said: string) => ({ status: 1, jobs: null, said: expect.stringContaining(said) });
  const services = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`services/s${index}/app.py`, "ONE = 1\n"]));

  it.each(["a\nb", "a b", "a\n", " a", "$(touch owned)", 'a"b', "a::error::b", "é"])("for a part that is called %j", (name) => {
    expect(plan(monorepo({ [`services/${name}/app.py`]: "" }), "")).toEqual(failed("::error::Parts may have letters"));
  });

  it("with a message of one line, whatever the part is called", () => {
    const { said } = plan(monorepo({ "services/a\n::set-output name=jobs::[]/app.py": "" }), "");
    expect(said.trimEnd().split("\n")).toHaveLength(1);
  });

  it("for more jobs than GitHub runs, and not for as many", () => {
    expect(plan(monorepo(services(253)), "")).toEqual(failed("256 parts and the rest"));
    expect(plan(monorepo(services(252)), "").jobs).toHaveLength(256);
  });

  it("for more parts than GitHub runs, also where only one of them is touched", () => {
    const root = monorepo(services(252));
    expect(plan(pullRequest(root, () => commit(root, { "services/one-more/app.py": "" })))).toEqual(failed("256 parts and the rest"));
  });

  it("where there is no part", () => {
    const root = temporaryDirectory();
    git(root, "init", "--quiet");
    commit(root, { "app.py": "" });
    expect(plan(root, "")).toEqual(failed("::error::There is no folder in services or libs."));
  });

  it.each([
    ["leaves one of the folders to nobody", 'version: 1\nexclude: ["services/*/**", "libs/*/**", "tools/**"]\n'],
    ["scans a part once more", 'version: 1\nexclude: ["services/*/**"]\n'],
    ["has it in a comment only", 'version: 1\n# exclude: ["services/*/**", "libs/*/**"]\n'],
  ])("where the policy of the rest %s", (_, policy) => {
    expect(plan(monorepo({ [REST_POLICY]: policy }), "")).toEqual(failed('has to have this line: exclude: ["services/*/**", "libs/*/**"]'));
  });

  it("where the rest has no policy", () => {
    const root = monorepo();
    commit(root, { [REST_POLICY]: null });
    expect(plan(root, "")).toEqual(failed("No such file"));
  });

  it("where the commit that is checked out for a pull request is no test merge", () => {
    const root = monorepo();
    commit(root, { "services/billing/app.py": "TOTAL = 2\n" });
    expect(plan(root)).toEqual(failed("HEAD^2"));
  });

  it.each(["0".repeat(40), "0123456789abcdef0123456789abcdef01234567"])("where the base %s is not there", (base) => {
    expect(plan(monorepo(), base)).toEqual(failed(base));
  });
});

describe("the required job", () => {
  /** Runs its script with the default shell of a Linux runner. */
  function gate(planResult: string, jobs: string, partsResult: string): number | null {
    const env = { PATH: process.env["PATH"] ?? "", PLAN: planResult, JOBS: jobs, PARTS: partsResult };
    return spawnSync("bash", ["-e", "-c", GATE.run], { env }).status;
  }

  const JOBS = JSON.stringify([{ path: "services/billing", category: "sarif-gate/services/billing", policy: "" }]);
  const RESULTS = ["success", "failure", "cancelled", "skipped", ""];

  it("runs whatever becomes of the others", () => {
    expect(WORKFLOW.jobs["gate"]?.if).toBe("always()");
  });

  it("passes when the plan and every part passed", () => {
    expect(gate("success", JOBS, "success")).toBe(0);
  });

  it("passes when the plan says that there is nothing to scan", () => {
    expect(gate("success", "[]", "skipped")).toBe(0);
  });

  it.each(RESULTS.filter((result) => result !== "success"))("fails when the plan ended with %j, whatever the parts did", (result) => {
    for (const parts of RESULTS) for (const jobs of [JOBS, "[]", ""]) expect(gate(result, jobs, parts)).toBe(1);
  });

  it.each(RESULTS.filter((result) => result !== "success"))("fails when the parts ended with %j and there were some", (result) => {
    for (const jobs of [JOBS, ""]) expect(gate("success", jobs, result)).toBe(1);
  });

  it.each(["failure", "cancelled", ""])("fails when there was nothing to scan and the parts ended with %j all the same", (result) => {
    expect(gate("success", "[]", result)).toBe(1);
  });
});
