// Proves that the committed dist/ is what a clean build of this source makes: the same files, no more, no fewer, byte for byte.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const REBUILT = join("lib", "dist-rebuilt");

rmSync("lib", { recursive: true, force: true });
execFileSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
execFileSync(process.execPath, ["scripts/bundle.mjs", REBUILT], { stdio: "inherit" });

const filesOf = (directory) =>
  readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(directory, name)).isFile())
    .sort();
const committed = filesOf("dist");
const rebuilt = filesOf(REBUILT);
const problems = [
  ...rebuilt.filter((name) => !committed.includes(name)).map((name) => `missing: dist/${name}`),
  ...committed.filter((name) => !rebuilt.includes(name)).map((name) => `stale: dist/${name}`),
  ...rebuilt
    .filter((name) => committed.includes(name) && !readFileSync(join("dist", name)).equals(readFileSync(join(REBUILT, name))))
    .map((name) => `differs: dist/${name}`),
  ...uncommitted(),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error("dist/ is not the build of this source. Run `npm run build` and commit dist/.");
  process.exit(1);
}
console.log(`dist/ equals a clean rebuild (${committed.length} files)`);

/** What git would see change in dist/: a rebuilt but uncommitted dist would pass here and fail for everybody else. */
function uncommitted() {
  const status = execFileSync("git", ["status", "--porcelain", "--", "dist"], { encoding: "utf8" });
  return status
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => `uncommitted: ${line}`);
}
