import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../../src/findings/severity.ts";
import type { Part } from "../../../src/scanners/scanner.ts";
import { complaint, decode, edited, type Fixture, fixture, type Json } from "../fixture.ts";

const shop = fixture("trivy", "shop");

const summary = (recorded: Fixture) =>
  decode(recorded).findings.map(({ rule, location }) => `${location.path}:${location.startLine} ${rule.id}`);
const resultOf = (json: Json, target: string): Json => json.Results.find(({ Target }: Json) => Target === target);
const changedPin = (change: (vulnerability: Json) => void) =>
  edited(shop, (json) => {
    // Two sources of one finding: our list of pins and the lock file, which loses its own here.
    delete resultOf(json, "tree/api/uv.lock").Vulnerabilities;
    change(
      resultOf(json, "pins/requirements.txt").Vulnerabilities.find(({ VulnerabilityID }: Json) => VulnerabilityID === "CVE-2020-14343"),
    );
  });
const pyyaml = (change: (vulnerability: Json) => void) => {
  const finding = decode(changedPin(change)).findings.find(({ location }) => location.path === "api/uv.lock");
  if (finding?.kind !== "dependency") throw new Error("no finding");
  return finding;
};

describe("vulnerabilities Trivy finds", () => {
  it("stand once at every line that pins the package, and at Trivy's line where we read no pin", () => {
    expect(summary(shop)).toEqual([
      "api/uv.lock:4 CVE-2020-14343",
      "api/uv.lock:4 CVE-2020-1747",
      "dev/token.txt:1 github-pat",
      "requirements.txt:1 CVE-2019-14234",
      "requirements.txt:1 CVE-2022-28346",
      "requirements.txt:3 CVE-2018-1000656",
      "requirements.txt:3 CVE-2023-30861",
      "requirements.txt:4 CVE-2018-1000656",
      "requirements.txt:4 CVE-2023-30861",
      "requirements.txt:5 CVE-2018-18074",
      "requirements.txt:5 CVE-2023-32681",
      "tests/example.md:2 github-pat",
    ]);
  });

  it("are found by our list of pins alone, where Trivy does not read the manifest", () => {
    const unread = edited(shop, (json) => {
      json.Results = json.Results.filter(({ Target }: Json) => Target !== "tree/api/uv.lock");
    });
    expect(summary(unread)).toEqual(summary(shop));
  });

  it("carry package, advisory and rule", () => {
    expect(pyyaml(() => undefined)).toMatchObject({
      package: { name: "pyyaml", version: "5.1", purl: "pkg:pypi/pyyaml@5.1" },
      advisory: { id: "CVE-2020-14343", aliases: ["GHSA-8q59-q68h-6hv4", "PYSEC-2021-142"], cvss: 9.8, fixedVersions: ["5.4"] },
      rule: { id: "CVE-2020-14343", cwes: [20] },
      location: { path: "api/uv.lock", startLine: 4, endLine: 6 },
    });
  });

  it.each([
    [{ CVSS: { nvd: { V3Score: 5 }, ghsa: { V3Score: 9 } }, SeveritySource: "nvd" }, 5],
    [{ CVSS: { nvd: { V40Score: 6.5 } }, SeveritySource: "nvd" }, 6.5],
    [{ CVSS: { nvd: { V3Score: 0, V40Score: 8 } }, SeveritySource: "nvd" }, 8],
    [{ CVSS: { nvd: { V3Score: 0, V40Score: 8 }, ghsa: { V3Score: 9 } }, SeveritySource: "redhat" }, 9],
    [{ CVSS: { nvd: { V3Score: "9" } }, SeveritySource: "nvd" }, undefined],
    [{ CVSS: { __proto__: { V3Score: 9 } }, SeveritySource: "__proto__" }, undefined],
    [{ CVSS: undefined, SeveritySource: undefined }, undefined],
  ])("have the score of who rated them: %j is %s", (change, score) => {
    expect(pyyaml((vulnerability) => Object.assign(vulnerability, change)).advisory.cvss).toBe(score);
  });

  it("have every fixed version", () => {
    expect(pyyaml((vulnerability) => Object.assign(vulnerability, { FixedVersion: "5.4, 6.0.1" })).advisory.fixedVersions).toEqual([
      "5.4",
      "6.0.1",
    ]);
    expect(pyyaml((vulnerability) => Object.assign(vulnerability, { FixedVersion: "" })).advisory.fixedVersions).toEqual([]);
  });

  it.each(["__proto__", "constructor", "GHSA-x"])("with the id %s count once", (id) => {
    const renamed = changedPin((vulnerability) => Object.assign(vulnerability, { VulnerabilityID: id }));
    expect(decode(renamed).findings.filter(({ rule }) => rule.id === id)).toHaveLength(1);
    expect(decode(renamed).findings).toHaveLength(decode(shop).findings.length);
  });

  it("have a severity of the closed set for any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (Severity) => {
        expect(SEVERITIES).toContain(pyyaml((vulnerability) => Object.assign(vulnerability, { Severity })).severity);
      }),
      { seed: 17, numRuns: 100 },
    );
    expect(pyyaml((vulnerability) => Object.assign(vulnerability, { Severity: "SEVERE" })).severity).toBe("unknown");
  });

  it("of other ecosystems keep Trivy's package URL, or get one", () => {
    const npm = (PURL: string | undefined) =>
      decode(
        edited(shop, (json) => {
          const Packages = [
            { Name: "@a/b", Version: "1", Locations: [{}] },
            { Name: "@a/b", Version: "1", Locations: [{ StartLine: 9 }] },
          ];
          const Vulnerabilities = [{ VulnerabilityID: "CVE-1999-0001", PkgName: "@a/b", InstalledVersion: "1", PkgIdentifier: { PURL } }];
          json.Results.push({ Target: "tree/web/package-lock.json", Class: "lang-pkgs", Type: "npm", Packages, Vulnerabilities });
        }),
      ).findings.find(({ rule }) => rule.id === "CVE-1999-0001");
    expect(npm("pkg:npm/%40a/b@1")).toMatchObject({ package: { purl: "pkg:npm/%40a/b@1" }, severity: "unknown" });
    expect(npm("nonsense")).toMatchObject({ package: { name: "@a/b", version: "1", purl: "pkg:generic/%40a%2Fb@1" } });
    expect(npm(undefined)?.location).toEqual({ path: "web/package-lock.json", startLine: 9, endLine: 9 });
  });

  it("stand at line 1 where Trivy knows no line", () => {
    const lineless = edited(shop, (json) => {
      for (const found of resultOf(json, "tree/requirements.txt").Packages) delete found.Locations;
    });
    expect(summary(lineless)).toContain("requirements.txt:1 CVE-2018-18074");
  });
});

