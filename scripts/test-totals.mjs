// Prints the totals of a vitest JSON report as `N passed, N failed`, and what the test command leaves out.
import { existsSync, readFileSync } from "node:fs";

const report = process.argv[2];
console.log(
  "Left out because they take long or need projects of your own: npm run benchmark, npm run compare-by-hand, npm run compare-nosec, npm run fuzz; because they ask GitHub: npm run verify-pins; because it fetches a large package: npm run check-openapi",
);
if (!existsSync(report)) {
  console.log("No test was run: a check before the tests failed.");
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, "utf8"));
console.log(`${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ""}`);
process.exit(numPassedTests > 0 && numFailedTests === 0 ? 0 : 1);
