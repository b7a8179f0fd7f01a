// Prints docs/security-checklist.json with what the tests showed of each item, and the score; ends with 1 below the bar.
// Computed from vitest's JSON report alone: a test that failed, was skipped or did not run shows nothing.
// Usage: node scripts/checklist.mjs [REPORT]
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const BAR = 94;
const CHECKLIST = join(import.meta.dirname, "..", "docs", "security-checklist.json");
/** What `it.each` fills in: `%s`, `$name`. */
const PLACEHOLDER = /%[sdifjoO#$]|\$[\w.]+/;

const report = process.argv[2] ?? "lib/test-results.json";
if (!existsSync(report)) {
  console.error(`There is no ${report}. Run \`npm test\` first.`);
  process.exit(1);
}
const resultsOf = readResults(report);
const items = JSON.parse(readFileSync(CHECKLIST, "utf8")).map(judge);
for (const item of items) print(item);

const weightOf = (some) => some.reduce((sum, { weight }) => sum + weight, 0);
const score = weightOf(items.filter(({ shown }) => shown));
const missing = items.filter(({ weight, shown }) => weight === 3 && !shown).map(({ id }) => id);
console.log(
  `score ${score} of ${weightOf(items)}, items of weight 3: ${missing.length === 0 ? "all shown" : `not shown: ${missing.join(", ")}`}`,
);
// Not `process.exit`, which would cut off what a slow reader has not read yet.
process.exitCode = missing.length === 0 && score >= BAR ? 0 : 1;

/** The results of each test file, by its path below __tests__. */
function readResults(path) {
  const { testResults } = JSON.parse(readFileSync(path, "utf8"));
  return new Map(
    testResults.map(({ name, assertionResults }) => [name.replaceAll("\\", "/").split("/__tests__/").at(-1), assertionResults]),
  );
}

/** An item is shown when it has a test that refuses and a control, and all of them passed. */
function judge({ refuses, controls, ...item }) {
  const tests = [...refuses.map((id) => outcomeOf("refuses", id)), ...controls.map((id) => outcomeOf("control", id))];
  const shown = refuses.length > 0 && controls.length > 0 && tests.every(({ passed }) => passed);
  return {
    ...item,
    shown,
    tests,
    lacks: [refuses.length === 0 && "a test that refuses", controls.length === 0 && "a control"].filter(Boolean),
  };
}

/** What became of a test. A title with placeholders stands for all that `it.each` makes of it. */
function outcomeOf(role, id) {
  const [file, ...titles] = id.split(" > ");
  const name = new RegExp(`^${titles.map(patternOf).join(" ")}$`, "s");
  const statuses = (resultsOf.get(file) ?? []).filter(({ fullName }) => name.test(fullName)).map(({ status }) => status);
  const passed = statuses.filter((status) => status === "passed").length;
  const others = [...new Set(statuses)].filter((status) => status !== "passed");
  const outcome = statuses.length === 0 ? "did not run" : others.length > 0 ? others.join(" and ") : `passed ${passed}`;
  return { role, id, outcome, passed: passed > 0 && others.length === 0 };
}

function patternOf(title) {
  return title
    .split(PLACEHOLDER)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
}

function print({ id, weight, property, shown, tests, lacks }) {
  const outcomes = tests.filter(({ passed }) => !passed).map(({ outcome }) => outcome);
  const counted = [...new Set(outcomes)].map((outcome) => `${outcomes.filter((other) => other === outcome).length} ${outcome}`);
  const because = [...lacks.map((what) => `lacks ${what}`), ...counted].join(", ");
  console.log(`${id}  ${weight}  ${shown ? "shown" : `NOT SHOWN (${because})`}  ${property}`);
  for (const test of tests) console.log(`          ${test.role}  ${test.outcome.padEnd(11)}  ${test.id}`);
}
