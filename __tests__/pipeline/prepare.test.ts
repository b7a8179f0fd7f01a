// What of the tree one or two policies keep out of the scan, and what is told of it.

import { describe, expect, it } from "vitest";
import { countExclusions, exclusionOf } from "../../src/pipeline/prepare.ts";
import { policy } from "../support/policies.ts";

const excluding = (...exclude: string[]) => policy({ exclude });

describe("exclusionOf", () => {
  it("keeps out what one policy excludes, and nothing without a pattern", () => {
    const isExcluded = exclusionOf([excluding("vendor/**", "*.min.js")]);
    expect(["vendor/a.py", "a.min.js", "src/a.py"].map(isExcluded)).toEqual([true, true, false]);
    expect(exclusionOf([excluding()])("vendor/a.py")).toBe(false);
  });

  it("scans what only one of two policies excludes", () => {
    const isExcluded = exclusionOf([excluding("vendor/**"), excluding("vendor/old/**", "src/**")]);
    expect(["vendor/old/a.py", "vendor/a.py", "src/a.py"].map(isExcluded)).toEqual([true, false, false]);
    expect(exclusionOf([excluding("vendor/**"), excluding()])("vendor/a.py")).toBe(false);
  });
});

describe("countExclusions", () => {
  it("counts the files of each pattern, also of one that keeps nothing out", () => {
    expect(countExclusions([excluding("vendor/**", "**/*.py", "docs/**")], ["vendor/a.py", "vendor/b.js"])).toEqual([
      { pattern: "vendor/**", files: 2 },
      { pattern: "**/*.py", files: 1 },
      { pattern: "docs/**", files: 0 },
    ]);
  });

  it("names a pattern of both policies once", () => {
    expect(countExclusions([excluding("vendor/**"), excluding("vendor/**")], [])).toEqual([{ pattern: "vendor/**", files: 0 }]);
  });

  it("names a pattern of one policy only when it keeps something out", () => {
    const policies = [excluding("vendor/**", "docs/**"), excluding("vendor/old/**", "src/**")];
    expect(countExclusions(policies, ["vendor/old/a.py"])).toEqual([
      { pattern: "vendor/**", files: 1 },
      { pattern: "vendor/old/**", files: 1 },
    ]);
  });
});