describe("secrets Trivy finds", () => {
  it("say which rule matched and nothing of what matched", () => {
    const secrets = decode(shop).findings.filter(({ kind }) => kind === "secret");
    expect(secrets.map(({ message, location }) => [message, location])).toEqual([
      ["A secret was found (rule github-pat).", { path: "dev/token.txt", startLine: 1, endLine: 1 }],
      ["A secret was found (rule github-pat).", { path: "tests/example.md", startLine: 2, endLine: 2 }],
    ]);
    expect(secrets[0]).toMatchObject({ severity: "critical", rule: { title: "GitHub Personal Access Token", cwes: [798] } });
  });

  it("let no line of the file through, though the report quotes some", () => {
    const quoted = edited(shop, (json) => {
      const [secret] = resultOf(json, "tree/dev/token.txt").Secrets;
      secret.Match = "hunter2";
      secret.Code.Lines = [{ Number: 1, Content: "hunter2" }];
    });
    expect(JSON.stringify(decode(quoted))).not.toContain("hunter2");
  });
});

describe("proof of Trivy's work on pins", () => {
  it("is what it read from our list", () => {
    expect(decode(shop)).toMatchObject({
      coverage: { expected: 4, covered: 4, unit: "pinned packages and infrastructure files", missing: [] },
      pinsTakenUp: ["django==0!2.2", "flask==0!0.12.2", "pyyaml==0!5.1", "ruamel-yaml==0!0.16"],
      notices: [],
    });
  });

  it("does not come from a manifest of the tree", () => {
    const unlisted = edited(shop, (json) => {
      const pins = resultOf(json, "pins/requirements.txt");
      pins.Packages = pins.Packages.filter(({ Name }: Json) => Name !== "pyyaml");
    });
    const { coverage, pinsTakenUp, notices } = decode(unlisted);
    expect(coverage).toMatchObject({ expected: 4, covered: 3, missing: [] });
    expect(pinsTakenUp).not.toContain("pyyaml==0!5.1");
    expect(notices).toEqual([{ path: "api/uv.lock", line: 4, message: "pyyaml==5.1 was not taken up by Trivy" }]);
  });

  it("counts suppressed findings as a notice", () => {
    const suppressed = edited(shop, (json) => {
      resultOf(json, "tree/requirements.txt").ExperimentalModifiedFindings = [{ Type: "vulnerability" }, {}];
    });
    expect(decode(suppressed).notices).toEqual([{ path: "requirements.txt", message: "2 of Trivy's findings are suppressed" }]);
  });
});

