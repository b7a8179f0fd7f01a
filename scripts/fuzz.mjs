// Runs every property of the tests with many cases and a seed of its own, which it prints: `npm run fuzz`, or `FUZZ_CASES=1000000 FUZZ_SEED=7 npm run fuzz`.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const { FUZZ_CASES = "200000", FUZZ_SEED = String(randomInt(2 ** 31)) } = process.env;
const files = readdirSync("__tests__", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `__tests__/${file.replaceAll("\\", "/")}`)
  .filter((file) => readFileSync(file, "utf8").includes("support/fuzz.ts"));
console.log(`FUZZ_CASES=${FUZZ_CASES} FUZZ_SEED=${FUZZ_SEED}, ${files.length} files`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", ...files, "--testTimeout=3600000", "--reporter=default"],
  {
    stdio: "inherit",
    env: { ...process.env, FUZZ_CASES, FUZZ_SEED },
  },
);
process.exit(status ?? 1);
