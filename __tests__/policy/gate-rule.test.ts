// What each key of a rule lets through, with a finding that it keeps out beside it.

import { describe, expect, it } from "vitest";
import type { TriagedFinding } from "../../src/findings/triaged-finding.ts";
import { ruleMatcher } from "../../src/policy/gate-rule.ts";
import type { GateRule } from "../../src/policy/policy.ts";
import { codeFinding, dependencyFinding, misconfigurationFinding, open, secretFinding } from "../support/findings.ts";
import { gateRule } from "../support/policies.ts";

const CODE = open(codeFinding());
const SECRET = open(secretFinding());
const PACKAGE = open(dependencyFinding(), ["trivy", "safety"]);
const MISCONFIGURATION = open(misconfigurationFinding());
const IMAGE = open(dependencyFinding({ run: "trivy-image", location: { path: "shop", startLine: 1, endLine: 1 } }));

const CASES: readonly [string, Partial<GateRule>, TriagedFinding, TriagedFinding][] = [
  ["kinds", { kinds: ["code", "secret"] }, CODE, PACKAGE],
  ["the kind of misconfigurations", { kinds: ["misconfiguration"], severity: "low" }, MISCONFIGURATION, CODE],
  ["the target tree", { targets: ["tree"] }, PACKAGE, IMAGE],
  ["the target image", { targets: ["image"] }, IMAGE, PACKAGE],
  ["scanners, of which any that reports it counts", { scanners: ["safety"] }, PACKAGE, CODE],
  ["paths", { paths: ["src/**"] }, CODE, PACKAGE],
  ["except-paths", { exceptPaths: ["*.txt"] }, CODE, PACKAGE],
  ["severity", { severity: "critical" }, PACKAGE, CODE],
  ["confidence", { confidence: "medium" }, CODE, open(codeFinding({ confidence: "low" }))],
  [
    "an unknown confidence, as high",
    { confidence: "high" },
    open(codeFinding({ confidence: "unknown" })),
    open(codeFinding({ confidence: "medium" })),
  ],
  ["no confidence at all, whatever is asked for", { confidence: "high" }, SECRET, open(codeFinding({ confidence: "low" }))],
  ["a known fix", { onlyFixable: true }, PACKAGE, open(dependencyFinding({ advisory: { id: "CVE-1", aliases: [], fixedVersions: [] } }))],
  ["a known fix, which only packages have", { onlyFixable: true }, PACKAGE, CODE],
  [
    "a name that begins with a dot",
    { paths: ["**/*.py"] },
    open(codeFinding({ location: { path: ".ci/.a.py", startLine: 1, endLine: 1 } })),
    PACKAGE,
  ],
];

describe("ruleMatcher", () => {
  it.each(CASES)("goes by %s", (_, overrides, matching, other) => {
    const matches = ruleMatcher(gateRule({ name: "rule", ...overrides }), "high");
    expect([matches(matching), matches(other)]).toEqual([true, false]);
  });

  it("takes an unknown severity for what the policy says", () => {
    const finding = open(codeFinding({ severity: "unknown" }));
    expect(ruleMatcher(gateRule(), "high")(finding)).toBe(true);
    expect(ruleMatcher(gateRule(), "medium")(finding)).toBe(false);
  });
});
