// Lists every package of the lock with version, licence and whether dist/ may contain it. dependencies.lock is that list, as people accepted it.
// Usage: node scripts/list-dependencies.mjs [LOCK] prints the list; with --write it replaces dependencies.lock.
import { readFileSync, writeFileSync } from "node:fs";

const HEADER = `# Every package that npm installs here, accepted by a person: use, name, version, licence. A test compares it with package-lock.json.
# runtime: dist/ may contain it; development: it only builds or tests. After a change that you have looked at: npm run list-dependencies
`;

const options = process.argv.slice(2);
const [lock = "package-lock.json"] = options.filter((option) => option !== "--write");
const { packages } = JSON.parse(readFileSync(lock, "utf8"));
const lines = Object.entries(packages)
  .filter(([path]) => path !== "")
  .map(([path, entry]) => {
    const use = entry.dev || entry.optional || entry.devOptional ? "development" : "runtime";
    const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    return `${use} ${name} ${entry.version} ${entry.license ?? "(no licence)"}`;
  });
const list = `${HEADER}${[...new Set(lines)].sort().join("\n")}\n`;
if (options.includes("--write")) writeFileSync("dependencies.lock", list);
else process.stdout.write(list);