describe("the parts of Trivy's run on a tree", () => {
  const kindsOf = (part: Part | undefined, { reports, target, installation }: Fixture) =>
    new Set(part?.decode(reports, target, installation).findings.map(({ kind }) => kind));
  const [packages, secrets] = shop.scanner.parts;

  it("take of a report what is their own", () => {
    expect(kindsOf(packages, shop)).toEqual(new Set(["dependency"]));
    expect(kindsOf(packages, fixture("trivy", "infrastructure"))).toEqual(new Set(["misconfiguration"]));
    expect(kindsOf(secrets, shop)).toEqual(new Set(["secret"]));
    expect(kindsOf(secrets, fixture("trivy", "infrastructure"))).toEqual(new Set());
  });

  it("ask for their own half of the canary", () => {
    expect(() => kindsOf(secrets, fixture("trivy", "empty-database"))).not.toThrow();
    expect(() => kindsOf(packages, fixture("trivy", "empty-database"))).toThrow("django==2.2.0");
    expect(() => kindsOf(packages, fixture("trivy", "default-secret-rules"))).not.toThrow();
    expect(() => kindsOf(secrets, fixture("trivy", "default-secret-rules"))).toThrow("a made-up secret");
  });

  it("say each of what Trivy suppressed of its own", () => {
    const suppressed = edited(shop, (json) => {
      resultOf(json, "tree/dev/token.txt").ExperimentalModifiedFindings = [{ Type: "secret" }];
    });
    const said = secrets?.decode(suppressed.reports, suppressed.target, suppressed.installation).notices;
    expect(said).toEqual([{ path: "dev/token.txt", message: "1 of Trivy's findings are suppressed" }]);
  });
});

describe("a report of Trivy that cannot be believed", () => {
  it("lacks the canary's vulnerability, and names the database", () => {
    expect(complaint(fixture("trivy", "empty-database"))).toMatch(
      /^canary-missed: .*django==2\.2\.0.*\/home\/dev\/databases\/trivy-no-advisories/u,
    );
  });

  it("lacks the canary's secret, whose place Trivy's own rules exempt", () => {
    expect(complaint(fixture("trivy", "default-secret-rules"))).toMatch(/^canary-missed: .*a made-up secret/u);
  });

  it("has the canary's findings elsewhere", () => {
    const moved = (from: string, to: string) => edited(shop, (json) => Object.assign(resultOf(json, from), { Target: to }));
    expect(complaint(moved("canary/requirements.txt", "tree/canary/requirements.txt"))).toMatch(/^canary-missed/u);
    expect(complaint(moved("canary/tests/example.md", "tree/canary/tests/example.md"))).toMatch(/^canary-missed/u);
  });

  it.each(["", "/etc/passwd", "../x", "tree/", "other/requirements.txt", "Python"])(
    "has a vulnerability outside of what was given (%j)",
    (Target) => {
      expect(complaint(edited(shop, (json) => Object.assign(resultOf(json, "tree/requirements.txt"), { Target })))).toContain(
        "Results[].Target",
      );
    },
  );

  it("has a vulnerability of a package that our list does not hold", () => {
    expect(complaint(changedPin((vulnerability) => Object.assign(vulnerability, { PkgName: "left-pad" })))).toContain("not given");
  });

  it("is of another format", () => {
    expect(complaint(edited(shop, (json) => Object.assign(json, { SchemaVersion: 3 })))).toContain("SchemaVersion");
  });
});
