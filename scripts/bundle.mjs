// Bundles lib/ into self-contained dist/: one file per entry, the hash locks beside them, licences of everything that went in.
// Usage: node scripts/bundle.mjs [OUTPUT_DIRECTORY]
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const output = process.argv[2] ?? "dist";
const ENTRIES = ["main", "cli"];

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
for (const entry of ENTRIES) {
  // ncc names its output index.js, so each entry is built in a folder of its own and moved.
  const folder = join("lib", `bundle-${entry}`);
  execFileSync("npx", ["--no-install", "ncc", "build", `lib/${entry}.js`, "-o", folder, "--license", "licenses.txt", "--quiet"], {
    stdio: "inherit",
  });
  renameSync(join(folder, "index.js"), join(output, `${entry}.js`));
  renameSync(join(folder, "licenses.txt"), join(output, `${entry}.licenses.txt`));
  const rest = readdirSync(folder).filter((name) => name !== "package.json");
  if (rest.length > 0)
    throw new Error(`ncc emitted more than one file for ${entry}: ${rest.join(", ")}. Import statically, or copy the asset here.`);
  rmSync(folder, { recursive: true });
}
writeFileSync(join(output, "package.json"), '{ "type": "module" }\n');
const isLock = (path) => !/\.[^/.]+$/.test(path) || /\.(txt|json)$/.test(path);
cpSync(join("src", "tools", "locks"), join(output, "locks"), { recursive: true, filter: isLock });
