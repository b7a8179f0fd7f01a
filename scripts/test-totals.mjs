// Prints the totals of a vitest JSON report as `N passed, N failed`, and what the test command leaves out.
import { readFileSync } from "node:fs";

const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(
  "Left out because they take long or need projects of your own: npm run benchmark, npm run benchmark-memory, npm run compare-by-hand",
);
console.log(`${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}`);
process.exit(numPassedTests > 0 && numFailedTests === 0 ? 0 : 1);
