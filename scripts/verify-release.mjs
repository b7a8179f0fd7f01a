// Says whether this commit may become release VERSION: the same version everywhere, no such tag yet, and every run of the required workflows on it green.
// Usage: node scripts/verify-release.mjs VERSION    environment: GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_REF, DEFAULT_BRANCH, GITHUB_API_URL, GITHUB_TOKEN
import { readFileSync } from "node:fs";
import { ask, commitOfTag } from "./github-api.mjs";

/** Those whose jobs docs/releasing.md requires. */
const WORKFLOWS = ["ci.yml", "code-scanning.yml"];

const version = process.argv[2] ?? "";
const { GITHUB_REPOSITORY: repository, GITHUB_SHA: commit, GITHUB_REF: ref, DEFAULT_BRANCH: branch } = process.env;

const problems = [...versionProblems(), ...branchProblems()];
// Nothing that is no version gets into an address.
if (problems.length === 0) problems.push(...(await tagProblems()), ...(await checkProblems()));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${commit} may become v${version}`);

function versionProblems() {
  if (!/^\d+\.\d+\.\d+$/.test(version)) return [`The version must be three numbers, as in 1.2.3, and is ${JSON.stringify(version)}.`];
  const packaged = JSON.parse(readFileSync("package.json", "utf8")).version;
  const reported = /^export const VERSION = "([^"]+)";$/m.exec(readFileSync("src/version.ts", "utf8"))?.[1];
  return [
    ...(packaged === version ? [] : [`package.json says ${packaged}, not ${version}.`]),
    ...(reported === version ? [] : [`src/version.ts says ${reported}, not ${version}.`]),
  ];
}

function branchProblems() {
  if (branch && ref === `refs/heads/${branch}`) return [];
  return [`Releases are made from the default branch (${branch}); this run is of ${ref}.`];
}

async function tagProblems() {
  const existing = await commitOfTag(repository, `v${version}`);
  return existing === null ? [] : [`The tag v${version} exists and names ${existing}.`];
}

async function checkProblems() {
  const problems = [];
  for (const workflow of WORKFLOWS) {
    const answer = await ask(`/repos/${repository}/actions/workflows/${workflow}/runs?head_sha=${commit}&event=push&per_page=100`);
    const runs = answer?.workflow_runs ?? [];
    if (runs.length === 0) problems.push(`${workflow} has not run on ${commit}.`);
    for (const run of runs.filter(({ conclusion }) => conclusion !== "success"))
      problems.push(`Run ${run.id} of ${workflow} on ${commit} is not green: ${run.conclusion ?? run.status}.`);
  }
  return problems;
}
