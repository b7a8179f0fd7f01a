import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERITIES } from "../../../src/findings/severity.ts";
import { complaint, decode, edited, fixture, type Json } from "../fixture.ts";

const shop = fixture("safety", "shop");
const single = fixture("safety", "sfty-ids");

const places = (recorded = shop) =>
  decode(recorded).findings.map(({ rule, location }) => `${location.path}:${location.startLine}-${location.endLine} ${rule.id}`);
const changedFirst = (change: (vulnerability: Json) => void) => edited(single, ({ vulnerabilities }) => change(vulnerabilities[0]));
const first = (change: (vulnerability: Json) => void) => {
  const [finding] = decode(changedFirst(change)).findings;
  if (finding?.kind !== "dependency") throw new Error("no finding");
  return finding;
};

describe("findings of Safety", () => {
  it("stand at every line that pins the package, each version with its own flaws", () => {
    expect(places()).toEqual([
      "requirements.txt:1-1 CVE-2019-14234",
      "requirements.txt:1-1 CVE-2022-28346",
      "requirements.txt:3-4 CVE-2018-1000656",
      "requirements.txt:3-4 CVE-2023-30861",
      "uv.lock:8-8 CVE-2022-28346",
      "uv.lock:12-12 CVE-2018-1000656",
      "uv.lock:12-12 CVE-2023-30861",
      "uv.lock:20-20 CVE-2019-11324",
      "uv.lock:20-20 CVE-2021-33503",
    ]);
  });

  it("are not those of the canary", () => {
    expect(decode(fixture("safety", "clean")).findings).toEqual([]);
  });

  it("are those of the canary where the project pins it itself, in whatever spelling", () => {
    const { findings } = decode(fixture("safety", "canary-pinned"));
    expect(findings.map(({ location }) => location.startLine)).toEqual([7, 7]);
    expect(findings[0]).toMatchObject({ package: { name: "django", version: "2.2", purl: "pkg:pypi/django@2.2" } });
  });

  it("carry the advisory with every id it is known by", () => {
    expect(first(() => undefined).advisory).toEqual({
      id: "CVE-2019-14234",
      aliases: ["GHSA-6r97-cj55-9hrq", "PYSEC-2019-13", "SFTY-20261120-90000"],
      url: "https://osv.dev/vulnerability/CVE-2019-14234",
      cvss: 9.8,
      fixedVersions: ["1.11.23", "2.1.11", "2.2.4"],
    });
  });

  it("carry the number of the database as PYUP id, which stands in for a CVE where there is none", () => {
    const [finding] = decode(fixture("safety", "pve-only")).findings;
    expect(finding).toMatchObject({ severity: "unknown", rule: { id: "PYUP-90001" }, advisory: { id: "PYUP-90001" } });
    expect(decode(shop).findings[0]).toMatchObject({ advisory: { aliases: expect.arrayContaining(["PYUP-90001"]) } });
  });

  it("are of unknown severity where the database has none", () => {
    const { findings } = decode(fixture("safety", "no-severities"));
    expect(findings.map(({ severity }) => severity)).toEqual(["unknown", "unknown"]);
    expect(findings[0]).not.toHaveProperty("advisory.cvss");
  });

  it.each([
    [{ cvssv3: { base_severity: "HIGH", base_score: 9.9 }, cvssv2: null }, "high"],
    [{ cvssv3: { base_severity: "banana", base_score: 9.9 }, cvssv2: null }, "critical"],
    [{ cvssv3: { base_severity: null, base_score: null }, cvssv2: { base_score: 5 } }, "medium"],
    [{ cvssv3: null, cvssv2: { base_score: 7.5 } }, "high"],
    [{ cvssv3: { base_score: "9.8" } }, "unknown"],
    [{}, "unknown"],
    [null, "unknown"],
  ])("have a severity by word, then by score: %j is %s", (severity, expected) => {
    expect(first((vulnerability) => Object.assign(vulnerability, { severity })).severity).toBe(expected);
  });

  it("have a severity of the closed set for any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (base_severity, base_score) => {
        const finding = first((vulnerability) => Object.assign(vulnerability, { severity: { cvssv3: { base_severity, base_score } } }));
        expect(SEVERITIES).toContain(finding.severity);
      }),
      { seed: 13, numRuns: 100 },
    );
  });

  it.each([{}, true, { reason: "x" }, null])("count whatever `ignored` says (%j)", (ignored) => {
    expect(decode(changedFirst((vulnerability) => Object.assign(vulnerability, { ignored }))).findings).toEqual(decode(single).findings);
  });

  it("count among the ignored ones too, for nothing is ignored here", () => {
    const moved = edited(single, (json) => json.ignored_vulnerabilities.push(json.vulnerabilities.pop()));
    expect(decode(moved).findings).toEqual(decode(single).findings);
  });

  it("name no fixed version that is empty", () => {
    expect(first((vulnerability) => Object.assign(vulnerability, { fixed_versions: ["", "2.2.4"] })).advisory.fixedVersions).toEqual([
      "2.2.4",
    ]);
    expect(first((vulnerability) => Object.assign(vulnerability, { fixed_versions: [""] })).message).toMatch(
      /No fixed version is known\.$/u,
    );
  });

  it.each(["__proto__", "constructor", "SFTY-X"])("with the id %s count once", (id) => {
    const renamed = changedFirst((vulnerability) => Object.assign(vulnerability, { vulnerability_id: id, CVE: null }));
    expect(decode(renamed).findings.filter(({ rule }) => rule.id === id)).toHaveLength(1);
    expect(decode(renamed).findings).toHaveLength(2);
  });
});

