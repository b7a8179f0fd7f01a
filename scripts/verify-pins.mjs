// Asks GitHub whether each line of pins.lock is true: the tag exists in that very repository and names that very commit.
// GitHub serves a fork's commit under the original's name, so a commit that the tag does not lead to may be an impostor's; that is said.
// Usage: node scripts/verify-pins.mjs [LOCK]    environment: GITHUB_API_URL, GITHUB_TOKEN (optional). Exit status 1 on any difference.
import { readFileSync } from "node:fs";
import { ask, commitOfTag } from "./github-api.mjs";

const LINE = /^([\w.-]+\/[\w.-]+) (v\d+\.\d+\.\d+) ([0-9a-f]{40})$/;

const lines = readFileSync(process.argv[2] ?? "pins.lock", "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));
if (lines.length === 0) throw new Error("The list of pins is empty.");

const problems = [];
for (const line of lines) {
  const problem = await problemOf(line).catch((error) => `could not be checked: ${error.message}`);
  console.log(`${problem === null ? "true " : "FALSE"} ${line}`);
  if (problem !== null) problems.push(`${line.split(" ").slice(0, 2).join(" ")}: ${problem}`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`${lines.length} pins are the commits of their tags`);

/** What is wrong with a line, or null. */
async function problemOf(line) {
  const [, repository, tag, pinned] = LINE.exec(line) ?? [];
  if (pinned === undefined) return "not a line of the form `owner/repository vX.Y.Z commit`";
  const commit = await commitOfTag(repository, tag);
  if (commit === null) return "this repository has no such tag";
  if (commit === pinned) return null;
  // The head of a comparison is `behind` or `identical` exactly when the base's history contains it.
  const comparison = await ask(`/repos/${repository}/compare/${tag}...${pinned}`);
  const reachable = comparison?.status === "behind" || comparison?.status === "identical";
  return reachable
    ? `the tag was moved to ${commit}; the pinned commit ${pinned} is in its history`
    : `the tag names ${commit}; the pinned commit ${pinned} cannot be reached from it and may come from a fork`;
}
