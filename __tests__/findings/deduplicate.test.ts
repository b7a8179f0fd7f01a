import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deduplicate } from "../../src/findings/deduplicate.ts";
import type { DependencyFinding, Finding } from "../../src/findings/finding.ts";
import { pypiPackage } from "../../src/findings/package-ref.ts";
import { codeFinding, dependencyFinding, findingId } from "../support/findings.ts";

const trivy = dependencyFinding();
const safety: DependencyFinding = dependencyFinding({
  id: findingId(2),
  scanner: "safety",
  run: "safety",
  severity: "unknown",
  package: pypiPackage("Django", "2.2"),
  advisory: { id: "CVE-2019-14234", aliases: ["PYUP-90001"], fixedVersions: [] },
});

function states(findings: readonly DependencyFinding[]): string[] {
  return deduplicate(findings).map(({ triage }) => triage.state);
}

describe("deduplicate", () => {
  it("makes one finding of two scanners that name one flaw, and keeps both reports", () => {
    const [first, second] = deduplicate([safety, trivy]);
    expect(first?.triage).toEqual({ state: "duplicate", of: trivy.id });
    expect(second).toMatchObject({ id: trivy.id, severity: "critical", triage: { state: "open", scanners: ["trivy", "safety"] } });
  });

  it("unites the aliases and keeps Trivy's score and fix", () => {
    const merged = deduplicate([safety, trivy]).find(({ triage }) => triage.state === "open");
    expect(merged).toMatchObject({
      advisory: {
        id: "CVE-2019-14234",
        aliases: ["GHSA-6r97-cj55-9hrq", "PYSEC-2019-13", "PYUP-90001"],
        cvss: 9.8,
        fixedVersions: ["2.2.4"],
      },
    });
  });

  it("takes score and fix from Safety where Trivy has none", () => {
    const bare = dependencyFinding({ advisory: { id: "CVE-2019-14234", aliases: [], fixedVersions: [] } });
    const rich = { ...safety, advisory: { ...safety.advisory, cvss: 7.5, fixedVersions: ["2.2.4"] } };
    expect(deduplicate([bare, rich])[0]).toMatchObject({ advisory: { cvss: 7.5, fixedVersions: ["2.2.4"] } });
  });

  it("leaves every flaw of a package that is pinned twice open at the first pin", () => {
    const at = (startLine: number, id: number, cve: string): DependencyFinding => ({
      ...trivy,
      id: findingId(id),
      location: { ...trivy.location, startLine, endLine: startLine },
      advisory: { id: cve, aliases: [], fixedVersions: [] },
    });
    const findings = [at(3, 1, "CVE-2020-1"), at(4, 2, "CVE-2020-1"), at(3, 4, "CVE-2020-2"), at(4, 3, "CVE-2020-2")];
    const open = deduplicate(findings).filter(({ triage }) => triage.state === "open");
    expect(open.map(({ location }) => location.startLine)).toEqual([3, 3]);
  });

  it("joins reports that share only an alias", () => {
    const byGhsa = { ...safety, advisory: { id: "PYUP-1", aliases: ["GHSA-6r97-cj55-9hrq"], fixedVersions: [] } };
    expect(states([trivy, byGhsa])).toEqual(["open", "duplicate"]);
  });

  it.each([
    ["Typing_Extensions", "1.0", "typing-extensions", "1.0.0"],
    ["zope.interface", "1.0rc1", "Zope--Interface", "1.0-RC.1"],
    ["a", "v1.0", "A", "1"],
    ["a", "1.0.post1", "a", "1.0-1"],
    ["a", "1.0+ubuntu.1", "a", "1.0.0+Ubuntu-1"],
  ])("takes %s %s and %s %s for one package", (name, version, otherName, otherVersion) => {
    const pair = [
      { ...trivy, package: pypiPackage(name, version) },
      { ...safety, package: pypiPackage(otherName, otherVersion) },
    ];
    expect(states(pair)).toEqual(["open", "duplicate"]);
  });

  it.each([
    ["1.0", "1.0.1"],
    ["1.0", "1!1.0"],
    ["1.0", "1.0rc1"],
    ["1.0", "1.0+local"],
    ["1.0", "1.0.post1"],
  ])("keeps version %s and %s apart", (version, other) => {
    expect(
      states([
        { ...trivy, package: pypiPackage("a", version) },
        { ...safety, package: pypiPackage("a", other) },
      ]),
    ).toEqual(["open", "open"]);
  });

  it("rates by Trivy where the scanners differ in severity, score and fix", () => {
    const other = { ...safety, severity: "low" as const, advisory: { ...safety.advisory, cvss: 3.1, fixedVersions: ["9.9"] } };
    expect(deduplicate([other, trivy])[1]).toMatchObject({ severity: "critical", advisory: { cvss: 9.8, fixedVersions: ["2.2.4"] } });
  });

  it("leaves a flaw that only Safety knows open under its own id", () => {
    const pve = { ...safety, advisory: { id: "PYUP-90002", aliases: [], fixedVersions: [] } };
    expect(deduplicate([trivy, pve]).map(({ triage }) => triage)).toMatchObject([
      { state: "open", scanners: ["trivy"] },
      { state: "open", scanners: ["safety"] },
    ]);
  });

  it("keeps two flaws apart that only Safety knows", () => {
    const pve = (id: number) => ({ ...safety, id: findingId(id), advisory: { id: `PYUP-${id}`, aliases: [], fixedVersions: [] } });
    expect(states([pve(11), pve(12)])).toEqual(["open", "open"]);
  });

  it("joins two records of Safety to one of Trivy that has both their ids, and unites all aliases", () => {
    const byGhsa = { ...safety, advisory: { id: "PYUP-1", aliases: ["GHSA-6r97-cj55-9hrq"], fixedVersions: [] } };
    const byPysec = { ...safety, id: findingId(13), advisory: { id: "PYUP-2", aliases: ["PYSEC-2019-13"], fixedVersions: [] } };
    const [open, ...others] = deduplicate([trivy, byGhsa, byPysec]);
    expect(others.map(({ triage }) => triage.state)).toEqual(["duplicate", "duplicate"]);
    expect(open).toMatchObject({ advisory: { aliases: ["GHSA-6r97-cj55-9hrq", "PYSEC-2019-13", "PYUP-1", "PYUP-2"] } });
  });

  it("does not join through an alias that only another joined report has", () => {
    const bridge = { ...safety, advisory: { id: "CVE-2019-14234", aliases: ["CVE-2000-1"], fixedVersions: [] } };
    const far = { ...safety, id: findingId(14), advisory: { id: "CVE-2000-1", aliases: [], fixedVersions: [] } };
    expect(states([trivy, bridge, far])).toEqual(["open", "duplicate", "open"]);
  });

  it("keeps who brings the package and what its line holds", () => {
    const requirement = { extras: ["x"], marker: null, hashed: true };
    const brought = { ...trivy, introducedBy: ["flask"], requirement };
    expect(deduplicate([safety, brought])[1]).toMatchObject({ introducedBy: ["flask"], requirement });
  });

  it.each<[string, Partial<DependencyFinding>]>([
    ["another version", { package: pypiPackage("django", "2.2.1") }],
    ["another package", { package: pypiPackage("django-rq", "2.2") }],
    ["another manifest", { location: { path: "dev.txt", startLine: 3, endLine: 3 } }],
    ["no id in common", { advisory: { id: "CVE-2022-28346", aliases: ["PYUP-90002"], fixedVersions: [] } }],
  ])("keeps reports apart that have %s", (_, overrides) => {
    expect(states([trivy, { ...safety, ...overrides }])).toEqual(["open", "open"]);
  });

  it("never melts two advisories of one scanner into one, even through a third report", () => {
    const other = dependencyFinding({ id: findingId(3), advisory: { id: "CVE-2022-28346", aliases: ["PYUP-90001"], fixedVersions: [] } });
    expect(states([trivy, other, safety]).filter((state) => state === "open")).toHaveLength(2);
  });

  it("counts an advisory once that one scanner lists twice for one pin", () => {
    expect(states([trivy, { ...trivy, id: findingId(4) }]).sort()).toEqual(["duplicate", "open"]);
  });

  it("leaves findings of other kinds alone", () => {
    const code = codeFinding();
    expect(deduplicate([code, codeFinding({ id: findingId(5) })]).map(({ triage }) => triage.state)).toEqual(["open", "open"]);
  });

  it("decides the same whatever the order, and drops nothing", () => {
    const all = [trivy, safety, { ...safety, id: findingId(6), package: pypiPackage("flask", "1.0") }, { ...trivy, id: findingId(7) }];
    const expected = new Map(deduplicate(all).map((finding) => [finding.id, finding]));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        const result = deduplicate(shuffled);
        expect(new Map(result.map((finding) => [finding.id, finding]))).toEqual(expected);
      }),
      { seed: 3 },
    );
  });

  it("asks the report that stays open whether the base has the problem", () => {
    const trivy = dependencyFinding();
    const safety = dependencyFinding({ id: findingId(1), scanner: "safety", run: "safety" });
    const comparedOf = ({ scanner }: Finding) => ({ novelty: scanner === "trivy" ? ("new" as const) : ("unchanged" as const) });
    expect(deduplicate([safety, trivy], comparedOf).map(({ triage }) => triage)).toMatchObject([
      { state: "duplicate" },
      { state: "open", novelty: "new" },
    ]);
    expect(deduplicate([safety], comparedOf)).toMatchObject([{ triage: { novelty: "unchanged" } }]);
  });
});