describe("coverage of Safety", () => {
  it("is proven pin by pin", () => {
    expect(decode(shop)).toMatchObject({
      coverage: { expected: 6, covered: 6, unit: "pinned packages", missing: [] },
      pinsTakenUp: ["django==0!2.2", "django==0!3.2", "epoch==1!1rc1", "flask==0!0.12.2", "urllib3==0!1.24+local.1", "zope-interface==0!5"],
      notices: [],
    });
  });

  it("leaves a pin to the other scanners that Safety did not take up, and says so", () => {
    const dropped = edited(shop, (json) => {
      json.scanned_packages.django.requirements.pop();
      json.scanned_packages.epoch.requirements = [];
    });
    const { coverage, pinsTakenUp, notices } = decode(dropped);
    expect(coverage).toMatchObject({ expected: 6, covered: 4, missing: [] });
    expect(pinsTakenUp).not.toContain("epoch==1!1rc1");
    expect(notices).toContainEqual({ path: "uv.lock", line: 30, message: "epoch==1!1.0rc1 was not taken up by Safety" });
  });

  it("does not take a range for a pin", () => {
    const ranged = edited(shop, (json) => Object.assign(json.scanned_packages.epoch.requirements[0], { specifier: ">=1!1.0rc1" }));
    expect(decode(ranged).pinsTakenUp).not.toContain("epoch==1!1rc1");
  });
});

describe("a report of Safety that cannot be believed", () => {
  it.each(["empty-database", "mismatched-database"])("lacks the canary (%s) and names the database", (name) => {
    expect(complaint(fixture("safety", name))).toMatch(
      /^canary-missed: Safety did not report django==2\.2\.0.*\/home\/dev\/databases\/safety-/u,
    );
  });

  it("has findings without an id, which Safety has merged with others", () => {
    expect(complaint(fixture("safety", "no-ids"))).toContain("vulnerability_id");
  });

  it.each([
    [
      "of another file",
      (json: Json) => Object.assign(json.report_meta, { scanned_full_path: ["/repo/requirements.txt"] }),
      "scanned_full_path",
    ],
    ["of two files", (json: Json) => json.report_meta.scanned_full_path.push("/x/sarif-gate-requirements.txt"), "scanned_full_path"],
    ["of another database", (json: Json) => Object.assign(json.report_meta, { local_database_path: "/repo/db" }), "local_database_path"],
    ["of another format", (json: Json) => Object.assign(json.report_meta, { json_version: "2.0" }), "json_version"],
    ["of a package that was not given", (json: Json) => Object.assign(json.vulnerabilities[0], { package_name: "left-pad" }), "not given"],
    ["of a version that was not given", (json: Json) => Object.assign(json.vulnerabilities[0], { analyzed_version: "9.9" }), "not given"],
    ["of no version", (json: Json) => Object.assign(json.vulnerabilities[0], { analyzed_version: null }), "analyzed_version"],
  ])("is %s", (_, change, place) => {
    expect(complaint(edited(shop, change))).toMatch(new RegExp(`^report-unreadable: .*${place}`, "u"));
  });
});
