import { describe, expect, it } from "vitest";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { advisoryOf, dependencyFinding, type KnownVulnerability } from "../../src/scanners/dependency-finding.ts";

const known: KnownVulnerability = {
  scanner: "trivy",
  run: "trivy",
  package: pypiPackage("Django", "2.2.0"),
  advisory: advisoryOf({ id: "CVE-2019-14234", aliases: [], url: "https://osv.dev/x", score: 9.8, fixedVersions: ["2.2.4", "2.1.11"] }),
  severity: "critical",
  location: { path: "requirements.txt", startLine: 1, endLine: 1 },
  summary: "SQL injection.",
  title: "SQL injection",
  description: "Keys are not quoted.",
  cwes: [89],
};

describe("dependencyFinding", () => {
  it("says which package is affected by what, and where it is fixed", () => {
    expect(dependencyFinding(known).message).toBe("django 2.2.0 is affected by CVE-2019-14234: SQL injection. Fixed in 2.2.4, 2.1.11.");
  });

  it("says so when nothing is fixed and nothing is told", () => {
    const bare = { ...known, summary: "", advisory: { ...known.advisory, fixedVersions: [] } };
    expect(dependencyFinding(bare).message).toBe("django 2.2.0 is affected by CVE-2019-14234. No fixed version is known.");
  });

  it("says where in the location the package is", () => {
    expect(dependencyFinding({ ...known, where: "app/METADATA" }).message).toMatch(/^django 2\.2\.0 \(app\/METADATA\) is affected/u);
  });

  it("says who brings the package, and keeps what its manifest says of it", () => {
    const pinning = {
      introducedBy: ["app", "shop"],
      requirement: { extras: ["x"], marker: null, hashed: true },
      tool: "pip-compile",
    } as const;
    const finding = dependencyFinding({ ...known, pinning: { ...pinning, ...{ path: "never kept" } } });
    expect(finding.message).toMatch(/ Fixed in 2\.2\.4, 2\.1\.11\. It comes with app, shop\.$/u);
    expect(finding).toMatchObject(pinning);
    expect(finding).not.toHaveProperty("path");
  });

  it("has nothing of a manifest where no pin is known", () => {
    expect(dependencyFinding(known)).not.toHaveProperty("introducedBy");
    expect(dependencyFinding(known)).not.toHaveProperty("tool");
  });

  it("keeps version and place of the finding out of its rule", () => {
    const other = { ...known, package: pypiPackage("flask", "1"), location: { ...known.location, path: "b.txt" }, summary: "x" };
    expect(dependencyFinding(other).rule).toEqual(dependencyFinding(known).rule);
    expect(dependencyFinding(known).rule).toMatchObject({
      id: "CVE-2019-14234",
      title: "SQL injection",
      helpUri: "https://osv.dev/x",
      cwes: [89],
    });
  });

  it("gives every part of the rule a text where the database has none", () => {
    const rule = dependencyFinding({ ...known, title: "", description: " " }).rule;
    expect(rule).toMatchObject({ title: "Known vulnerability CVE-2019-14234", description: expect.stringContaining("CVE-2019-14234") });
  });

  it("cuts long prose and makes it one harmless line", () => {
    const { message, rule } = dependencyFinding({
      ...known,
      summary: `a\n::error::b\u202e${"x".repeat(10_000)}`,
      description: "y".repeat(10_000),
    });
    expect(message.length).toBeLessThan(500);
    expect(message).not.toMatch(/[\n\u202e]/u);
    expect(rule.description.length).toBeLessThan(1_000);
  });
});

describe("advisoryOf", () => {
  const base = { id: "CVE-1", aliases: [], fixedVersions: [], url: null, score: null };

  it("keeps an https address and a CVSS score", () => {
    expect(advisoryOf({ ...base, url: "https://a.test/", score: 0 })).toMatchObject({ url: "https://a.test/", cvss: 0 });
  });

  it.each(["http://a.test/", "javascript:alert(1)", "", null, undefined])("leaves out the address %j", (url) => {
    expect(advisoryOf({ ...base, url })).not.toHaveProperty("url");
  });

  it.each([-1, 10.1, Number.NaN, Number.POSITIVE_INFINITY, "9.8", null, undefined, {}])("leaves out the score %j", (score) => {
    expect(advisoryOf({ ...base, score })).not.toHaveProperty("cvss");
  });
});
