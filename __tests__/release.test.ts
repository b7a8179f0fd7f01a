// States what the release workflow promises, each promise beside a workflow that breaks it; and tests the script that lets a commit through.

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { VERSION } from "../src/version.ts";
import { type Answer, serveOnLoopback } from "./support/loopback.ts";
import { git, temporaryDirectories, writeTree } from "./support/temporary-tree.ts";

const ROOT = join(import.meta.dirname, "..");
const temporaryDirectory = temporaryDirectories();
const RELEASE = readFileSync(join(ROOT, ".github/workflows/release.yml"), "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

function workflow(text: string): Workflow {
  return parse(text) as Workflow;
}

function jobOf(text: string, name: string): Job {
  return workflow(text).jobs[name] ?? { steps: [] };
}

function allSteps(text: string): Step[] {
  return Object.values(workflow(text).jobs).flatMap(({ steps }) => steps);
}

/** Place of the first step of a job that has these words in its script or its action; -1 without one. */
function placeOf(job: Job, words: string): number {
  return job.steps.findIndex(({ run = "", uses = "" }) => run.includes(words) || uses.includes(words));
}

/** Whether steps with these words are all there, in this order. */
function inOrder(job: Job, words: readonly string[]): boolean {
  const places = words.map((word) => placeOf(job, word));
  return places.every((place, index) => place > (places[index - 1] ?? -1));
}

/** Commands of a script after joining lines; a step may hold several. */
function commands(text: string, start: string): string[] {
  return allSteps(text).flatMap(({ run = "" }) => run.split("\n").filter((line) => line.trim().startsWith(start)));
}

type Promised = readonly [promise: string, holds: (text: string) => boolean, broken: readonly [from: string | RegExp, to: string]];

const PROMISES: readonly Promised[] = [
  [
    "is started by a person and by nothing else",
    (text) => Object.keys(workflow(text).on).join() === "workflow_dispatch",
    ["on:\n", "on:\n  push:\n    tags: ['v*']\n"],
  ],
  [
    "grants nothing at the top",
    (text) => Object.keys(Object(workflow(text).permissions)).length === 0,
    ["permissions: {}", "permissions:\n  contents: write"],
  ],
  [
    "never runs twice at once, and is not cut off in the middle",
    (text) => workflow(text).concurrency?.group === "release" && workflow(text).concurrency?.["cancel-in-progress"] === false,
    ["cancel-in-progress: false", "cancel-in-progress: true"],
  ],
  [
    "verifies with read permissions only",
    (text) => Object.values(jobOf(text, "verify").permissions ?? { all: "write" }).every((level) => level === "read"),
    ["contents: read # checkout", "contents: write # checkout"],
  ],
  [
    "verifies branch, version and checks, then the pins, then runs the test command, then rebuilds dist",
    (text) => inOrder(jobOf(text, "verify"), ["scripts/verify-release.mjs", "scripts/verify-pins.mjs", ".ci/run", "npm run check-dist"]),
    ["npm run check-dist && ", ""],
  ],
  ["publishes only after the verification", (text) => jobOf(text, "release").needs === "verify", ["    needs: verify\n", ""]],
  [
    "publishes only through the environment that people approve",
    (text) => jobOf(text, "release").environment === "release",
    ["    environment: release\n", ""],
  ],
  [
    "publishes with the permissions for a release, its signature and its attestation, and no other",
    (text) => Object.keys(jobOf(text, "release").permissions ?? {}).join() === "attestations,contents,id-token",
    ["id-token: write # sign the attestation as this workflow", "id-token: write\n      packages: write"],
  ],
  [
    "checks out the verified commit in both jobs, without keeping credentials",
    (text) =>
      allSteps(text).filter(
        ({ uses = "", with: given = {} }) =>
          uses.startsWith("actions/checkout@") && given["ref"] === "${{ github.sha }}" && given["persist-credentials"] === false,
      ).length === 2,
    [/ref: \$\{\{ github\.sha \}\}/u, "ref: main"],
  ],
  [
    "builds nothing where it may publish",
    (text) => jobOf(text, "release").steps.every(({ run = "" }) => !/\b(?:npm|npx|node|pip|curl|wget)\b/u.test(run)),
    ['mkdir "$RUNNER_TEMP/release"', 'mkdir "$RUNNER_TEMP/release" && npm ci'],
  ],
  [
    "attests the committed files of dist before it publishes them",
    (text) =>
      inOrder(jobOf(text, "release"), ["git ls-files -z dist | xargs -0 sha256sum", "actions/attest@", "gh release create"]) &&
      jobOf(text, "release").steps.some((step) => step.with?.["subject-checksums"] === "${{ runner.temp }}/release/SHA256SUMS"),
    ["subject-checksums:", "subject-path:"],
  ],
  [
    "drafts the release of the verified commit with all its files",
    (text) => {
      const [create = "", ...more] = commands(text, "gh release create");
      return more.length === 0 && ["--draft", '--target "$GITHUB_SHA"', '"$RUNNER_TEMP"/release/*'].every((part) => create.includes(part));
    },
    ["--draft --target", "--target"],
  ],
  [
    "publishes the draft once and changes nothing after that",
    (text) =>
      commands(text, "gh release")
        .slice(1)
        .map((line) => line.trim())
        .join() === 'gh release edit "v$VERSION" --draft=false',
    [
      'gh release edit "v$VERSION" --draft=false\n',
      'gh release edit "v$VERSION" --draft=false\n          gh release upload "v$VERSION" more\n',
    ],
  ],
  [
    "fails in the end unless the release is immutable and its tag names the verified commit",
    (text) => {
      const { run = "" } = jobOf(text, "release").steps.at(-1) ?? {};
      return [".immutable)", '[ "$immutable" != true ]', '[ "$commit" != "$GITHUB_SHA" ]', "exit 1"].every((part) => run.includes(part));
    },
    ['[ "$immutable" != true ] || ', ""],
  ],
  [
    "makes full version tags only and moves none",
    (text) =>
      !/git (?:tag|push)|git\/refs|--force|update-ref/u.test(text) &&
      [...text.matchAll(/"v\$[^"]+"/gu)].every(([tag]) => tag === '"v$VERSION"'),
    [
      'gh release edit "v$VERSION" --draft=false\n',
      'gh release edit "v$VERSION" --draft=false\n          git tag --force v1 && git push --force origin v1\n',
    ],
  ],
  [
    "restores and saves no cache",
    (text) =>
      !/actions\/cache|cache-dependency-path|^\s+cache:/mu.test(text) &&
      allSteps(text).every(
        ({ uses = "", with: given = {} }) => !uses.startsWith("actions/setup-node@") || given["package-manager-cache"] === false,
      ),
    ["          package-manager-cache: false\n", ""],
  ],
  [
    "runs no action but GitHub's own",
    (text) => allSteps(text).every(({ uses = "actions/" }) => uses.startsWith("actions/")),
    ["uses: actions/attest@", "uses: somebody/attest@"],
  ],
  [
    "puts no expression into a script",
    (text) => allSteps(text).every(({ run = "" }) => !run.includes("${{")),
    ['verify-release.mjs "$VERSION"', 'verify-release.mjs "${{ inputs.version }}"'],
  ],
];

describe("the release workflow", () => {
  it.each(PROMISES)("%s", (_, holds) => {
    expect(holds(RELEASE)).toBe(true);
  });

  it.each(PROMISES)("would be found out if it broke the promise that it %s", (_, holds, [from, to]) => {
    const mutated = RELEASE.replace(from, () => to);
    expect(mutated).not.toBe(RELEASE);
    expect(holds(mutated)).toBe(false);
  });

  it("relies on a test command that compares dist with a clean rebuild", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
    expect(scripts["test"]).toContain("npm run check-dist");
    expect(readFileSync(join(ROOT, ".ci/run"), "utf8")).toMatch(/^npm cit$/mu);
  });
});

/** The script of the step of the release job that has these words in it. */
function scriptOf(words: string): string {
  return jobOf(RELEASE, "release").steps[placeOf(jobOf(RELEASE, "release"), words)]?.run ?? "";
}

/** Runs a script as the runner does, in a directory, with these variables. Returns its exit status and what it wrote on stdout. */
async function bash(script: string, cwd: string, variables: Readonly<Record<string, string>>) {
  const env = { PATH: process.env["PATH"], VERSION: "1.2.3", GITHUB_REPOSITORY: "owner/name", ...variables };
  const run = promisify(execFile)("bash", ["-e", "-o", "pipefail", "-c", script], { cwd, env });
  return run.then(
    ({ stdout }) => ({ status: 0, output: stdout }),
    ({ code, stdout }) => ({ status: code, output: String(stdout) }),
  );
}

describe("the steps of the release job", () => {
  it("collect the committed files of dist and their digests, and nothing that only lies there", async () => {
    const root = writeTree(temporaryDirectory(), {
      "action.yml": "name: x\n",
      LICENSE: "MIT\n",
      "dist/main.js": "main\n",
      "dist/locks/a b.txt": "lock\n",
      "src/secret.ts": "source\n",
    });
    git(root, "init", "--quiet");
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--message", "all");
    writeTree(root, { "dist/stray.js": "stray\n" });
    const temp = temporaryDirectory();
    const commit = git(root, "rev-parse", "HEAD");
    expect(await bash(scriptOf("git archive"), root, { RUNNER_TEMP: temp, GITHUB_SHA: commit })).toEqual({ status: 0, output: "" });
    const sums = readFileSync(join(temp, "release/SHA256SUMS"), "utf8");
    const digest = createHash("sha256").update("main\n").digest("hex");
    const listed = sums.trimEnd().split("\n");
    expect(listed.map((line) => line.slice(66))).toEqual(["dist/locks/a b.txt", "dist/main.js", "sarif-gate-v1.2.3.tar"]);
    expect(listed[1]).toBe(`${digest}  dist/main.js`);
    const packed = execFileSync("tar", ["-tf", join(temp, "release/sarif-gate-v1.2.3.tar")], { encoding: "utf8" });
    expect(packed.split("\n").filter((name) => /[^/]$/u.test(name))).toEqual(
      ["LICENSE", "action.yml", "dist/locks/a b.txt", "dist/main.js"].map((name) => `sarif-gate-v1.2.3/${name}`),
    );
  });

  it.each([
    ["immutable, of the verified commit", "true", "c0ffee", 0],
    ["mutable", "false", "c0ffee", 1],
    ["without a word on it", "null", "c0ffee", 1],
    ["immutable, of another commit", "true", "badbad", 1],
  ])("end with the right status when the published release is %s", async (_, immutable, commit, status) => {
    const root = writeTree(temporaryDirectory(), {
      "bin/gh": `#!/bin/sh\ncase "$2" in */releases/tags/v1.2.3) echo ${immutable} ;; */git/ref/tags/v1.2.3) echo ${commit} ;; *) exit 1 ;; esac\n`,
    });
    chmodSync(join(root, "bin/gh"), 0o755);
    const path = `${join(root, "bin")}:${process.env["PATH"]}`;
    const ended = await bash(scriptOf(".immutable)"), root, { PATH: path, GITHUB_SHA: "c0ffee" });
    expect(ended.status).toBe(status);
    expect(ended.output.startsWith("::error::")).toBe(status === 1);
  });

  it("fail when GitHub does not answer whether the release is immutable", async () => {
    const root = writeTree(temporaryDirectory(), { "bin/gh": "#!/bin/sh\nexit 1\n" });
    chmodSync(join(root, "bin/gh"), 0o755);
    const path = `${join(root, "bin")}:${process.env["PATH"]}`;
    expect((await bash(scriptOf(".immutable)"), root, { PATH: path, GITHUB_SHA: "c0ffee" })).status).toBe(1);
  });
});

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const TAG = `/repos/owner/name/git/ref/tags/v${VERSION}`;
const runsOf = (workflow: string) => `/repos/owner/name/actions/workflows/${workflow}/runs?head_sha=${COMMIT}&event=push&per_page=100`;
const WORKFLOWS = ["ci.yml", "code-scanning.yml"];

function runs(...conclusions: (string | null)[]): string {
  return JSON.stringify({ workflow_runs: conclusions.map((conclusion, id) => ({ id, conclusion, status: "completed" })) });
}

const GREEN = WORKFLOWS.map((workflow) => [runsOf(workflow), runs("success")] as const);

interface Attempt {
  readonly version?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly answers?: readonly (readonly [path: string, answer: Answer])[];
  /** Where package.json and src/version.ts are; this repository by default. */
  readonly cwd?: string;
}

/** Runs the script on this repository's version with a GitHub where everything is ready, but for what the attempt says. */
async function verified({ version = VERSION, environment = {}, answers = GREEN, cwd = ROOT }: Attempt = {}) {
  const github = await serveOnLoopback(new Map(answers));
  const env = {
    PATH: process.env["PATH"],
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: "owner/name",
    GITHUB_SHA: COMMIT,
    GITHUB_REF: "refs/heads/main",
    DEFAULT_BRANCH: "main",
    ...environment,
  };
  const run = promisify(execFile)(process.execPath, [join(ROOT, "scripts", "verify-release.mjs"), version], { cwd, env });
  return run.then(
    ({ stdout }) => ({ status: 0, output: stdout, asked: github.asked }),
    ({ code, stderr }) => ({ status: code, output: String(stderr), asked: github.asked }),
  );
}

describe("verify-release", () => {
  it("lets a commit through whose version is new and whose checks are green", async () => {
    const { status, output, asked } = await verified();
    expect({ status, output, asked }).toEqual({
      status: 0,
      output: `${COMMIT} may become v${VERSION}\n`,
      asked: [TAG, ...WORKFLOWS.map(runsOf)],
    });
  });

  it.each(["1", "v1.2.3", "1.2.3-rc.1", "1.2.3/../../x", "", "1.2.3\n"])(
    "refuses %j as a version and asks GitHub nothing",
    async (version) => {
      const { status, output, asked } = await verified({ version });
      expect({ status, asked }).toEqual({ status: 1, asked: [] });
      expect(output).toContain("must be three numbers");
    },
  );

  it("refuses a version that package.json and the code do not have", async () => {
    const { status, output } = await verified({ version: "99.0.0" });
    expect(status).toBe(1);
    expect(output).toContain(`package.json says ${VERSION}, not 99.0.0.`);
    expect(output).toContain(`src/version.ts says ${VERSION}, not 99.0.0.`);
  });

  it("refuses code that reports another version than package.json", async () => {
    const cwd = writeTree(temporaryDirectory(), {
      "package.json": JSON.stringify({ version: VERSION }),
      "src/version.ts": 'export const VERSION = "0.0.0";\n',
    });
    const { status, output } = await verified({ cwd });
    expect({ status, output }).toEqual({ status: 1, output: `src/version.ts says 0.0.0, not ${VERSION}.\n` });
  });

  it.each([{ GITHUB_REF: "refs/heads/feature" }, { GITHUB_REF: "refs/tags/main" }, { DEFAULT_BRANCH: "" }])(
    "refuses a run that is not of the default branch (%j)",
    async (environment) => {
      const { status, output } = await verified({ environment });
      expect(status).toBe(1);
      expect(output).toContain("Releases are made from the default branch");
    },
  );

  it("refuses a version whose tag exists", async () => {
    const tag = JSON.stringify({ object: { type: "commit", sha: COMMIT } });
    const { status, output } = await verified({
      answers: [[TAG, tag], ...GREEN],
    });
    expect({ status, output }).toEqual({ status: 1, output: `The tag v${VERSION} exists and names ${COMMIT}.\n` });
  });

  it("does not take an outage for the absence of a tag", async () => {
    const { status, output } = await verified({
      answers: [[TAG, { status: 503 }], ...GREEN],
    });
    expect(status).toBe(1);
    expect(output).toContain("GitHub answered 503");
  });

  it.each([
    ["no run", runs(), "has not run on"],
    ["an unknown workflow", { status: 404 }, "has not run on"],
    ["a failed run", runs("failure"), "is not green: failure"],
    ["a failed run beside a green one", runs("success", "failure"), "is not green: failure"],
    ["a cancelled run", runs("cancelled"), "is not green: cancelled"],
    ["a skipped run", runs("skipped"), "is not green: skipped"],
    ["a run that is under way", runs(null), "is not green: completed"],
  ] as const)("refuses a commit with %s of any required workflow", async (_, answer, message) => {
    for (const workflow of WORKFLOWS) {
      const others = GREEN.filter(([path]) => path !== runsOf(workflow));
      const { status, output } = await verified({ answers: [...others, [runsOf(workflow), answer]] });
      expect([status, output.trim().split("\n")]).toEqual([1, [expect.stringContaining(message)]]);
      expect(output).toContain(workflow);
    }
  });
});
