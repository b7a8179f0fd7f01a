// What a manifest says of a pin reaches the findings of both scanners that know packages.

import { expect, it } from "vitest";
import type { Pin } from "../../src/manifests/pin.ts";
import { safetyFinding } from "../../src/scanners/safety/findings.ts";
import { dependencyFindings } from "../../src/scanners/trivy/dependencies.ts";
import { trivyReportSchema } from "../../src/scanners/trivy/report.ts";

const pinning = { introducedBy: ["app"], requirement: { extras: ["x"], marker: null, hashed: true }, tool: "uv export" } as const;
const pin: Pin = { name: "leaf", version: "1.0", format: "requirements", path: "requirements.txt", startLine: 2, endLine: 3, ...pinning };

it("reaches the finding of Safety", () => {
  const vulnerability = { vulnerability_id: "1", package_name: "leaf", analyzed_version: "1.0", fixed_versions: [], resources: [] };
  expect(safetyFinding(vulnerability, pin)).toMatchObject(pinning);
});

it("reaches the finding of Trivy, at the line of our pin", () => {
  const vulnerability = { VulnerabilityID: "CVE-2020-1", PkgName: "leaf", InstalledVersion: "1.0" };
  const report = { SchemaVersion: 2, Results: [{ Target: "tree/requirements.txt", Type: "pip", Vulnerabilities: [vulnerability] }] };
  const [finding] = dependencyFindings(trivyReportSchema.parse(report).Results, [pin]);
  expect(finding).toMatchObject({ ...pinning, location: { path: "requirements.txt", startLine: 2, endLine: 3 } });
});

it("is absent where Trivy reads a package that we do not", () => {
  const vulnerability = { VulnerabilityID: "CVE-2020-1", PkgName: "leaf", InstalledVersion: "1.0" };
  const report = { SchemaVersion: 2, Results: [{ Target: "tree/package-lock.json", Type: "npm", Vulnerabilities: [vulnerability] }] };
  const [finding] = dependencyFindings(trivyReportSchema.parse(report).Results, [pin]);
  expect(finding).not.toHaveProperty("introducedBy");
});
